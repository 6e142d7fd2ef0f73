// The rows of the form: Django's formset, each a day with a start and an end.
import { clock, minutesOf } from "./times.js";

class Row {
  constructor(element) {
    this.element = element;
    this.key = this.input("start").name; // names are there once
  }

  input(name) {
    return this.element.querySelector(`[name$="-${name}"]`);
  }

  get day() {
    return Number(this.input("day").value);
  }

  get start() {
    return minutesOf(this.input("start").value);
  }

  get end() {
    return minutesOf(this.input("end").value);
  }

  get isGone() {
    return this.input("DELETE").checked;
  }

  get isFilled() {
    return this.start !== null && this.end !== null && (this.end || 24 * 60) > this.start;
  }

  write(day, start, end) {
    this.input("day").value = day;
    this.input("start").value = clock(start);
    this.input("end").value = clock(end);
  }

  remove() {
    this.input("DELETE").checked = true;
    this.element.hidden = true;
  }

  focus() {
    this.input("day").focus();
  }
}

export function rowsOf(form) {
  const list = form.querySelector("#windows");
  const empty = form.querySelector("#empty-window");
  const total = form.elements["window-TOTAL_FORMS"];
  const all = () => [...list.querySelectorAll("[data-window]")].map((element) => new Row(element));
  return {
    all: () => all().filter((row) => !row.isGone && row.isFilled),
    find: (key) => all().find((row) => row.key === key),
    add(day, start, end) {
      const made = document.createElement("div");
      made.append(empty.content.cloneNode(true));
      for (const each of made.querySelectorAll("*")) {
        for (const name of ["id", "name", "for", "aria-describedby"]) {
          const value = each.getAttribute(name);
          if (value) each.setAttribute(name, value.replaceAll("__prefix__", total.value));
        }
      }
      total.value = Number(total.value) + 1;
      const element = made.firstElementChild;
      list.append(element);
      const row = new Row(element);
      row.write(day, start, end);
      return row;
    },
    // Empty rows are there for who has no scripts.
    prune() {
      for (const row of all()) if (!row.input("start").value && !row.input("end").value) row.remove();
    },
    onEdit(told) {
      list.addEventListener("change", (change) => {
        const row = new Row(change.target.closest("[data-window]"));
        if (row.isGone) row.remove();
        told();
      });
    },
  };
}
