// In the month, the arrow keys go to the nearest day there that has times.
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export function moveByArrows(place) {
  place.addEventListener("keydown", (event) => {
    const from = event.target.closest?.("a[data-day]");
    const step = stepOf(event.key);
    if (!from || !step) return;
    event.preventDefault();
    nearest(place, Number(from.dataset.day.slice(8)), step)?.focus();
  });
}

function stepOf(key) {
  const isSideways = key === "ArrowLeft" || key === "ArrowRight";
  return STEPS[key] * (isSideways && document.documentElement.dir === "rtl" ? -1 : 1);
}

function nearest(place, day, step) {
  const days = new Map([...place.querySelectorAll("a[data-day]")].map((each) => [Number(each.dataset.day.slice(8)), each]));
  for (let number = day + step; number >= 1 && number <= 31; number += step) {
    if (days.has(number)) return days.get(number);
  }
  return null;
}
