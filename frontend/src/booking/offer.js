// The times to choose from: asks every few seconds, while the page is looked at, whether they are free still.
const EVERY = 10_000; // milliseconds

export class Offer {
  constructor(place, said) {
    this.place = place;
    this.said = said;
    this.etag = "";
  }

  start() {
    this.place.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.ask();
    });
    this.later();
  }

  get part() {
    return this.place.querySelector("[data-poll]");
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), EVERY);
  }

  async ask() {
    if (document.hidden) return; // and again when it is seen
    const address = this.part.dataset.poll;
    try {
      const answer = await this.fetch(address);
      if (answer.status === 410 || answer.status === 404) return; // the link is over: nothing changes any more
      if (answer.status === 200) this.refresh(await answer.text(), address);
    } catch {
      // Parley is away: the next round tells.
    }
    this.later();
  }

  async fetch(address) {
    const headers = this.etag ? { "If-None-Match": this.etag } : {};
    const answer = await fetch(address, { headers, cache: "no-store", redirect: "error" });
    if (answer.status === 200) this.etag = answer.headers.get("ETag");
    return answer;
  }

  refresh(html, address) {
    if (this.part.dataset.poll !== address) return; // another day has been chosen meanwhile
    const fresh = parsed(html);
    if (fresh.innerHTML === this.part.innerHTML) return;
    if (!this.takeAway(fresh)) this.replace(fresh);
    if (!this.place.querySelector("[role=alert]")) this.say(this.part.dataset.changed);
  }

  // What has gone or is another is changed where it stands; nothing around it, and no focus, moves.
  takeAway(fresh) {
    const theirs = keyed(fresh);
    for (const [key, mine] of keyed(this.part)) {
      if (!mine.isConnected) continue;
      const other = theirs.get(key);
      if (other?.outerHTML === mine.outerHTML) continue;
      const hadFocus = mine.contains(document.activeElement);
      const next = mine.nextElementSibling ?? mine.previousElementSibling;
      if (other) mine.replaceWith(other.cloneNode(true));
      else mine.remove();
      if (hadFocus) this.focus(key, next);
    }
    return this.part.innerHTML === fresh.innerHTML;
  }

  replace(fresh) {
    const focused = document.activeElement;
    const hadFocus = this.place.contains(focused);
    const key = focused?.dataset.key;
    this.place.replaceChildren(fresh);
    if (hadFocus) this.focus(key, null);
  }

  // To the same thing, else to the nearest that is left, else to where the times begin.
  focus(key, next) {
    const same = key && this.place.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const target = same || next?.querySelector("a") || this.place.querySelector("[role=alert], #times");
    target?.focus();
  }

  // Another day or month, without a new page.
  async clicked(event) {
    const link = event.target.closest("a[data-turn]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const address = new URL(this.part.dataset.poll, location.href);
    address.search = new URL(link.href).search;
    this.etag = "";
    try {
      const answer = await this.fetch(address);
      if (answer.status !== 200) throw new Error(answer.statusText);
      this.turn(link, await answer.text());
    } catch {
      location.assign(link.href);
    }
  }

  turn(link, html) {
    this.place.replaceChildren(parsed(html));
    history.pushState(null, "", link.href.split("#")[0]);
    if (link.dataset.day) this.focus(null, null);
    else this.turnedMonth(link.dataset.key);
    this.later();
  }

  turnedMonth(key) {
    const arrow = this.place.querySelector(`[data-key="${key}"]`) ?? this.place.querySelector(".turn a");
    arrow?.focus();
    this.say(document.getElementById("month").textContent);
  }

  say(text) {
    this.said.textContent = "";
    setTimeout(() => (this.said.textContent = text), 50); // a text that comes twice is read twice
  }
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

function keyed(part) {
  return new Map([...part.querySelectorAll("[data-key]")].map((each) => [each.dataset.key, each]));
}
