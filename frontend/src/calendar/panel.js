// A page about a slot, shown at the side of the calendar. Its links and forms work inside it.
import { read, say, send } from "./sending.js";

const TYPING = 250; // milliseconds of rest after which a search is made

export class Panel {
  constructor(dialog, changed, linkOf) {
    this.dialog = dialog;
    this.changed = changed;
    this.linkOf = linkOf;
    this.body = dialog.querySelector("[data-body]");
    this.said = dialog.querySelector("[data-said]");
    dialog.addEventListener("click", (event) => this.click(event));
    dialog.addEventListener("submit", (event) => this.submit(event));
    dialog.addEventListener("input", (event) => this.input(event));
    // The slot may have been drawn anew since: then the link that had the focus is another one.
    dialog.addEventListener("close", () => this.linkOf(this.path ?? "").focus());
  }

  async open(url) {
    this.show(await read(url), url);
  }

  show(answer, asked) {
    if (!answer.body) {
      this.leave(answer);
      return;
    }
    const focus = this.dialog.contains(document.activeElement) ? document.activeElement.id : "";
    const caret = focus ? document.activeElement.selectionStart : null;
    this.path = new URL(answer.url || asked, location.href).pathname;
    this.dialog.querySelector("[data-whole]").href = answer.url;
    this.dialog.setAttribute("aria-label", answer.title.replace(" · Parley", ""));
    this.body.replaceChildren(document.adoptNode(answer.body));
    say(this.said, answer);
    if (!this.dialog.open) this.dialog.showModal();
    const invalid = this.body.querySelector("[aria-invalid=true]");
    const same = focus ? document.getElementById(focus) : null;
    (invalid ?? same ?? this.body.querySelector("h1")).focus();
    if (same && caret !== null) same.setSelectionRange(caret, caret);
  }

  // Back to the calendar, which says what has been done.
  leave(answer) {
    say(document.getElementById("messages"), answer);
    if (this.dialog.open) this.dialog.close();
  }

  click(event) {
    if (event.target === this.dialog) this.dialog.close(); // beside the panel
    const link = event.target.closest("a, [data-close]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if ("close" in link.dataset || "leave" in link.dataset) {
      event.preventDefault();
      this.dialog.close();
    } else if ("inPanel" in link.dataset || link.closest("nav[aria-label='Pages of bookings']")) {
      event.preventDefault();
      this.open(link.href);
    }
  }

  async submit(event) {
    event.preventDefault();
    const form = event.target;
    const values = new FormData(form, event.submitter);
    if (form.method === "get") {
      const url = new URL(form.action);
      url.search = new URLSearchParams(values);
      await this.open(url.href);
      return;
    }
    const buttons = [...this.dialog.querySelectorAll("button")];
    for (const each of buttons) each.disabled = true; // one click is one booking
    const answer = await send(form.action, values);
    for (const each of buttons) each.disabled = false;
    if (answer.url || this.body.contains(form) === false) this.show(answer, form.action);
    else say(this.said, answer);
    await this.changed();
  }

  input(event) {
    const form = event.target.form;
    if (!form || !("live" in form.dataset)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => form.requestSubmit(), TYPING);
  }
}
