// The explorer: keeps what is drawn, the panel, the filters, the table and the address in step.
import { readLooks } from "../search.js";
import { count } from "./dom.js";
import { Filters } from "./filters.js";
import { Panel } from "./panel.js";
import { makePng, makeSvg, readTurtle, save, writeLink } from "./picture.js";
import { choose, countDrawn, gather, pairOf, unfold } from "./scope.js";
import { draw, readClaimsOf, readWhole } from "./server.js";
import { freshFilters, freshState, History, readState, writeState } from "./state.js";
import { Table } from "./table.js";

const STEP = 12; // neighbours that are added at once
const START = 24; // of the best-connected entity, when nothing is asked for
const byId = (id) => document.getElementById(id);
const MOST = Number(byId("explorer").dataset.most);
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

const app = {
  state: freshState(),
  data: gather([], []),
  view: { nodes: new Set(), links: new Map(), claims: 0, left: 0, gone: 0 },
  drawnNear: new Map(),
  looks: {},
  document: null,
  linkKey: () => (app.state.link.length === 2 ? pairOf(...app.state.link) : ""),
  countDrawn: (name) => app.drawnNear.get(name) ?? 0,
  isPinned: (name) => app.state.drawn.some(([one, , , pinned]) => one === name && pinned),
  select, choose: chooseLink, expand, show, remove, pin, leaveWhole, showWay,
};
const history = new History();
let stage = null;
let whole = null;
let chosenFrom = []; // what the view was chosen from
let turns = 0; // of asking the server; only the last answer counts
const panel = new Panel(byId("panel"), app);
const filters = new Filters(app, (next) => change({ filters: next }));
const table = new Table(app);

// --- keeping in step ---

/** Take in a part of the state, remembering what it was before. */
async function change(patch) {
  history.keep(app.state);
  Object.assign(app.state, patch);
  await refilter();
}

async function refilter() {
  const wanted = app.state.filters.document;
  if (wanted !== (app.document?.name ?? "") && wanted !== app.document?.asked) {
    app.document = null;
    if (wanted) await quietly(async () => (app.document = { ...(await readClaimsOf(wanted)), asked: wanted }));
    if (wanted && !app.document) app.state.filters.document = "";
    if (app.document) app.document.pairs = new Set(app.document.sides.map(([one, other]) => pairOf(one, other)));
  }
  render();
}

/** Choose what passes the filters, again only when they or the data have changed. */
function look() {
  const wanted = [app.data, JSON.stringify(app.state.filters), app.document];
  if (wanted.some((one, at) => one !== chosenFrom[at])) {
    app.view = choose(app.data, app.state.filters, app.state.filters.document ? app.document : null);
    chosenFrom = wanted;
  }
}

function render() {
  look();
  const { state, data, view } = app;
  if (stage) {
    const more = new Map();
    if (!state.whole) for (const node of data.nodes.values()) if (node.neighbours > app.countDrawn(node.name)) more.set(node.name, node.neighbours - app.countDrawn(node.name));
    stage.show(view, { selected: state.selected, link: app.linkKey(), way: state.way, pinned: new Set(state.whole ? [] : state.drawn.filter((one) => one[3]).map(([one]) => one)), more });
  }
  const hidden = view.left + view.gone ? ` · filters hide ${[view.gone ? count(view.gone, "entity", "entities") : "", view.left ? count(view.left, "claim") : ""].filter(Boolean).join(" and ")}` : "";
  byId("scope").textContent = `${count(view.nodes.size, "entity", "entities")}, ${count(view.claims, "claim")}${hidden}${stage?.thin ? ` · ${stage.thin.size.toLocaleString("en")} lines drawn; those of what you select all are` : ""}`;
  byId("undo").disabled = !history.past.length;
  byId("redo").disabled = !history.future.length;
  byId("tidy").disabled = state.whole;
  byId("whole").setAttribute("aria-pressed", String(state.whole));
  byId("turtle").disabled = state.whole || !view.claims;
  byId("svg").disabled = byId("png").disabled = !stage;
  panel.update();
  filters.update();
  table.update();
  updateWays();
  if ("ready" in document.documentElement.dataset) write();
  remember();
}

function updateWays() {
  const node = app.data.nodes.get(app.state.selected);
  byId("way").disabled = !node;
  byId("way-from").textContent = node ? `From ${node.label}` : "Select an entity first.";
  byId("forget-way").hidden = app.state.way.length < 2;
  if (app.state.way.length < 2) for (const way of document.querySelectorAll("#ways [aria-pressed=true]")) way.setAttribute("aria-pressed", "false");
}

let resting = 0;
let written = "";

/** Write the state into the address. */
function write() {
  if (stage) app.state.camera = stage.seen;
  written = "#" + writeState(app.state);
  window.history.replaceState(null, "", "/explore" + written);
}

/** Write it when the camera rests. */
function remember() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    write();
    document.documentElement.dataset.ready = "";
  }, 200);
}

/** Do what may take a while or fail, and say so. */
async function quietly(work) {
  const busy = setTimeout(() => (byId("busy").hidden = false), 150);
  byId("trouble").hidden = true;
  try {
    return await work();
  } catch (error) {
    byId("trouble").textContent = error.message;
    byId("trouble").hidden = false;
    return null;
  } finally {
    clearTimeout(busy);
    byId("busy").hidden = true;
  }
}

// --- what is drawn ---

/** Have the server give what is drawn, with what is added, and places for it. */
async function redraw(asked = {}, { keepPlaces = true } = {}) {
  const turn = ++turns;
  const kept = new Map(app.state.drawn.map((one) => [one[0], one]));
  const placed = app.state.drawn.filter((one) => keepPlaces || one[3]);
  const told = await quietly(() => draw({ names: [...kept.keys()].slice(0, MOST), places: Object.fromEntries(placed.map(([name, x, y]) => [name, [x, y]])), most: 0, ...asked }));
  if (!told || turn !== turns) return null;
  app.state.whole = false;
  app.state.drawn = told.nodes.map(({ name, x, y }) => [name, x, y, kept.get(name)?.[3] ?? false]);
  const added = told.nodes.map((node) => node.name).filter((name) => !kept.has(name));
  adopt(gather(told.nodes, told.claims));
  if (told.nodes.length >= MOST && added.length) tell(`${MOST.toLocaleString("en")} entities are as many as are drawn at once.`);
  return { ...told, added };
}

function adopt(data) {
  app.data = data;
  app.drawnNear = countDrawn(data);
  stage?.load(data);
}

/** Add to the drawing and bring what came into sight. */
async function grow(asked, after = () => undefined) {
  const before = app.state.whole ? { ...app.state, drawn: [] } : structuredClone(app.state);
  if (app.state.whole) app.state.drawn = [];
  const told = await redraw(asked);
  if (!told) return render();
  history.keep(before);
  after(told);
  await refilter();
  if (stage && told.added.length && !stage.sees(told.nodes.map((node) => node.name))) stage.fit();
  return undefined;
}

/** Show more neighbours of an entity, of one relation or of all. */
function expand(name, relation = null) {
  if (app.state.whole) return leaveWhole(name);
  return grow({ around: name, most: STEP, ...(relation ? { predicate: relation.predicate, inverse: relation.inverse } : {}) }, ({ added }) => {
    Object.assign(app.state, { selected: name, link: [], way: [] });
    tell(added.length ? `${added.length} added` : "Nothing is left to add");
  });
}

/** Bring an entity into the drawing and select it. */
function show(name) {
  if (app.data.nodes.has(name)) {
    select(name);
    stage?.reveal(name);
    return undefined;
  }
  return grow({ around: name, most: 0 }, ({ found }) => Object.assign(app.state, { selected: found, link: [] }));
}

function remove(name) {
  if (app.state.whole || !app.data.nodes.has(name)) return;
  history.keep(app.state);
  app.state.drawn = app.state.drawn.filter(([one]) => one !== name);
  const claims = [...app.data.pairs.values()].flatMap((pair) => pair.claims).filter((claim) => claim.start !== name && claim.end !== name);
  Object.assign(app.state, { selected: "", link: [], way: app.state.way.includes(name) ? [] : app.state.way });
  adopt(gather([...app.data.nodes.values()].filter((node) => node.name !== name), claims));
  tell("Removed");
  render();
}

function pin(name) {
  if (app.state.whole) return;
  change({ drawn: app.state.drawn.map((one) => (one[0] === name ? [one[0], one[1], one[2], !one[3]] : one)) });
}

function move(name, x, y) {
  app.data.nodes.get(name).x = x;
  app.data.nodes.get(name).y = y;
  change({ drawn: app.state.drawn.map((one) => (one[0] === name ? [name, x, y, true] : one)) });
}

async function tidy() {
  const before = structuredClone(app.state);
  if (!(await redraw({ tidy: true }, { keepPlaces: false }))) return;
  history.keep(before);
  await refilter();
  stage?.fit();
}

async function startOver(asked = {}) {
  const before = structuredClone(app.state);
  Object.assign(app.state, freshState());
  const told = await redraw({ most: asked.around ? STEP : START, ...asked });
  if (!told) {
    Object.assign(app.state, before);
    return null;
  }
  if (before.drawn.length || before.whole) history.keep(before);
  if (asked.around) app.state.selected = told.found;
  await refilter();
  stage?.fit(null, { animate: false });
  return told;
}

async function showWhole() {
  const told = whole ?? (await quietly(async () => (whole = unfold(await readWhole()))));
  if (!told) return;
  turns += 1;
  Object.assign(app.state, { whole: true, link: [], way: [] });
  adopt(told);
  await refilter();
}

async function toggleWhole() {
  const before = structuredClone(app.state);
  if (app.state.whole) {
    app.state.whole = false;
    if (app.state.drawn.length) await redraw();
    else await startOver();
    await refilter();
  } else await showWhole();
  history.keep(before);
  render();
  stage?.fit(null, { animate: false });
}

async function leaveWhole(name) {
  await startOver({ around: name });
}

function showWay(names) {
  if (app.state.whole) return grow({ names }, () => markWay(names));
  return grow({ names: [...new Set([...app.state.drawn.map(([one]) => one), ...names])] }, () => markWay(names));
}

function markWay(names) {
  Object.assign(app.state, { way: names, link: [] });
}

// --- what is selected ---

function select(name) {
  Object.assign(app.state, { selected: name, link: [] });
  render();
  const node = app.data.nodes.get(name);
  if (node) tell(`${node.label}, ${app.looks[node.class_name]?.label ?? node.class_name}, ${app.state.whole ? "" : `${app.countDrawn(name)} of `}${count(node.neighbours, "neighbour")}`);
}

function chooseLink(key) {
  const link = app.view.links.get(key);
  if (!link) return;
  Object.assign(app.state, { selected: "", link: [link.start, link.end] });
  render();
}

function clear() {
  Object.assign(app.state, { selected: "", link: [], way: [] });
  render();
}

async function step(back) {
  const found = history.step(app.state, back);
  if (!found) return;
  const fit = found.whole !== app.state.whole;
  Object.assign(app.state, found, { selected: "", link: [] });
  await restore();
  if (fit || !stage?.sees([...app.view.nodes])) stage?.fit();
}

/** Draw what the state says. */
async function restore() {
  if (app.state.whole) return showWhole();
  await redraw();
  return refilter();
}

function tell(text) {
  byId("told").textContent = text;
}

// --- tools ---

const ids = () => [...app.view.links.values()].flatMap((link) => link.claims.map((claim) => claim.id));
const picture = () => makeSvg(stage);

byId("undo").addEventListener("click", () => step(true));
byId("redo").addEventListener("click", () => step(false));
byId("tidy").addEventListener("click", tidy);
byId("fit").addEventListener("click", () => stage?.fit());
byId("start").addEventListener("click", () => startOver());
byId("whole").addEventListener("click", toggleWhole);
byId("forget-way").addEventListener("click", () => change({ way: [] }));
byId("svg").addEventListener("click", () => save(new Blob([picture()], { type: "image/svg+xml" }), "oncograph.svg"));
byId("png").addEventListener("click", () => quietly(async () => {
  const { width, height } = stage.sigma.getDimensions();
  save(await makePng(picture(), width, height), "oncograph.png");
}));
byId("turtle").addEventListener("click", () => quietly(async () => save(await readTurtle(ids()), "oncograph.ttl")));
byId("sparql").addEventListener("click", (event) => {
  event.preventDefault();
  quietly(async () => (location.href = await writeLink(app.state.whole ? null : ids())));
});

document.addEventListener("search-choice", (event) => {
  const { kind, name, claim } = event.detail;
  const to = event.target.dataset.for;
  const thing = kind === "claim" ? claim.subject.name : name;
  if (!to || !["entity", "claim", "document"].includes(kind)) return;
  event.preventDefault();
  event.target.querySelector("input").value = "";
  if (to === "way") {
    if (app.data.nodes.has(app.state.selected)) panel.findWays(byId("ways"), app.state.selected, thing);
  } else if (kind === "document") grow({ document: name, most: 40 });
  else if (kind === "claim") grow({ names: [...new Set([...app.state.drawn.map(([one]) => one), claim.subject.name, claim.object.name])] }, () => Object.assign(app.state, { selected: "", link: [claim.subject.name, claim.object.name] }));
  else show(name);
});

byId("canvas").addEventListener("keydown", (event) => {
  const { selected } = app.state;
  const letter = event.key.toLowerCase();
  const act = {
    enter: () => selected && expand(selected),
    delete: () => selected && remove(selected),
    backspace: () => selected && remove(selected),
    p: () => selected && pin(selected),
    "+": () => stage?.zoom(1.4),
    "=": () => stage?.zoom(1.4),
    "-": () => stage?.zoom(1 / 1.4),
    0: () => stage?.fit(),
    escape: clear,
  }[letter];
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (act) act();
  else if (ARROWS[event.key] && stage) {
    const next = stage.findNext(selected, ARROWS[event.key]);
    if (next) {
      select(next);
      stage.reveal(next);
    }
  } else return;
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.closest("input[type=search], input[type=text], textarea")) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  step(key === "z" && !event.shiftKey);
});

window.addEventListener("hashchange", async () => {
  const found = location.hash === written ? null : readState(location.hash);
  if (!found) return;
  history.keep(app.state);
  app.state = found;
  await restore();
  if (stage && found.camera) stage.look(found.camera);
});

// --- the start ---

function hasWebgl() {
  try {
    const canvas = document.createElement("canvas");
    return Boolean(window.WebGLRenderingContext && (canvas.getContext("webgl2") || canvas.getContext("webgl")));
  } catch {
    return false;
  }
}

const load = (address) => new Promise((done, fail) => {
  const script = Object.assign(document.createElement("script"), { src: address, onload: done, onerror: () => fail(new Error(`${address} did not load`)) });
  document.head.append(script);
});

async function openStage() {
  if (!hasWebgl()) {
    byId("no-webgl").hidden = false;
    byId("listing").open = true;
    return null;
  }
  await load("/static/vendor/graphology-0.26.0/graphology.umd.min.js");
  await load("/static/vendor/sigma-3.0.3/sigma.min.js");
  const { Stage } = await import("./stage.js");
  return new Stage(byId("canvas"), app.looks, { select, choose: chooseLink, expand, clear, move, turn: remember });
}

async function start() {
  app.looks = await readLooks();
  stage = await openStage();
  if (stage) app.stage = stage;
  const asked = new URLSearchParams(location.search);
  const found = readState(location.hash);
  if (found) {
    app.state = found;
    const { camera } = found;
    await restore();
    if (camera) stage?.look(camera);
    else stage?.fit(null, { animate: false });
    if (app.state.drawn.length || app.state.whole) return;
  }
  const named = asked.getAll("entity").concat(asked.getAll("near"));
  const told = await startOver(named.length ? { around: named[0] } : asked.get("document") ? { document: asked.get("document"), most: 40 } : {});
  if (!told) await keepTrouble(() => startOver());
  for (const name of named.slice(1)) await show(name);
}

/** Go on, while what went wrong stays to be read. */
async function keepTrouble(work) {
  const said = byId("trouble").textContent;
  await work();
  byId("trouble").textContent = said;
  byId("trouble").hidden = false;
}

if (matchMedia("(min-width: 821px)").matches) byId("filter").open = true;
byId("canvas").explorer = app; // for whoever looks at it with the browser's tools
await start();
