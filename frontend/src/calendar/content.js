// What an event says, built of nodes: nothing that people have entered becomes HTML.
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });

export function content({ event, view, isShort }) {
  const { slot, sum, words } = event.extendedProps;
  if (sum) return { domNodes: [ofSum(event, sum)] };
  if (!slot) return true; // what is being drawn with the mouse
  const box = node("span", isShort ? "cal-content is-short" : "cal-content");
  const isMonth = view.type === "dayGridMonth";
  if (view.type !== "agenda") box.append(hidden(`${DAY.format(event.start)}, `));
  box.append(timeOf(event, slot), " ");
  box.append(node("span", "cal-type", event.title), " ");
  box.append(fillOf(slot), hidden(` ${words}`));
  if (slot.names.length && !isMonth) box.append(" ", node("span", "cal-names", named(slot)));
  if (slot.job && !isMonth) box.append(" ", node("span", "cal-job", slot.job));
  return { domNodes: [box] };
}

// Where there is little room, the end is left to what is read out.
function timeOf(event, slot) {
  const time = node("span", "cal-time");
  if (slot.exact) time.textContent = slot.exact;
  else time.append(clock(event.start), node("span", "cal-until", `–${clock(event.end)}`));
  return time;
}

function ofSum(event, sum) {
  const box = node("span", "cal-content");
  box.append(hidden(`${DAY.format(event.start)}, `));
  box.append(node("span", "cal-type", event.title), " ");
  box.append(node("span", "cal-count", `${sum.slots}`), hidden(" slots, "), fillOf(sum));
  box.append(hidden(` ${sum.booked} of ${sum.capacity} places taken`));
  return box;
}

// How full, as a figure and as a bar; words stand beside it for who cannot see them.
function fillOf({ booked, held, capacity, status }) {
  const fill = node("span", "cal-fill");
  fill.setAttribute("aria-hidden", "true");
  if (status === "cancelled") {
    fill.textContent = "cancelled";
    return fill;
  }
  const bar = node("span", "cal-bar-of");
  const part = node("span", "cal-bar-part");
  part.style.width = `${Math.round((100 * booked) / capacity)}%`;
  const asked = node("span", "cal-bar-held");
  asked.style.width = `${Math.round((100 * held) / capacity)}%`;
  bar.append(part, asked);
  fill.append(`${booked}/${capacity}`, bar);
  return fill;
}

function named({ names, booked }) {
  return names.join(", ") + (booked > names.length ? ` and ${booked - names.length} more` : "");
}

function clock(date) {
  return date.toISOString().slice(11, 16);
}

function node(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function hidden(text) {
  return node("span", "visually-hidden", text);
}
