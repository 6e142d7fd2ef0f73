// Keeps at the server what is being written: a little after each change, and at once when the page is left.
const PAUSE = 1500; // milliseconds without a change
const AGAIN = 5000; // after a failure

export class Draft {
  constructor(field, address, told) {
    this.field = field;
    this.address = address;
    this.told = told;
    this.kept = field.value;
  }

  start() {
    this.field.addEventListener("input", () => {
      this.told("");
      this.later(PAUSE);
    });
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => document.hidden && this.leave());
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  // What is there now is no draft any more: it is being sent.
  stop() {
    clearTimeout(this.timer);
  }

  begin(text) {
    this.stop();
    this.kept = text;
  }

  async save() {
    const text = this.field.value;
    if (text === this.kept) return;
    try {
      const answer = await this.put(text, false);
      if (answer.ok) {
        this.kept = text;
        this.told("saved");
      } else if (answer.status >= 500) this.failed();
    } catch {
      this.failed();
    }
  }

  failed() {
    this.told("unsaved");
    this.later(AGAIN);
  }

  leave() {
    if (this.field.value !== this.kept && !this.field.readOnly) this.put(this.field.value, true).catch(() => {});
  }

  put(text, keepalive) {
    return fetch(this.address, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text, turn: this.field.form.elements.turn.value }), keepalive });
  }
}
