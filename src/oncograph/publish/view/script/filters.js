// Legend and filters in one: what a colour and shape mean is also the switch that shows or hides it.
const countBy = (list, key) => list.reduce((counts, one) => counts.set(key(one), (counts.get(key(one)) || 0) + 1), new Map());
const classCounts = countBy(nodeList, (node) => node.c);
const predicateCounts = countBy(claims, (claim) => claim.p);
const kindCounts = countBy(claims, (claim) => claim.kind);
const documentCounts = new Map();
for (const claim of claims) for (const id of claim.documents) documentCounts.set(id, (documentCounts.get(id) || 0) + 1);
let documentWord = "";
const openSections = new Set(["Kinds of entity", "Kinds of claim"]);

function section(title, note, ...children) {
  const details = make("details", { open: openSections.has(title) }, make("summary", {}, title, note ? make("span", { class: "note" }, note) : null), ...children);
  details.addEventListener("toggle", () => openSections[details.open ? "add" : "delete"](title));
  return details;
}

function row(attributes, onChange, picture, label, count, only) {
  const box = make("input", { type: "checkbox", ...attributes, on: { change: (event) => onChange(event.target.checked) } });
  if (attributes.mixed) box.indeterminate = true;
  return make("li", { class: "row" }, make("label", {}, box, picture, make("span", { class: "row-label" }, name(label)), make("span", { class: "number" }, count.toLocaleString("en"))), only);
}

const onlyButton = (label, action) => button("only", action, { class: "only", "aria-label": "Show only " + label });

function classesOf(family) {
  return data.classes.map((one, id) => [one, id]).filter(([one, id]) => one.f === family && classCounts.has(id)).map(([, id]) => id);
}

function legend() {
  const all = data.families.flatMap((_, family) => classesOf(family));
  return make("ul", { class: "rows" }, ...data.families.map((family, at) => {
    const own = classesOf(at);
    const off = own.filter((id) => state.hiddenClasses.includes(id));
    const count = own.reduce((sum, id) => sum + classCounts.get(id), 0);
    const item = row({ checked: !off.length, mixed: off.length > 0 && off.length < own.length, "data-family": family.label },
      (on) => change({ hiddenClasses: on ? state.hiddenClasses.filter((id) => !own.includes(id)) : [...new Set([...state.hiddenClasses, ...own])] }),
      shapeIcon(family), family.label, count, onlyButton(family.label, () => change({ hiddenClasses: all.filter((id) => !own.includes(id)) })));
    if (own.length > 1) {
      const inner = section("» " + family.label, "", make("ul", { class: "rows inner" }, ...own.map((id) => row({ checked: !state.hiddenClasses.includes(id), "data-class": data.classes[id].name },
        () => change({ hiddenClasses: toggled(state.hiddenClasses, id) }), null, data.classes[id].label, classCounts.get(id), null))));
      inner.querySelector("summary").replaceChildren(make("span", { class: "off-screen" }, "Kinds of " + family.label));
      inner.className = "kinds";
      item.append(inner);
    }
    return item;
  }));
}

function lineSample(kind) {
  return makeSvg("svg", { viewBox: "0 0 34 12", width: 34, height: 12, class: "line", "aria-hidden": "true" },
    makeSvg("line", { x1: 1, y1: 6, x2: kind === "negated" ? 29 : 25, y2: 6, stroke: colors[kind], "stroke-width": WIDTHS[kind] + 0.6, "stroke-dasharray": (DASHES[kind] || []).join(" ") || "none" }),
    kind === "negated" ? makeSvg("line", { x1: 30, y1: 1, x2: 30, y2: 11, stroke: colors[kind], "stroke-width": 2.4 }) : makeSvg("path", { d: "M33 6 L25 2.5 L25 9.5 Z", fill: colors[kind] }));
}

function filtersOn() {
  return state.hiddenClasses.length + state.hiddenPredicates.length + state.documents.length + state.hiddenNodes.length + (state.confidence > 0) + (state.kinds.join() !== "stated");
}

function clearFilters() {
  const { hiddenClasses, hiddenPredicates, documents, hiddenNodes, confidence, kinds } = freshState();
  change({ hiddenClasses, hiddenPredicates, documents, hiddenNodes, confidence, kinds });
}

function showFilters() {
  const focused = document.activeElement && document.activeElement.closest("#filter-body") ? pathTo(document.activeElement) : null;
  const scroll = byId("filters").scrollTop;
  const predicates = data.predicates.map((_, id) => id).filter((id) => predicateCounts.has(id)).sort((a, b) => predicateCounts.get(b) - predicateCounts.get(a) || a - b);
  const documents = data.documents.map((_, id) => id).filter((id) => !documentWord || fold(data.documents[id].t + " " + (data.documents[id].i || "")).includes(fold(documentWord)));
  byId("filter-body").replaceChildren(
    section("Kinds of entity", state.hiddenClasses.length ? `${state.hiddenClasses.length} hidden` : "", legend()),
    section("Kinds of claim", "", make("ul", { class: "rows" }, ...KINDS.filter((kind) => kindCounts.has(kind)).map((kind) => row({ checked: state.kinds.includes(kind), "data-kind": kind },
      () => change({ kinds: KINDS.filter((one) => toggled(state.kinds, kind).includes(one)) }), lineSample(kind), KIND_LABELS[kind], kindCounts.get(kind), null)))),
    section("Relations", state.hiddenPredicates.length ? `${state.hiddenPredicates.length} hidden` : "",
      make("p", { class: "all-none" }, button("all", () => change({ hiddenPredicates: [] })), button("none", () => change({ hiddenPredicates: predicates }))),
      make("ul", { class: "rows" }, ...predicates.map((id) => row({ checked: !state.hiddenPredicates.includes(id), "data-predicate": data.predicates[id].name },
        () => change({ hiddenPredicates: toggled(state.hiddenPredicates, id) }), null, data.predicates[id].label, predicateCounts.get(id), onlyButton(data.predicates[id].label, () => change({ hiddenPredicates: predicates.filter((other) => other !== id) })))))),
    section("Documents", state.documents.length ? `${state.documents.length} chosen` : "all",
      data.documents.length > 12 ? make("input", { type: "search", class: "narrow", id: "document-word", value: documentWord, placeholder: "Find a document", "aria-label": "Find a document", on: { input: (event) => { documentWord = event.target.value; showFilters(); } } }) : null,
      state.documents.length ? make("p", { class: "all-none" }, button("all documents", () => change({ documents: [] }))) : null,
      make("ul", { class: "rows" }, ...documents.slice(0, 100).map((id) => row({ checked: state.documents.includes(id), "data-document": data.documents[id].i || data.documents[id].iri },
        () => change({ documents: toggled(state.documents, id) }), null, data.documents[id].t, documentCounts.get(id) || 0, null))),
      documents.length > 100 ? make("p", { class: "muted" }, `and ${documents.length - 100} more: find them by name`) : null),
    section("Confidence", state.confidence ? `at least ${percent(state.confidence)}` : "any",
      make("label", { class: "slider" }, make("span", { class: "off-screen" }, "Least confidence"), make("input", { type: "range", id: "confidence", min: 0, max: 1, step: 0.05, value: state.confidence, on: { change: (event) => change({ confidence: +event.target.value }) } }), make("output", {}, state.confidence ? "≥ " + percent(state.confidence) : "any"))),
    state.hiddenNodes.length ? make("p", { class: "all-none" }, button(`Bring back ${plural(state.hiddenNodes.length, "hidden entity", "hidden entities")}`, () => change({ hiddenNodes: [] }))) : "",
    filtersOn() ? make("p", { class: "all-none" }, button("Clear all filters", clearFilters, { class: "strong" })) : "");
  byId("filters").scrollTop = scroll;
  byId("show-filters").textContent = filtersOn() ? `Filters (${filtersOn()})` : "Filters";
  if (focused) focusPath(focused);
}

// Rebuilding the list must not throw the keyboard out of it.
function pathTo(element) {
  const steps = [];
  for (let at = element; at && at.id !== "filter-body"; at = at.parentElement) steps.unshift([...at.parentElement.children].indexOf(at));
  return { steps, caret: element.selectionStart };
}

function focusPath({ steps, caret }) {
  let at = byId("filter-body");
  for (const step of steps) at = at && at.children[step];
  if (!at) return;
  at.focus({ preventScroll: true });
  if (caret !== undefined && caret !== null && at.type === "search") at.setSelectionRange(caret, caret);
}

function showScope() {
  const { scope } = state;
  const parts = [];
  const linked = touching.filter((ids) => ids.some((id) => claims[id].o >= 0)).length;
  if (scope.kind === "best") {
    if (scope.count < COUNT && linked > scope.count) {
      parts.push(make("span", {}, `The ${plural(shown.nodes.length, "best-connected entity", "best-connected entities")} of ${COUNT.toLocaleString("en")}`));
      parts.push(button("Show more", () => change({ scope: { kind: "best", count: Math.min(COUNT, scope.count * 2) } }), { id: "show-more" }));
      parts.push(button("Show all", () => change({ scope: { kind: "best", count: COUNT } }), { id: "show-all" }));
    } else parts.push(make("span", {}, `${plural(shown.nodes.length, "entity", "entities")}, ${plural(shown.edges.length, "link")}`));
    if (scope.count > OPENING && COUNT > OPENING) parts.push(button("Show fewer", () => change({ scope: freshState().scope }), { id: "show-fewer" }));
  }
  if (scope.kind === "near") {
    parts.push(make("span", {}, `Within ${plural(scope.hops, "step")} of `, name(labelOf(scope.node)), shown.cut ? ` (the ${MOST_NEAR} best connected; ${plural(shown.cut, "more", "more")})` : ""));
    if (scope.hops < 3) parts.push(button("One step more", () => change({ scope: { ...scope, hops: scope.hops + 1 } })));
    parts.push(button("Back to the whole", () => change({ scope: freshState().scope }), { id: "whole" }));
  }
  if (scope.kind === "path") {
    const steps = shown.path ? shown.path.length - 1 : 0;
    parts.push(make("span", {}, name(labelOf(scope.from)), " and ", name(labelOf(scope.to)), shown.path ? `: ${plural(steps, "step")} apart` : ": no path with these filters"));
    if (!shown.path && state.kinds.length < KINDS.length) parts.push(button("Try with every kind of claim", () => change({ kinds: [...KINDS] })));
    parts.push(button("Back to the whole", () => change({ scope: freshState().scope }), { id: "whole" }));
  }
  byId("scope").replaceChildren(...parts);
  byId("nothing").hidden = shown.nodes.length > 0 || state.view === "list";
}
