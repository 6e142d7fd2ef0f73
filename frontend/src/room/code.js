// In a field for code, Tab indents; after Escape it goes on to the next field, as everywhere.
const INDENT = "    ";

export function indentWithTab(field) {
  let isLeaving = false;
  field.addEventListener("keydown", (event) => {
    if (!field.classList.contains("code") || event.isComposing) return;
    if (event.key === "Escape") isLeaving = true;
    else if (event.key === "Tab" && !event.shiftKey && !isLeaving) {
      event.preventDefault();
      field.setRangeText(INDENT, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (event.key !== "Tab" && event.key !== "Shift") isLeaving = false;
  });
  field.addEventListener("focus", () => (isLeaving = false));
}
