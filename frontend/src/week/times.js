// A week of no date: days from 1 (Monday) to 7, minutes since midnight. FullCalendar gets a week that begins on a Monday.
const MONDAY = Date.UTC(2024, 0, 1);
const MINUTE = 60_000;

export function toDate(day, minute) {
  return new Date(MONDAY + ((day - 1) * 24 * 60 + minute) * MINUTE).toISOString().slice(0, 19);
}

export function fromDate(text) {
  const minutes = (Date.parse(`${text.slice(0, 16)}Z`) - MONDAY) / MINUTE;
  return { day: Math.floor(minutes / (24 * 60)) + 1, minute: minutes % (24 * 60) };
}

export function clock(minute) {
  const both = [Math.floor(minute / 60) % 24, minute % 60];
  return both.map((each) => String(each).padStart(2, "0")).join(":");
}

export function minutesOf(text) {
  const found = /^(\d\d):(\d\d)/.exec(text);
  return found ? Number(found[1]) * 60 + Number(found[2]) : null;
}

export function overlaps(row, day, start, end) {
  return row.day === day && row.start < end && start < (row.end || 24 * 60);
}
