// FullCalendar says of its boxes that they are a grid or a list, in which links and what scrolls have no place, and names
// its headers twice. Each slot says its day, time, type and room by itself, so plain boxes serve everyone better.
const STRUCTURE = ["grid", "rowgroup", "row", "rowheader", "columnheader", "gridcell", "list", "listitem"];
const FOUND = STRUCTURE.map((role) => `[role=${role}]`).join();

const SAID = ["role", "label", "labelledby", "colcount", "rowcount", "colindex", "rowindex", "colspan", "rowspan"].map((name) =>
  name === "role" ? name : `aria-${name}`,
);

export function plain(root) {
  let isDue = false;
  const mend = () => {
    isDue = false;
    for (const each of root.querySelectorAll(FOUND)) {
      for (const name of SAID) each.removeAttribute(name);
    }
    // Only the hours scroll: to look at every box would lay out thousands of slots once more.
    for (let box = root.querySelector(".cal-hour"); box && box !== root; box = box.parentElement) scrollable(box);
  };
  new MutationObserver(() => {
    if (!isDue) requestAnimationFrame(mend);
    isDue = true;
  }).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["style"] });
  mend();
}

// What scrolls can be scrolled by keyboard.
function scrollable(box) {
  if (box.scrollHeight <= box.clientHeight + 1 || !/auto|scroll/.test(getComputedStyle(box).overflowY)) return;
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Hours of the days");
}
