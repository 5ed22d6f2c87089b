// What the reader has made of the drawing: all of it is in the address, so that a link brings it back.

export const freshFilters = () => ({ negated: true, possible: true, confidence: 0, document: "", classes: [], relations: [] });

/** drawn: [name, x, y, pinned] of each entity; link: the two ends of the line looked at; camera: [x, y, ratio]. */
export const freshState = () => ({ whole: false, drawn: [], selected: "", link: [], way: [], filters: freshFilters(), camera: null });

const plain = (text) => encodeURIComponent(text).replace(/%3A/g, ":").replace(/%2C/g, ",").replace(/%2F/g, "/");
const PLACE = /^(.*),(-?\d+),(-?\d+)(,p)?$/s;

/** Write a state as what follows # in an address. */
export function writeState(state) {
  const { filters } = state;
  const parts = [];
  const put = (key, value) => parts.push(`${key}=${plain(String(value))}`);
  if (state.whole) put("whole", 1);
  for (const [name, x, y, pinned] of state.drawn) put("n", `${name},${Math.round(x)},${Math.round(y)}${pinned ? ",p" : ""}`);
  if (state.selected) put("selected", state.selected);
  for (const name of state.link) put("link", name);
  for (const name of state.way) put("way", name);
  if (!filters.negated) put("denied", 0);
  if (!filters.possible) put("possible", 0);
  if (filters.confidence) put("confidence", filters.confidence);
  if (filters.document) put("document", filters.document);
  for (const name of filters.classes) put("without-class", name);
  for (const name of filters.relations) put("without-relation", name);
  if (state.camera) put("camera", state.camera.map((value) => Number(value.toPrecision(5))).join());
  return parts.join("&");
}

/** Read a state; null when the address holds none. What cannot be understood is passed over. */
export function readState(hash) {
  const said = new URLSearchParams(hash.replace(/^#/, "").replaceAll("+", "%2B"));
  const drawn = said.getAll("n").map((text) => PLACE.exec(text)).filter(Boolean);
  if (!drawn.length && said.get("whole") !== "1") return null;
  const state = freshState();
  state.whole = said.get("whole") === "1";
  state.drawn = drawn.map(([, name, x, y, pinned]) => [name, Number(x), Number(y), Boolean(pinned)]);
  state.selected = said.get("selected") ?? "";
  state.link = said.getAll("link").slice(0, 2);
  state.way = said.getAll("way");
  const least = Number(said.get("confidence"));
  state.filters = {
    negated: said.get("denied") !== "0",
    possible: said.get("possible") !== "0",
    confidence: least >= 0 && least <= 1 ? least : 0,
    document: said.get("document") ?? "",
    classes: said.getAll("without-class"),
    relations: said.getAll("without-relation"),
  };
  const camera = (said.get("camera") ?? "").split(",").map(Number);
  state.camera = camera.length === 3 && camera.every(Number.isFinite) && camera[2] > 0 ? camera : null;
  return state;
}

const MOST_STEPS = 100;
const content = ({ whole, drawn, way, filters }) => JSON.stringify({ whole, drawn, way, filters });

/** What can be undone: which entities are drawn and where, the way, the filters. */
export class History {
  past = [];
  future = [];

  /** Remember a state that is about to change. */
  keep(state) {
    const now = content(state);
    if (this.past.at(-1) !== now) this.past.push(now);
    this.past = this.past.slice(-MOST_STEPS);
    this.future = [];
  }

  /** Give the state one step back, or on; null when there is none. */
  step(state, back) {
    const [from, to] = back ? [this.past, this.future] : [this.future, this.past];
    const now = content(state);
    while (from.at(-1) === now) from.pop();
    if (!from.length) return null;
    to.push(now);
    return { ...state, ...JSON.parse(from.pop()) };
  }
}
