// The hours of a week as a grid. The rows of the form are what counts: the grid draws them, and writes to them.
import { Calendar } from "fullcalendar";
import interactionPlugin from "fullcalendar/interaction";
import themePlugin from "fullcalendar/themes/classic";
import timeGridPlugin from "fullcalendar/timegrid";
import { clock, fromDate, overlaps, toDate } from "./week/times.js";
import { rowsOf } from "./week/rows.js";

const STEP = 15;
const FULL_DAY = 24 * 60;
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const form = document.getElementById("week");
const rows = rowsOf(form);
const said = document.getElementById("said");
const grid = document.getElementById("grid");
let redrawn = null;
let focused = null; // the row whose block had the focus before the grid was drawn anew

const calendar = new Calendar(grid, {
  plugins: [timeGridPlugin, interactionPlugin, themePlugin],
  initialView: "timeGridWeek",
  initialDate: toDate(1, 0).slice(0, 10),
  timeZone: "UTC", // a week of no date: nothing is converted
  firstDay: 1,
  headerToolbar: false,
  allDaySlot: false,
  nowIndicator: false,
  dayHeaderFormat: { weekday: "short" },
  slotHeaderFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  snapDuration: { minutes: STEP },
  slotDuration: "00:30:00",
  height: "auto", // what is around it scrolls: that gets the focus, too
  longPressDelay: 300,
  colorScheme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
  selectable: true,
  selectMirror: true,
  selectOverlap: false,
  editable: true,
  eventOverlap: false,
  selectAllow: onOneDay,
  eventAllow: onOneDay,
  events: (_, done) => done(rows.all().map(eventOf)),
  select(chosen) {
    const from = fromDate(chosen.startStr);
    const row = rows.add(from.day, from.minute, endOf(chosen.endStr, from.day));
    focused = row.key;
    calendar.unselect();
    changed(`Added ${tell(row)}`);
  },
  eventDrop: moved,
  eventResize: moved,
  // The week has no date, so none is read out: the name of the day is.
  dayHeaderDidMount({ el }) {
    el.removeAttribute("aria-label");
    for (const each of el.querySelectorAll("[aria-hidden]")) each.removeAttribute("aria-hidden");
  },
  eventDidMount({ el, event }) {
    if (!rows.find(event.id)) return; // what is being drawn is no row yet
    el.tabIndex = 0;
    el.setAttribute("role", "button");
    el.setAttribute("aria-label", `${tell(rows.find(event.id))}`);
    el.setAttribute("aria-describedby", "how");
    el.dataset.row = event.id;
    if (event.id === focused) setTimeout(() => el.focus());
  },
});

function eventOf(row) {
  return { id: row.key, start: toDate(row.day, row.start), end: toDate(row.day, row.end || FULL_DAY) };
}

function onOneDay(span) {
  const from = fromDate(span.startStr);
  const end = endOf(span.endStr, from.day);
  return end > from.minute && end <= FULL_DAY;
}

// Minutes since the midnight at which the day began; the midnight at its end is a whole day.
function endOf(text, day) {
  const to = fromDate(text);
  return to.minute + (to.day - day + (to.day < day ? 7 : 0)) * FULL_DAY;
}

function moved({ event }) {
  const from = fromDate(event.startStr);
  const row = rows.find(event.id);
  row.write(from.day, from.minute, endOf(event.endStr, from.day));
  focused = row.key;
  changed(`Now ${tell(row)}`);
}

// While a block is drawn anew the grid itself has the focus: keys that come then are for that block, too.
function onKey(press) {
  const isBlock = press.target.dataset.row !== undefined;
  const row = rows.find(isBlock ? press.target.dataset.row : redrawn);
  if (!row) return;
  const { day, start } = row;
  const end = row.end || FULL_DAY;
  const step = { ArrowUp: -STEP, ArrowDown: STEP }[press.key];
  const side = { ArrowLeft: -1, ArrowRight: 1 }[press.key];
  if (press.key === "Delete" || press.key === "Backspace") remove(row);
  else if (step && press.shiftKey) attempt(row, day, start, end + step);
  else if (step) attempt(row, day, start + step, end + step);
  else if (side) attempt(row, day + side, start, end);
  else if (press.key === "Enter") edit(row);
  else return;
  press.preventDefault();
}

function attempt(row, day, start, end) {
  const others = rows.all().filter((other) => other.key !== row.key);
  const fits = day >= 1 && day <= 7 && start >= 0 && end <= FULL_DAY && end - start >= STEP;
  if (!fits || others.some((other) => overlaps(other, day, start, end))) {
    said.textContent = "There is no room for that.";
    return;
  }
  row.write(day, start, end);
  focused = row.key;
  changed(`Now ${tell(row)}`);
}

function remove(row) {
  const told = `Removed ${tell(row)}`;
  row.remove();
  focused = rows.all()[0]?.key ?? null;
  changed(told);
}

function edit(row) {
  focused = null;
  document.getElementById("as-list").open = true;
  row.focus();
}

function tell(row) {
  return `${DAYS[row.day - 1]}, ${clock(row.start)} – ${row.end ? clock(row.end) : "24:00"}`;
}

function changed(told) {
  said.textContent = told;
  if (grid.contains(document.activeElement)) {
    redrawn = focused;
    grid.focus({ preventScroll: true });
    setTimeout(() => (redrawn = null), 500);
  }
  calendar.refetchEvents();
  form.dispatchEvent(new Event("edited")); // htmx asks for a new preview
}

for (const each of document.querySelectorAll(".needs-script, #grid")) each.hidden = false;
form.classList.add("has-grid");
document.getElementById("add-window").addEventListener("click", (click) => {
  click.preventDefault();
  const row = rows.add(1, 9 * 60, 10 * 60);
  focused = null;
  document.getElementById("as-list").open = true;
  calendar.refetchEvents();
  row.focus();
});
rows.prune();
rows.onEdit(() => calendar.refetchEvents());

// What was opened in the preview stays open in the next one.
let opened = [];
const preview = document.getElementById("preview");
preview.addEventListener("htmx:beforeSwap", () => (opened = [...preview.querySelectorAll("details[open]")].map((each) => each.id)));
preview.addEventListener("htmx:afterSwap", () => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
});

const leaveOut = document.getElementById("leave-out");
leaveOut.addEventListener("change", (change) => {
  change.stopPropagation();
  const area = form.elements.excluded_dates;
  const days = new Set(area.value.split(/\s+/).filter(Boolean));
  if (leaveOut.value) days.add(leaveOut.value);
  area.value = [...days].sort().join("\n");
  said.textContent = `${leaveOut.value} is left out`;
  leaveOut.value = "";
  form.dispatchEvent(new Event("edited"));
});

// The grid is the easier way; the list opens where something is wrong in it.
const list = document.getElementById("as-list");
list.open = list.querySelector(".errorlist") !== null;

calendar.render();
grid.addEventListener("keydown", onKey);
for (const empty of document.querySelectorAll("#grid [role=rowheader]")) {
  empty.removeAttribute("aria-label"); // a header without text, of nothing
  empty.setAttribute("role", "presentation");
}
addEventListener("load", () => {
  form.dispatchEvent(new Event("edited")); // htmx listens by now
  requestAnimationFrame(() => requestAnimationFrame(showWorkday)); // FullCalendar sizes its rows once it is on the screen
});

function showWorkday() {
  const top = (time) => grid.querySelector(`[data-time="${time}"]`).getBoundingClientRect().top;
  grid.scrollTop = top("08:00:00") - top("00:00:00");
}
