// A file can be dropped on the frame around its field. A file that is too large is refused before it travels.
export function readyDrops() {
  document.querySelectorAll("[data-drop]").forEach(ready);
}

function ready(frame) {
  const input = frame.querySelector("input[type=file]");
  frame.classList.add("is-ready");
  const hint = frame.querySelector("[data-drop-hint]");
  if (hint) hint.hidden = false;
  // In the phase of capturing: what htmx does with the change comes after this.
  frame.addEventListener("change", (event) => event.target === input && refuseLarge(event, frame, input), true);
  frame.addEventListener("dragover", (event) => {
    event.preventDefault();
    frame.classList.add("is-over");
  });
  frame.addEventListener("dragleave", () => frame.classList.remove("is-over"));
  frame.addEventListener("drop", (event) => {
    event.preventDefault();
    frame.classList.remove("is-over");
    if (event.dataTransfer.files.length !== 1) return say(frame, "Drop one file.", true);
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function refuseLarge(event, frame, input) {
  const file = input.files[0];
  const isLarge = file && file.size > Number(frame.dataset.most);
  say(frame, isLarge ? frame.dataset.tooLarge : file ? `Chosen: ${file.name}` : "", isLarge);
  if (!isLarge) return;
  event.stopPropagation();
  input.value = "";
}

function say(frame, text, isBad) {
  const place = frame.querySelector("[role=status]");
  if (!place) return;
  place.textContent = text;
  place.classList.toggle("bad", Boolean(isBad));
}
