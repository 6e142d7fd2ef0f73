// Says how many of a list are ticked, offers to tick all that are shown, and leads to the invitation below.
export function readyPicking() {
  const form = document.querySelector("[data-picking]");
  if (!form) return;
  const boxes = [...form.querySelectorAll('input[name="candidate"]')];
  const bar = form.querySelector("[data-picked]");
  const [all, said, on] = bar.children;
  bar.hidden = false;
  all.addEventListener("click", () => {
    const tick = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = tick;
    tell();
  });
  form.addEventListener("change", (event) => boxes.includes(event.target) && tell());
  tell(); // a browser that goes back shows what was ticked before

  function tell() {
    const number = boxes.filter((box) => box.checked).length;
    all.textContent = number === boxes.length ? "Tick none" : "Tick all on this page";
    said.textContent = number ? `${number} ticked` : "";
    on.hidden = number === 0;
    bar.classList.toggle("is-picked", number > 0);
  }
}
