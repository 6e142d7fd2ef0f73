// What is shown, as the page's address says it: so it can be shared, and is there again after a reload.
export const NARROW = 700;

export class Address {
  constructor({ view, date }) {
    const query = new URLSearchParams(location.search);
    this.view = view || (window.innerWidth < NARROW ? "list" : "week");
    this.date = date;
    this.types = query.getAll("type");
    this.job = query.get("job") ?? "";
    this.state = query.get("status") ?? "";
  }

  filter(values, allTypes) {
    const types = values.getAll("type");
    this.types = types.length === allTypes ? [] : types;
    this.job = values.get("job") ?? "";
    this.state = values.get("status") ?? "";
    this.keep();
  }

  // The filters alone, as the server reads them.
  filters() {
    const query = new URLSearchParams();
    for (const type of this.types) query.append("type", type);
    if (this.job) query.set("job", this.job);
    if (this.state) query.set("status", this.state);
    return query;
  }

  at(view, date) {
    const query = this.filters();
    query.set("view", view);
    query.set("date", date);
    return `?${query}`;
  }

  keep() {
    history.replaceState(null, "", this.at(this.view, this.date));
  }
}
