// Says how many of a list are ticked, and offers to tick all that are shown.
export function readyPicking() {
  const form = document.querySelector("[data-picking]");
  if (!form) return;
  const boxes = [...form.querySelectorAll('input[name="candidate"]')];
  const said = form.querySelector("[data-picked]");
  const usual = [...said.childNodes];
  const all = document.createElement("button");
  all.type = "button";
  all.className = "btn mb-2";
  all.textContent = "Tick all on this page";
  all.addEventListener("click", () => {
    const tick = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = tick;
    tell();
  });
  said.after(all);
  form.addEventListener("change", (event) => boxes.includes(event.target) && tell());
  tell();

  function tell() {
    const number = boxes.filter((box) => box.checked).length;
    all.textContent = number === boxes.length ? "Tick none" : "Tick all on this page";
    said.replaceChildren(...(number ? [`${number} ticked`] : usual));
  }
}
