// A button beside a field that copies what is in it. Without a clipboard (no HTTPS) the text is selected instead.
export function readyCopies() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(document.getElementById(button.dataset.copy)));
  }
}

async function copy(field) {
  field.select();
  let said = "Copied.";
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    said = "The link is selected: copy it with the keyboard.";
  }
  document.querySelector("[data-copied]").textContent = said;
}
