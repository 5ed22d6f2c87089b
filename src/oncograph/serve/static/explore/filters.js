// The controls that say what is drawn; classes and relations are listed with how much there is of each.
import { makeShape } from "../search.js";
import { make } from "./dom.js";
import { readDocuments } from "./server.js";

const byId = (id) => document.getElementById(id);

export class Filters {
  /** change: takes the new filters. */
  constructor(app, change) {
    this.app = app;
    this.change = (patch) => change({ ...app.state.filters, ...patch });
    this.listed = null;
    for (const kind of ["negated", "possible"]) byId(kind).addEventListener("change", (event) => this.change({ [kind]: event.target.checked }));
    byId("confidence").addEventListener("input", (event) => (byId("least").textContent = Number(event.target.value).toFixed(2)));
    byId("confidence").addEventListener("change", (event) => this.change({ confidence: Number(event.target.value) }));
    byId("document").addEventListener("change", (event) => this.change({ document: event.target.value }));
    byId("clear-filters").addEventListener("click", () => this.change({ negated: true, possible: true, confidence: 0, document: "", classes: [], relations: [] }));
    byId("filter").addEventListener("toggle", () => this.listDocuments());
  }

  get on() {
    const { filters } = this.app.state;
    return filters.classes.length + filters.relations.length + (filters.confidence > 0) + !filters.negated + !filters.possible + Boolean(filters.document);
  }

  update() {
    const { filters } = this.app.state;
    byId("negated").checked = filters.negated;
    byId("possible").checked = filters.possible;
    byId("confidence").value = filters.confidence;
    byId("least").textContent = filters.confidence.toFixed(2);
    byId("filters-on").textContent = this.on ? `${this.on} on` : "";
    byId("clear-filters").disabled = !this.on;
    this.chooseDocument();
    this.listKinds();
    for (const box of document.querySelectorAll("#classes input, #relations input")) box.checked = !filters[box.name].includes(box.value);
  }

  listKinds() {
    if (this.listed === this.app.data) return;
    this.listed = this.app.data;
    const classes = new Map();
    const relations = new Map();
    for (const { class_name: one } of this.listed.nodes.values()) classes.set(one, (classes.get(one) ?? 0) + 1);
    for (const { claims } of this.listed.pairs.values()) {
      for (const { predicate, label } of claims) {
        const found = relations.get(predicate) ?? { label, count: 0 };
        found.count += 1;
        relations.set(predicate, found);
      }
    }
    const { looks } = this.app;
    const byCount = (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
    byId("classes").replaceChildren(...[...classes].sort(byCount).map(([one, number]) => this.makeBox("classes", one, looks[one]?.label ?? one, number, makeShape(looks[one]))));
    byId("relations").replaceChildren(...[...relations].map(([one, { label, count }]) => [one, count, label]).sort(byCount).map(([one, number, label]) => this.makeBox("relations", one, label, number)));
  }

  makeBox(kind, value, label, number, shape = null) {
    const box = make("input", { type: "checkbox", name: kind, value });
    box.addEventListener("change", () => {
      const off = this.app.state.filters[kind].filter((one) => one !== value);
      this.change({ [kind]: box.checked ? off : [...off, value] });
    });
    return make("li", {}, make("label", {}, box, shape, make("span", {}, label), make("span", { class: "number" }, number.toLocaleString("en"))));
  }

  /** Read the documents to choose from when the controls are looked at. */
  async listDocuments() {
    if (this.documents || !byId("filter").open) return;
    this.documents = true;
    try {
      const { documents } = await readDocuments();
      this.chooseDocument();
      const known = new Set([...byId("document").options].map((option) => option.value));
      byId("document").append(...documents.filter(({ document: one }) => !known.has(one.name)).map(({ document: one }) => make("option", { value: one.name }, one.label)));
    } catch {
      this.documents = false; // asked again when the controls are opened again
    }
  }

  chooseDocument() {
    const select = byId("document");
    const { filters } = this.app.state;
    if (![...select.options].some((option) => option.value === filters.document)) select.append(make("option", { value: filters.document }, this.app.document?.label ?? filters.document));
    select.value = filters.document;
  }
}
