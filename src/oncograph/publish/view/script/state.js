// What the reader has chosen: one value, kept in the address, each change undoable.
const small = matchMedia("(max-width: 820px)");
const OPENING = Math.min(data.opening.length, small.matches ? 40 : Infinity); // a phone has room for fewer
const freshState = () => ({
  select: null, // {node: id} or {claim: id}
  scope: { kind: "best", count: OPENING }, // or {kind: "near", node, hops} or {kind: "path", from, to}
  added: [], hiddenNodes: [], hiddenClasses: [], hiddenPredicates: [], documents: [],
  kinds: ["stated"], confidence: 0, view: "graph", theme: "", pins: {},
});
let state = freshState();
const past = [];

function change(patch, { record = true } = {}) {
  const before = JSON.stringify(state);
  const after = { ...state, ...patch };
  if (JSON.stringify(after) === before) return;
  if (record) {
    past.push(before);
    if (past.length > 200) past.shift();
  }
  state = after;
  writeAddress();
  refresh(JSON.parse(before));
}

function undo() {
  if (!past.length) return;
  const before = state;
  state = JSON.parse(past.pop());
  writeAddress();
  refresh(before);
  say("Undone");
}

function reset() {
  change({ ...freshState(), theme: state.theme });
  say("Everything is as it was at first");
}

const toggled = (list, value) => (list.includes(value) ? list.filter((one) => one !== value) : [...list, value]);

function writeAddress() {
  const text = toAddress();
  try {
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  } catch (refused) {
    location.hash = text;
  }
}

function toAddress() {
  const parts = new URLSearchParams();
  const { select, scope } = state;
  if (select) parts.set("sel", select.node !== undefined ? nodeKey(select.node) : claims[select.claim].key ? "claim:" + claims[select.claim].key : "link:" + select.claim);
  if (scope.kind === "near") { parts.set("near", nodeKey(scope.node)); parts.set("hops", scope.hops); }
  if (scope.kind === "path") { parts.set("from", nodeKey(scope.from)); parts.set("to", nodeKey(scope.to)); }
  if (scope.kind === "best" && scope.count !== OPENING) parts.set("show", scope.count >= COUNT ? "all" : scope.count);
  for (const id of state.added) parts.append("add", nodeKey(id));
  for (const id of state.hiddenNodes) parts.append("hide", nodeKey(id));
  for (const id of state.hiddenClasses) parts.append("no-class", data.classes[id].name);
  for (const id of state.hiddenPredicates) parts.append("no-relation", data.predicates[id].name);
  for (const id of state.documents) parts.append("doc", data.documents[id].iri.replace(/^doc:/, ""));
  if (state.kinds.join() !== "stated") parts.set("kinds", state.kinds.join(" "));
  if (state.confidence) parts.set("sure", state.confidence);
  for (const [id, [x, y]] of Object.entries(state.pins)) parts.append("pin", `${x},${y},${nodeKey(id)}`);
  if (state.view === "list") parts.set("view", "list");
  if (state.theme) parts.set("theme", state.theme);
  return parts.toString();
}

function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const node = (key) => (nodeByKey.has(key) ? nodeByKey.get(key) : -1);
  const places = (key, list, field) => parts.getAll(key).map((value) => list.findIndex((one) => one[field].replace(/^doc:/, "") === value)).filter((id) => id >= 0);
  const read = freshState();
  const selected = parts.get("sel") || "";
  if (selected.startsWith("claim:") && claimByKey.has(selected.slice(6))) read.select = { claim: claimByKey.get(selected.slice(6)) };
  else if (/^link:\d+$/.test(selected) && claims[+selected.slice(5)]) read.select = { claim: +selected.slice(5) };
  else if (node(selected) >= 0) read.select = { node: node(selected) };
  if (node(parts.get("near")) >= 0) read.scope = { kind: "near", node: node(parts.get("near")), hops: Math.min(3, Math.max(1, +parts.get("hops") || 1)) };
  else if (node(parts.get("from")) >= 0 && node(parts.get("to")) >= 0) read.scope = { kind: "path", from: node(parts.get("from")), to: node(parts.get("to")) };
  else if (parts.get("show") === "all") read.scope = { kind: "best", count: COUNT };
  else if (+parts.get("show") > 0) read.scope = { kind: "best", count: Math.min(COUNT, Math.floor(+parts.get("show"))) };
  read.added = parts.getAll("add").map(node).filter((id) => id >= 0);
  read.hiddenNodes = parts.getAll("hide").map(node).filter((id) => id >= 0);
  read.hiddenClasses = places("no-class", data.classes, "name");
  read.hiddenPredicates = places("no-relation", data.predicates, "name");
  read.documents = places("doc", data.documents, "iri");
  if (parts.has("kinds")) read.kinds = KINDS.filter((kind) => parts.get("kinds").split(" ").includes(kind));
  read.confidence = Math.min(1, Math.max(0, +parts.get("sure") || 0));
  for (const pin of parts.getAll("pin")) {
    const found = /^(-?\d+),(-?\d+),(.+)$/.exec(pin);
    if (found && node(found[3]) >= 0) read.pins[node(found[3])] = [+found[1], +found[2]];
  }
  read.view = parts.get("view") === "list" ? "list" : "graph";
  read.theme = ["light", "dark"].includes(parts.get("theme")) ? parts.get("theme") : "";
  return read;
}
