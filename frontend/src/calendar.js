// The calendar. FullCalendar draws on the wall clock of the company's zone, which the server sends: to it all times are
// UTC, so that neither the browser's zone nor its rules for clock changes can move anything.
import { Calendar } from "fullcalendar";
import dayGrid from "fullcalendar/daygrid";
import interaction from "fullcalendar/interaction";
import list from "fullcalendar/list";
import enGb from "fullcalendar/locales/en-gb";
import theme from "fullcalendar/themes/classic";
import timeGrid from "fullcalendar/timegrid";
import { Address, NARROW } from "./calendar/address.js";
import { content } from "./calendar/content.js";
import { Live } from "./calendar/live.js";
import { plain } from "./calendar/plain.js";
import { Panel } from "./calendar/panel.js";
import { say, send } from "./calendar/sending.js";
import { eventsOf } from "./calendar/slots.js";
import { Source } from "./calendar/source.js";

// Seven days beside each other do not fit on a phone: there, three stand for the week.
const isNarrow = window.innerWidth < NARROW;
const VIEWS = { month: "dayGridMonth", week: isNarrow ? "threeDays" : "timeGridWeek", day: "timeGridDay", list: "agenda" };
const WHOLE = { year: "numeric", month: "long", day: "numeric" };
const NAMED = new Intl.DateTimeFormat("en-GB", { weekday: "short", ...WHOLE, timeZone: "UTC" });
const root = document.getElementById("calendar");
const page = document.querySelector("#main");
const period = document.getElementById("period");
const trouble = document.getElementById("trouble");
const address = new Address(root.dataset);
const source = new Source(root.dataset.slots, address);
const live = new Live(root.dataset, look);
const panel = new Panel(document.getElementById("panel"), changed, slotLink);

for (const each of document.querySelectorAll("[data-scripted]")) each.hidden = false;
for (const each of document.querySelectorAll("[data-unscripted]")) each.hidden = true;

const calendar = new Calendar(root, {
  plugins: [dayGrid, timeGrid, list, interaction, theme],
  locale: enGb,
  timeZone: "UTC",
  now: () => live.now(),
  initialView: VIEWS[address.view],
  initialDate: address.date,
  headerToolbar: false,
  lazyFetching: false, // months are summed up, the other views are not
  height: "100%",
  views: {
    dayGridMonth: { height: "auto", dayMaxEvents: 6 },
    timeGridDay: { navLinks: false },
    timeGridWeek: { titleFormat: WHOLE },
    threeDays: { type: "timeGrid", duration: { days: 3 }, titleFormat: WHOLE },
    agenda: { type: "list", duration: { days: 7 }, height: "auto", navLinks: false, titleFormat: WHOLE }, // from the chosen day on
  },
  allDaySlot: false,
  // Not a finer snapDuration: with one, FullCalendar takes the middle of the whole row for where a drag begins.
  slotDuration: "00:15",
  slotHeaderInterval: "01:00",
  slotHeaderInnerClass: "cal-hour",
  scrollTime: "08:00",
  nowIndicator: true,
  navLinks: true,
  navLinkClass: "cal-day-link",
  navLinkHint: (text, day) => `${NAMED.format(day).replace(",", "")}: show this day`,
  navLinkDayClick: (day) => turn("day", day.toISOString().slice(0, 10)),
  eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  slotHeaderFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  noEventsText: "No slots in these days",
  eventInteractive: true,
  slotMinHeight: 14,
  eventMinHeight: 25, // what a finger can still hit
  slotEventOverlap: false,
  selectable: true,
  selectMirror: true,
  selectAllow: (span) => span.end.toISOString().slice(0, 16) > live.now().slice(0, 16),
  editable: false, // each free slot says for itself that it can be moved
  eventOrder: "start,rank",
  events,
  eventContent: content,
  eventDidMount: ({ event, el }) => {
    el.dataset.slot = event.id;
    // Drawn anew, the link that had the focus is another one: nobody loses the place because of that.
    if (event.url === focused) setTimeout(() => document.activeElement === document.body && el.focus());
  },
  eventClick,
  select: drawn,
  eventDrop: moved,
  eventResize: moved,
  datesSet,
});
calendar.render();
plain(root);
live.start();

function events(range, succeed, fail) {
  source
    .load(range.startStr.slice(0, 10), range.endStr.slice(0, 10))
    .then((data) => {
      trouble.hidden = !data.more;
      trouble.textContent = "There are too many slots to show all of them: choose fewer types, or a job.";
      nothing(data.slots.length === 0);
      succeed(eventsOf(data, address, live.now()));
      root.dataset.loaded = range.startStr;
    })
    .catch((error) => {
      trouble.hidden = false;
      trouble.textContent = "The slots cannot be loaded just now. Trying again shortly.";
      fail(error);
    });
}

function nothing(isEmpty) {
  document.getElementById("nothing")?.remove();
  if (!isEmpty) return;
  const card = document.createElement("div");
  card.id = "nothing";
  card.className = "card mb-3";
  const body = document.createElement("div");
  body.className = "card-body";
  body.append(document.getElementById("empty").content.cloneNode(true));
  card.append(body);
  root.before(card);
}

function datesSet({ view }) {
  period.textContent = view.title;
  address.date = calendar.getDate().toISOString().slice(0, 10);
  address.keep();
  root.parentElement.dataset.shows = address.view;
  document.getElementById("filter-date").value = address.date;
  document.getElementById("new-slot").href = newAddress({ date: address.date });
  for (const button of document.querySelectorAll("[data-view]")) {
    if (button !== root) button.setAttribute("aria-pressed", String(button.dataset.view === address.view));
  }
}

function turn(view, date) {
  address.view = view; // before FullCalendar asks for the events
  calendar.changeView(VIEWS[view], date);
}

function eventClick({ event, jsEvent }) {
  if (jsEvent.ctrlKey || jsEvent.metaKey || jsEvent.shiftKey) return; // a new tab, as with any link
  jsEvent.preventDefault();
  if (event.extendedProps.sum) turn("day", event.startStr.slice(0, 10));
  else panel.open(event.url);
}

// A stretch that was drawn with the mouse becomes the form of a new slot.
function drawn(span) {
  const given = { date: span.startStr.slice(0, 10) };
  if (!span.allDay) {
    given.start = span.startStr.slice(11, 16);
    given.minutes = Math.round((span.end - span.start) / 60000);
  }
  panel.open(newAddress(given));
  calendar.unselect();
}

function newAddress(given) {
  const types = address.types;
  const job = address.job ? { job: address.job } : {};
  return `${root.dataset.new}?${new URLSearchParams({ ...given, ...(types.length === 1 ? { type: types[0] } : {}), ...job })}`;
}

async function moved({ event, revert }) {
  const values = new FormData();
  values.set("start", event.startStr.slice(0, 16));
  values.set("end", event.endStr.slice(0, 16));
  const answer = await send(`${event.url}move/`, values);
  say(document.getElementById("messages"), answer);
  if (!answer.ok) revert();
  else await changed();
}

// What this page has done itself is not told as news; it is there already.
async function changed() {
  if (await source.isNew()) calendar.refetchEvents();
}

async function look() {
  const isNew = await source.isNew();
  if (isNew) calendar.refetchEvents();
  return isNew;
}

let focused = null; // the address of the slot's link that has the focus
document.addEventListener("focusin", ({ target }) => {
  focused = root.contains(target) && target.dataset.slot ? target.getAttribute("href") : null;
});

function slotLink(url) {
  return root.querySelector(`a[href="${CSS.escape(url)}"]`) ?? document.getElementById("new-slot");
}

page.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a, button");
  if (link?.dataset.turn) {
    event.preventDefault();
    calendar[link.dataset.turn]();
  } else if (link?.dataset.view && link !== root) {
    turn(link.dataset.view, calendar.getDate());
  } else if (link?.id === "new-slot" || (link && "inPanel" in link.dataset && !link.closest("dialog"))) {
    event.preventDefault();
    panel.open(link.href);
  }
});

const filters = document.getElementById("filters");
filters.querySelector("details").open = !isNarrow;
if (isNarrow) document.querySelector("button[data-view=week]").textContent = "3 days";
filters.addEventListener("change", (event) => {
  const boxes = [...filters.querySelectorAll("[name=type]")];
  if (!boxes.some((each) => each.checked)) for (const each of boxes) each.checked = true; // none is all
  if (event.target.name === "date") {
    if (event.target.value) calendar.gotoDate(event.target.value);
    return;
  }
  address.filter(new FormData(filters), boxes.length);
  calendar.refetchEvents();
  document.getElementById("new-slot").href = newAddress({ date: address.date });
});
filters.addEventListener("submit", (event) => event.preventDefault());

// Undo, in a message of this page.
document.getElementById("messages").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await send(event.target.action, new FormData(event.target, event.submitter));
  say(document.getElementById("messages"), answer);
  await changed();
});

// From slot to slot with the arrows, in the order in which they are drawn.
root.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const current = event.target.closest("[data-slot]");
  if (!step || !current) return;
  const all = [...root.querySelectorAll("[data-slot]")];
  const next = all[all.indexOf(current) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
