// Times that run down, by the device's own clock: only its steps count, not what it shows.
export function countDown(seconds, show, over) {
  const end = performance.now() + seconds * 1000;
  const step = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    show(written(Math.max(left, 0)), Math.max(left, 0));
    if (left <= 0) over();
    else timer = setTimeout(step, 1000);
  };
  let timer = setTimeout(step, 0);
  return () => clearTimeout(timer);
}

function written(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
