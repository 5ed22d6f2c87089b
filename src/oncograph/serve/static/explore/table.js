// What is drawn, as a table: for those who do not see the drawing, and where there is none.
import { badges, button, make, name } from "./dom.js";

const MOST_ROWS = 300;
const byId = (id) => document.getElementById(id);

export class Table {
  constructor(app) {
    this.app = app;
    byId("listing").addEventListener("toggle", () => this.update());
  }

  update() {
    const { view, data } = this.app;
    byId("row-count").textContent = `${view.claims.toLocaleString("en")}`;
    if (!byId("listing").open || this.view === view) return;
    this.view = view;
    const rows = [];
    const joined = new Set();
    for (const link of view.links.values()) {
      joined.add(link.start).add(link.end);
      for (const claim of link.claims) if (rows.length < MOST_ROWS) rows.push(this.makeRow(claim, link));
    }
    for (const one of view.nodes) if (rows.length < MOST_ROWS && !joined.has(one)) rows.push(make("tr", {}, make("td", {}, this.makeEnd(one)), make("td", { class: "muted", colspan: 4 }, "nothing drawn is joined to it")));
    byId("rows").replaceChildren(...rows);
    byId("more-rows").textContent = view.claims > rows.length ? `The first ${rows.length} of ${view.claims.toLocaleString("en")} claims; filters choose others.` : "";
  }

  makeRow(claim, link) {
    const words = badges(claim).filter(Boolean);
    return make("tr", {},
      make("td", {}, this.makeEnd(claim.start)),
      make("td", {}, button(claim.label, () => this.app.choose(link.key), { class: "plain" })),
      make("td", {}, this.makeEnd(claim.end)),
      make("td", {}, ...(words.length ? words : ["stated"])),
      make("td", { class: "number" }, claim.confidence.toFixed(2)));
  }

  makeEnd(one) {
    const side = button("", () => this.app.select(one), { class: "plain" });
    side.append(name(this.app.data.nodes.get(one).label));
    return side;
  }
}
