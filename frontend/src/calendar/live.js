// Asks every few seconds, while the page is looked at, whether anything has happened; and keeps the company's clock.
const EVERY = 4000; // milliseconds
const LOOK_ANYWAY = 15; // every so many times

export class Live {
  constructor({ changes, mark, now }, look) {
    this.url = changes;
    this.mark = mark;
    this.look = look;
    this.rounds = 0;
    this.set(now);
  }

  set(wall) {
    this.wall = Date.parse(`${wall}:00Z`);
    this.since = performance.now();
  }

  // The wall clock in the company's zone.
  now() {
    return new Date(this.wall + performance.now() - this.since).toISOString().slice(0, 19);
  }

  start() {
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.ask();
    });
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), EVERY);
  }

  async ask() {
    if (document.hidden) return; // and again when it is seen
    try {
      await this.round();
    } catch {
      // Parley is away: the next round tells.
    }
    this.later();
  }

  async round() {
    const answer = await fetch(`${this.url}?since=${this.mark}`, { redirect: "error" });
    if (!answer.ok) return;
    const said = await answer.json();
    this.mark = said.since;
    this.set(said.now);
    this.rounds += 1;
    const isDue = said.events > 0 || this.rounds % LOOK_ANYWAY === 0;
    if (isDue && (await this.look()) && said.others > 0) this.announce(said.now.slice(11));
  }

  announce(clock) {
    document.getElementById("live").textContent = `Updated at ${clock}: somebody else has changed something.`;
  }
}
