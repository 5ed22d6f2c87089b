// Joins the parts: what happens on a click, and what is redrawn after a change.
function jumpTo(id) {
  const patch = { select: { node: id } };
  if (!nodePasses(id)) {
    patch.hiddenClasses = state.hiddenClasses.filter((one) => one !== nodeList[id].c);
    patch.hiddenNodes = state.hiddenNodes.filter((one) => one !== id);
  }
  if (!inDrawing.has(id)) patch.added = [...new Set([...state.added, id])];
  change(patch);
  openSheet("panel");
  centre(id);
  say(`${labelOf(id)}, ${classOf(id).label}, ${plural(nodeList[id].g, "link")}`);
}

function startPath(id) {
  closeSheets();
  const input = byId("query");
  input.value = "";
  input.placeholder = `Path from ${labelOf(id)} to …`;
  input.focus();
  onChoose = (other) => {
    if (other === id) return;
    change({ scope: { kind: "path", from: id, to: other }, select: null });
    say(shown.path ? `${labelOf(id)} and ${labelOf(other)} are ${plural(shown.path.length - 1, "step")} apart` : "No path with these filters");
  };
}

function togglePin(id) {
  const pins = { ...state.pins };
  if (pins[id]) delete pins[id];
  else pins[id] = (placeOf(id) || [0, 0]).map(Math.round);
  change({ pins });
}

function refresh(before) {
  const scopeChanged = !before || JSON.stringify(before.scope) !== JSON.stringify(state.scope);
  const sizeBefore = shown.nodes.length;
  if (!before || before.theme !== state.theme) applyTheme();
  workOut();
  sync();
  showFilters();
  showScope();
  showPanel();
  showList();
  byId("undo").disabled = !past.length;
  if (scopeChanged) fit({ move: !!before && !calm });
  else if (sizeBefore && before && before.view !== state.view) network.redraw();
  network.redraw();
}

// --- theme ---

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const themeNow = () => state.theme || (systemDark.matches ? "dark" : "light");

function applyTheme() {
  document.documentElement.dataset.theme = themeNow();
  readColors();
}

function switchTheme() {
  change({ theme: themeNow() === "dark" ? "light" : "dark" }, { record: false });
}

// --- sheets of the small screen ---

function openSheet(which) {
  if (!small.matches) return;
  const fresh = document.body.dataset.sheet !== which;
  document.body.dataset.sheet = which;
  if (fresh && which === "panel" && state.scope.kind !== "best") fit();
  byId("show-filters").setAttribute("aria-expanded", String(which === "filters"));
}

function closeSheets() {
  delete document.body.dataset.sheet;
  document.body.classList.remove("tall");
  byId("show-filters").setAttribute("aria-expanded", "false");
}

function toggleSave(open) {
  byId("save").hidden = !open;
  byId("show-save").setAttribute("aria-expanded", String(open));
}

// --- pointer ---

function showHint(text, point) {
  const hint = byId("hint");
  hint.hidden = !text;
  if (!text) return;
  hint.replaceChildren(...text);
  const frame = byId("stage").getBoundingClientRect();
  hint.style.left = Math.min(point.x + 14, frame.width - 260) + "px";
  hint.style.top = Math.min(point.y + 14, frame.height - 70) + "px";
}

function hover(target, params) {
  hovered = target;
  if (!target) return showHint(null);
  const point = (params.pointer && params.pointer.DOM) || { x: 0, y: 0 };
  if (target.node !== undefined) showHint([make("strong", {}, name(labelOf(target.node))), make("span", {}, `${classOf(target.node).label} · ${plural(nodeList[target.node].g, "link")}`)], point);
  else {
    const claim = claims[target.claim];
    showHint([make("strong", {}, name(labelOf(claim.s)), ` ${claim.negated ? "not " : ""}${predicateLabel(claim)} `, name(labelOf(claim.o))), make("span", {}, claim.kind === "background" ? "from the vocabulary" : `${KIND_LABELS[claim.kind].toLowerCase()} · ${plural(claim.proofs.length + claim.more, "sentence")}`)], point);
  }
}

function watchDrawing() {
  network.on("afterDrawing", paintOver);
  network.on("click", (params) => {
    byId("mynetwork").focus({ preventScroll: true });
    if (params.nodes.length) { change({ select: { node: params.nodes[0] } }); openSheet("panel"); }
    else if (params.edges.length) { change({ select: { claim: params.edges[0] } }); openSheet("panel"); }
    else { change({ select: null }); closeSheets(); }
    network.unselectAll();
  });
  network.on("doubleClick", (params) => {
    if (params.nodes.length) change({ scope: { kind: "near", node: params.nodes[0], hops: 1 }, select: { node: params.nodes[0] } });
  });
  network.on("hoverNode", (params) => { hover({ node: params.node }, params); network.redraw(); });
  network.on("blurNode", () => { hover(null); network.redraw(); });
  network.on("hoverEdge", (params) => { hover({ claim: params.edge }, params); network.redraw(); });
  network.on("blurEdge", () => { hover(null); network.redraw(); });
  network.on("dragStart", () => hover(null));
  network.on("dragEnd", (params) => {
    if (!params.nodes.length) return;
    const pins = { ...state.pins };
    for (const id of params.nodes) pins[id] = placeOf(id).map(Math.round);
    change({ pins });
    network.unselectAll();
  });
}

function switchPhysics() {
  const on = byId("physics").getAttribute("aria-pressed") !== "true";
  byId("physics").setAttribute("aria-pressed", String(on));
  network.setOptions({ physics: on ? { enabled: true, solver: "forceAtlas2Based", stabilization: false, forceAtlas2Based: { gravitationalConstant: -60, springLength: 90, avoidOverlap: 0.6 } } : { enabled: false } });
  if (!on) for (const id of shown.nodes) known.set(id, "");
  say(on ? "The drawing moves" : "The drawing stands still");
}

function watchPage() {
  const click = (id, action) => byId(id).addEventListener("click", action);
  byId("query").addEventListener("input", showAnswers);
  byId("query").addEventListener("keydown", searchKey);
  byId("query").addEventListener("blur", () => setTimeout(hideAnswers, 100));
  byId("query").addEventListener("focus", () => byId("query").value && showAnswers());
  byId("mynetwork").addEventListener("keydown", canvasKey);
  document.addEventListener("keydown", pageKey);
  document.addEventListener("click", (event) => { if (!event.target.closest(".menu")) toggleSave(false); });
  click("show-save", () => toggleSave(byId("save").hidden));
  for (const choice of byId("save").querySelectorAll("[data-save]")) choice.addEventListener("click", () => { toggleSave(false); save(choice.dataset.save); });
  click("share", () => copy(location.href, (worked) => (worked ? shared() : showText("Share", location.href, "This address keeps what you see."))));
  click("theme", switchTheme);
  click("help", showHelp);
  click("show-list", () => change({ view: state.view === "list" ? "graph" : "list" }, { record: false }));
  click("show-filters", () => (document.body.dataset.sheet === "filters" ? closeSheets() : openSheet("filters")));
  click("grip", () => document.body.classList.toggle("tall"));
  for (const closer of document.querySelectorAll("[data-close]")) closer.addEventListener("click", closeSheets);
  click("zoom-in", () => zoom(1.3));
  click("zoom-out", () => zoom(1 / 1.3));
  click("fit", () => fit());
  click("undo", undo);
  click("reset", reset);
  click("physics", switchPhysics);
  click("clear-filters", clearFilters);
  click("skip", (event) => { event.preventDefault(); change({ view: "list" }, { record: false }); byId("list").focus(); });
  byId("dialog").addEventListener("click", (event) => { if (event.target === byId("dialog")) byId("dialog").close(); });
  addEventListener("hashchange", () => { const before = state; state = readAddress(); refresh(before); });
  systemDark.addEventListener("change", () => { if (!state.theme) refresh({ ...state, theme: "other" }); });
  let timer = 0;
  addEventListener("resize", () => { clearTimeout(timer); timer = setTimeout(() => fit({ move: false }), 200); });
}

function shared() {
  byId("share").textContent = "Copied";
  say("The address of this view is copied");
  setTimeout(() => { byId("share").textContent = "Share"; }, 1500);
}

function start() {
  document.title = data.title;
  byId("size").textContent = `${plural(data.total, "entity", "entities")} · ${plural(data.claims.length, "claim")} · ${plural(data.documents.length, "document")}`;
  state = readAddress();
  adoptPyvis();
  watchDrawing();
  watchPage();
  refresh(null);
  network.once("afterDrawing", () => { document.documentElement.dataset.ready = performance.now().toFixed(0); });
  network.redraw();
}

start();
