// The server's compact rows (parley/web/calendar/drawing.py) as events for FullCalendar.
const NAMES = {
  technical: "Technical",
  behavioral: "Behavioral",
  coding: "Coding",
  system_design: "System Design",
  general: "General",
};
const RANKS = Object.keys(NAMES);
const MOST_OF_A_DAY = 4; // more than these are summed up in the month

export function eventsOf(data, address, now) {
  const slots = data.slots.map((row) => slotOf(row, data.jobs));
  return address.view === "month" ? month(slots, address, now) : slots.map((slot) => eventOf(slot, now));
}

function slotOf([id, start, end, type, status, capacity, booked, held, job, names, exact], jobs) {
  return { id, start, end, type, status, capacity, booked, held, job: job === null ? "" : jobs[job], names, exact };
}

function eventOf(slot, now) {
  const isMovable = slot.status === "available" && !slot.booked && !slot.held && slot.start > now;
  return {
    id: slot.id,
    start: slot.start,
    end: slot.end,
    title: NAMES[slot.type],
    url: addressOf(slot.id),
    editable: isMovable,
    color: `var(--cal-${slot.type}-line)`,
    className: classes(slot),
    rank: RANKS.indexOf(slot.type),
    extendedProps: { slot, words: words(slot) },
  };
}

function addressOf(id) {
  return document.getElementById("calendar").dataset.slot.replace(/[0-9a-f-]{36}/, id);
}

function classes(slot) {
  const free = slot.capacity - slot.booked - slot.held;
  const state = { cancelled: "is-cancelled", completed: "is-over" }[slot.status] ?? (free <= 0 ? "is-full" : "is-free");
  return `cal-event of-${slot.type} ${state}`;
}

export function words(slot) {
  if (slot.status === "cancelled") return "cancelled";
  const held = slot.held ? `, ${slot.held} held` : "";
  return `${slot.booked} of ${slot.capacity} taken${held}${slot.status === "completed" ? ", over" : ""}`;
}

// A month shows the few slots of a day one by one, and many by type: drawing thousands would help nobody to see them.
function month(slots, address, now) {
  const days = Map.groupBy ? Map.groupBy(slots, day) : grouped(slots, day);
  const shown = [];
  for (const [date, ofDay] of days) {
    if (ofDay.length <= MOST_OF_A_DAY) shown.push(...ofDay.map((slot) => eventOf(slot, now)));
    else for (const [type, ofType] of grouped(ofDay, (slot) => slot.type)) shown.push(sumOf(date, type, ofType, address));
  }
  return shown;
}

function day(slot) {
  return slot.start.slice(0, 10);
}

function grouped(items, keyOf) {
  const found = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (found.has(key)) found.get(key).push(item);
    else found.set(key, [item]);
  }
  return found;
}

function sumOf(date, type, slots, address) {
  const total = (name) => slots.reduce((sum, slot) => sum + slot[name], 0);
  const sum = { type, slots: slots.length, capacity: total("capacity"), booked: total("booked"), held: total("held") };
  const isFull = sum.booked + sum.held >= sum.capacity;
  return {
    id: `${date}-${type}`,
    start: date,
    allDay: true,
    title: NAMES[type],
    url: address.at("day", date),
    editable: false,
    className: `cal-event of-${type} ${isFull ? "is-full" : "is-free"}`,
    rank: RANKS.indexOf(type),
    extendedProps: { sum },
  };
}
