// The conversation: sends answers, shows what is said as it comes, and goes on where another window has come to.
import { countDown } from "./clock.js";
import { Draft } from "./draft.js";
import { eventsOf } from "./stream.js";

const GRACE = 61_000; // milliseconds after the end until Parley closes the interview
const AGAIN = [1000, 2000, 5000, 10_000]; // between attempts to send

export class Talk {
  constructor(form, code) {
    this.form = form;
    this.code = code;
    this.field = form.elements.text;
    this.list = document.getElementById("talk");
    this.error = document.getElementById("text-error");
    this.said = document.getElementById("said");
    this.saved = document.getElementById("saved");
    this.draft = new Draft(this.field, `${form.dataset.api}session/draft/`, (word) => this.tell(word));
  }

  start() {
    this.draft.start();
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(event.submitter?.name === "skip");
    });
    document.addEventListener("visibilitychange", () => document.hidden || this.compare());
    this.runClock();
    document.getElementById("open")?.scrollIntoView({ block: "center" });
  }

  tell(word) {
    this.saved.textContent = word ? this.form.dataset[word] : "";
    this.saved.className = word === "lost" || word === "unsaved" ? "error" : "help";
  }

  say(text) {
    this.said.textContent = text;
  }

  runClock() {
    const place = document.querySelector("[data-left]");
    const warnings = new Map([[600, "ten"], [300, "five"], [60, "one"]]);
    const show = (text, left) => {
      place.textContent = text;
      if (warnings.has(left)) this.say(this.form.dataset[warnings.get(left)]);
    };
    countDown(Number(place.dataset.left), show, () => this.timeIsOver());
  }

  timeIsOver() {
    this.say(this.form.dataset.over);
    if (this.field.value.trim() && !this.isSending) this.submit(false);
    setTimeout(() => location.reload(), GRACE);
  }

  submit(isSkipped) {
    if (this.isSending) return;
    const text = isSkipped ? "" : this.field.value;
    if (!isSkipped && !text.trim()) return this.refuse(this.form.dataset.empty);
    this.refuse("");
    this.draft.stop();
    this.busy(true);
    this.send({ client_id: this.form.elements.client_id.value, turn: this.form.elements.turn.value, text }, 0);
  }

  refuse(text) {
    this.error.textContent = text;
    this.error.hidden = !text;
    this.field.setAttribute("aria-invalid", String(Boolean(text)));
    if (text) this.field.focus();
  }

  busy(isBusy) {
    this.isSending = isBusy;
    this.field.readOnly = isBusy;
    for (const button of this.form.querySelectorAll("button")) button.disabled = isBusy;
    this.tell(isBusy ? "sending" : "");
  }

  // The same client_id each time: however often it is sent, it counts once.
  async send(body, attempt) {
    try {
      const headers = { "Content-Type": "application/json", Accept: "text/event-stream" };
      const answer = await fetch(`${this.form.dataset.api}session/answers/`, { method: "POST", headers, body: JSON.stringify(body) });
      if (answer.ok) return await this.listen(answer, body.text);
      if (answer.status < 500 && answer.status !== 429) return this.reload(); // the page tells where things stand
    } catch {
      // No connection, or it broke: once more.
    }
    this.tell("lost");
    this.broken?.remove();
    setTimeout(() => this.send(body, attempt + 1), AGAIN[Math.min(attempt, AGAIN.length - 1)]);
  }

  async listen(answer, text) {
    let own;
    let spoken;
    for await (const { name, data } of eventsOf(answer)) {
      if (name === "turn") {
        own = this.add("candidate", text, this.field.classList.contains("code"));
        this.broken = own;
      } else if (name === "delta") {
        spoken ??= this.add("interviewer", "", false);
        spoken.querySelector(".text").append(data.text);
      } else if (name === "again") {
        if (spoken) spoken.querySelector(".text").textContent = "";
      } else if (name === "done") {
        this.broken = null;
        return this.goOn(data.turn, spoken);
      }
    }
    spoken?.remove();
    throw new Error("the stream ended early");
  }

  goOn(turn, spoken) {
    if (turn.kind === "closing" || turn.role === "candidate" || !spoken) return this.reload();
    spoken.querySelector(".text").textContent = turn.text;
    this.say(`${this.list.dataset.interviewer}: ${turn.text}`);
    this.form.elements.turn.value = turn.id;
    this.form.elements.client_id.value = newId();
    this.draft.begin("");
    this.field.value = "";
    this.code.as(turn.answer === "code");
    if (turn.kind === "question") this.count();
    this.busy(false);
    spoken.scrollIntoView({ block: "center" });
    this.field.focus({ preventScroll: true });
  }

  count() {
    const place = document.querySelector("[data-progress]");
    const [number, total] = place.textContent.match(/\d+/g);
    place.textContent = place.dataset.progress.replace("[number]", Number(number) + 1).replace("[total]", total);
  }

  add(who, text, isCode) {
    const item = document.createElement("li");
    item.className = who;
    const [name, said] = [document.createElement("p"), document.createElement("p")];
    name.className = "who";
    name.lang = document.documentElement.lang;
    name.textContent = who === "candidate" ? this.list.dataset.you : this.list.dataset.interviewer;
    said.className = isCode ? "text code" : "text";
    if (text || who === "interviewer") said.textContent = text;
    else said.append(Object.assign(document.createElement("em"), { textContent: this.list.dataset.leftOut }));
    item.append(name, said);
    this.list.append(item);
    return item;
  }

  // Another window may have gone on meanwhile.
  async compare() {
    if (this.isSending) return;
    try {
      const answer = await fetch(`${this.form.dataset.api}session/`, { cache: "no-store" });
      if (!answer.ok || this.isSending) return;
      const { state, turns } = await answer.json();
      if (state !== "running" || turns.at(-1).id !== this.form.elements.turn.value) this.reload();
    } catch {
      // Parley is away: sending tells.
    }
  }

  reload() {
    this.field.readOnly = true; // nothing of it is a draft any more
    location.reload();
  }
}

// Random enough to be this answer's own; crypto.randomUUID is there on secure pages only.
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
