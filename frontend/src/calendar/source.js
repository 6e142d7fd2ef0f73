// The slots of what is shown. What the server has sent before is not sent again: it says that nothing has changed.
export class Source {
  constructor(url, address) {
    this.url = url;
    this.address = address;
    this.known = { key: "", tag: "", data: null };
    this.isFresh = false;
  }

  async load(start, end) {
    this.start = start;
    this.end = end;
    if (!this.isFresh || this.known.key !== this.key()) await this.isNew();
    this.isFresh = false;
    return this.known.data;
  }

  key() {
    const query = this.address.filters();
    query.set("start", this.start);
    query.set("end", this.end);
    return `${this.url}?${query}`;
  }

  // Asks the server; whether it knows more than this page.
  async isNew() {
    const key = this.key();
    const headers = this.known.key === key ? { "If-None-Match": this.known.tag } : {};
    const answer = await fetch(key, { headers, redirect: "error" });
    if (answer.status === 304) return false;
    if (!answer.ok) throw new Error(`${answer.status}`);
    const data = await answer.json();
    if (key !== this.key()) return true; // somebody has turned the page meanwhile
    this.known = { key, tag: answer.headers.get("ETag"), data };
    this.isFresh = true;
    return true;
  }
}
