// Everything by keyboard.
const KEYS = [
  ["/", "Search"], ["Arrow keys", "Go to the nearest entity in that direction"], ["Enter", "Open the details"], ["f", "Only its neighbours; again: one step more"],
  ["p", "Path to another entity"], ["b", "Back to the whole graph"], ["t", "Read the graph as a list"], ["u or Ctrl+Z", "Undo"], ["r", "Reset"], ["+ − 0", "Nearer, farther, fit"],
  ["d", "Dark or light"], ["Esc", "Let go of what is chosen"], ["?", "This help"],
];

function showHelp() {
  showDialog("Keys and signs",
    make("table", { class: "keys" }, make("tbody", {}, ...KEYS.map(([key, meaning]) => make("tr", {}, make("th", { scope: "row" }, make("kbd", {}, key)), make("td", {}, meaning))))),
    make("h3", {}, "Lines"), make("ul", { class: "signs" }, ...KINDS.map((kind) => make("li", {}, lineSample(kind), KIND_LABELS[kind]))),
    make("h3", {}, "In a sentence"), make("p", {}, make("mark", { class: "subject" }, "subject"), " ", make("mark", { class: "object" }, "object"), " ", make("mark", { class: "negation" }, "negation"), " ", make("mark", { class: "hedge" }, "hedge")),
    make("p", { class: "muted" }, "Drag an entity to pin it, double-click it to see only its neighbours. The address keeps what you see: copy it to share. Nothing leaves this page."));
}

// The nearest shown node within about 60 degrees of a direction.
function step(dx, dy) {
  const from = state.select && state.select.node !== undefined ? state.select.node : null;
  const middle = network.getViewPosition();
  const [x, y] = from === null ? [middle.x, middle.y] : placeOf(from) || [middle.x, middle.y];
  let best = null;
  let least = Infinity;
  for (const id of shown.nodes) {
    if (id === from) continue;
    const at = placeOf(id);
    if (!at) continue;
    const along = (at[0] - x) * dx + (at[1] - y) * dy;
    const aside = Math.abs((at[0] - x) * dy) + Math.abs((at[1] - y) * dx);
    if (from !== null && (along <= 0 || aside > along * 1.8)) continue;
    const cost = from === null ? Math.hypot(at[0] - x, at[1] - y) : along + aside * 1.5;
    if (cost < least) { least = cost; best = id; }
  }
  if (best === null) return;
  change({ select: { node: best } }, { record: false });
  say(`${labelOf(best)}, ${classOf(best).label}, ${plural(nodeList[best].g, "link")}`);
  const [sx, sy] = onScreen(placeOf(best));
  const frame = byId("mynetwork").getBoundingClientRect();
  if (sx < 40 || sy < 60 || sx > frame.width - 40 || sy > frame.height - 60) centre(best);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function canvasKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (ARROWS[event.key]) { event.preventDefault(); step(...ARROWS[event.key]); }
  else if (event.key === "Enter" && state.select) { event.preventDefault(); focusPanel(); }
}

function focusPanel() {
  openSheet("panel");
  const first = byId("panel-body").querySelector("button, a");
  (first || byId("panel")).focus();
}

function pageKey(event) {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox" && event.target.type !== "range";
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !typing) { event.preventDefault(); return undo(); }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || byId("dialog").open) return;
  const actions = {
    "/": () => byId("query").focus(), "?": showHelp, u: undo, r: reset, t: () => change({ view: state.view === "list" ? "graph" : "list" }, { record: false }),
    d: switchTheme, b: () => change({ scope: freshState().scope }), "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: () => fit(),
    f: () => { if (chosenNode() >= 0) change({ scope: { kind: "near", node: chosenNode(), hops: state.scope.kind === "near" && state.scope.node === chosenNode() ? Math.min(3, state.scope.hops + 1) : 1 } }); },
    p: () => { if (chosenNode() >= 0) startPath(chosenNode()); },
    Escape: letGo,
  };
  if (!Object.hasOwn(actions, event.key)) return;
  event.preventDefault();
  actions[event.key]();
}

const chosenNode = () => (state.select && state.select.node !== undefined ? state.select.node : -1);

function letGo() {
  if (!byId("save").hidden) { toggleSave(false); byId("show-save").focus(); }
  else if (document.body.dataset.sheet) { closeSheets(); byId("mynetwork").focus(); }
  else if (state.select) { change({ select: null }); byId("mynetwork").focus(); }
  else if (state.scope.kind !== "best") change({ scope: freshState().scope });
}
