// The details: of a node, of a claim with its sentences, or, with nothing chosen, of the whole graph.
const percent = (value) => (value === null || value === undefined ? "" : Math.round(value * 100) + "%");

function button(label, action, attributes = {}) {
  return make("button", { type: "button", on: { click: action }, ...attributes }, label);
}

function entityButton(id, attributes = {}) {
  return make("button", { type: "button", class: "entity", on: { click: () => jumpTo(id) }, ...attributes }, icon(id), name(labelOf(id)));
}

function badge(kind) {
  return kind === "stated" ? null : make("span", { class: "badge " + kind }, { possible: "possible", negated: "denied", disputed: "disputed", background: "vocabulary" }[kind]);
}

function link(address, text) {
  const to = webAddress(address);
  return to ? make("a", { href: to, target: "_blank", rel: "noopener noreferrer" }, name(text)) : name(text);
}

function showPanel() {
  const body = byId("panel-body");
  const { select } = state;
  const parts = !select ? overview() : select.node !== undefined ? nodeDetails(select.node) : claimDetails(claims[select.claim]);
  body.replaceChildren(...parts.filter(Boolean));
  document.body.classList.toggle("has-selection", !!select);
  byId("panel").scrollTop = 0;
  body.scrollTop = 0;
}

// --- a node ---

function nodeDetails(id) {
  const node = nodeList[id];
  const own = touching[id].map((claim) => claims[claim]);
  const facts = own.filter((claim) => claim.o < 0);
  const links = own.filter((claim) => claim.o >= 0);
  const near = state.scope.kind === "near" && state.scope.node === id;
  return [
    make("p", { class: "class" }, icon(id), classOf(id).label, node.u && make("span", { class: "badge" }, "in no vocabulary")),
    make("h2", { id: "panel-title" }, name(node.l)),
    node.d && make("p", { class: "definition", dir: "auto" }, node.d),
    node.a && make("p", { class: "synonyms" }, make("strong", {}, "Also called "), ...node.a.flatMap((text, at) => [at ? " · " : null, name(text)])),
    node.n && make("ul", { class: "identifiers", "aria-label": "Identifiers" }, ...node.n.map(([notation, iri]) => make("li", {}, link(iri, notation || iri.replace(/^https?:\/\//, ""))))),
    make("div", { class: "actions", role: "group", "aria-label": "Neighbours and paths" },
      make("span", { class: "hops" }, make("span", {}, "Neighbours"), ...[1, 2, 3].map((hops) => button(String(hops), () => change({ scope: { kind: "near", node: id, hops } }), { "aria-pressed": String(near && state.scope.hops === hops), "aria-label": `Show only what is within ${plural(hops, "step")}`, title: `Only what is within ${plural(hops, "step")}` }))),
      state.scope.kind !== "best" && button("Back to the whole", () => change({ scope: freshState().scope })),
      button("Path to…", () => startPath(id), { title: "How is this connected with another entity? (p)" }),
      button(state.pins[id] ? "Unpin" : "Pin", () => togglePin(id), { "aria-pressed": String(!!state.pins[id]), title: "Hold it in its place" }),
      button("Hide", () => change({ hiddenNodes: [...state.hiddenNodes, id], select: null })),
      button("Copy as SPARQL", () => showSparql(sparqlOfNode(id)))),
    facts.length ? make("h3", {}, `Facts (${facts.length})`) : null,
    facts.length ? claimTable(facts, id, "Facts about " + node.l, false) : null,
    make("h3", {}, `Links (${links.length})`),
    links.length ? claimTable(links, id, "Links of " + node.l, true) : make("p", { class: "muted" }, "None."),
  ];
}

const RANK = { stated: 0, disputed: 1, possible: 2, negated: 3, background: 4 };

function claimTable(list, id, caption, filterable) {
  const sorted = [...list].sort((a, b) => RANK[a.kind] - RANK[b.kind] || (a.s === id ? 0 : 1) - (b.s === id ? 0 : 1) || predicateLabel(a).localeCompare(predicateLabel(b), "en") || (b.confidence || 0) - (a.confidence || 0) || a.id - b.id);
  const body = make("tbody");
  const more = make("p", { class: "more" });
  const fill = (most, word) => {
    const fits = sorted.filter((claim) => !word || fold((claim.o < 0 ? claim.text : labelOf(otherEnd(claim, id))) + " " + predicateLabel(claim)).includes(fold(word)));
    body.replaceChildren(...fits.slice(0, most).map((claim) => claimRow(claim, id)));
    more.replaceChildren(...(fits.length > most ? [button(`Show all ${fits.length}`, () => fill(fits.length, word))] : []));
  };
  fill(60, "");
  const table = make("table", { class: "claims" }, make("caption", { class: "off-screen" }, caption),
    make("thead", {}, make("tr", {}, ...["Relation", list[0] && list[0].o < 0 ? "Value" : "Entity", "Sure", "Said"].map((text) => make("th", { scope: "col" }, text)))), body);
  const box = filterable && sorted.length > 12 ? make("input", { type: "search", class: "narrow", placeholder: "Narrow these links", "aria-label": "Narrow these links", on: { input: (event) => fill(60, event.target.value) } }) : null;
  return make("div", {}, box, table, more);
}

function claimRow(claim, id) {
  const outward = claim.s === id;
  const said = claim.proofs.length + claim.more;
  return make("tr", { class: claim.kind + (claim.o >= 0 && !edgesInDrawing.has(claim.id) ? " unseen" : "") },
    make("td", {}, make("button", { type: "button", class: "relation", on: { click: () => change({ select: { claim: claim.id } }) }, title: "Show the sentences", "aria-label": `${outward ? "" : labelOf(claim.s) + " "}${claim.negated ? "not " : ""}${predicateLabel(claim)}${outward ? "" : " this"}: show the sentences` },
      make("span", { class: "direction", "aria-hidden": "true" }, outward ? "→" : "←"), predicateLabel(claim)), badge(claim.kind)),
    make("td", {}, claim.o >= 0 ? entityButton(otherEnd(claim, id)) : make("span", { class: "value" }, name(claim.text))),
    make("td", { class: "number" }, percent(claim.confidence)),
    make("td", { class: "number" }, said ? `${said}×` : "–"));
}

// --- a claim ---

function claimDetails(claim) {
  const said = claim.proofs.length + claim.more;
  const head = [
    make("p", { class: "class" }, claim.kind === "background" ? "Link of the vocabulary" : "Claim", badge(claim.kind)),
    make("h2", { id: "panel-title", class: "triple " + claim.kind },
      entityButton(claim.s), make("span", { class: "predicate" }, claim.negated ? make("strong", {}, "not ") : null, predicateLabel(claim)),
      claim.o >= 0 ? entityButton(claim.o) : make("span", { class: "value" }, name(claim.text))),
  ];
  if (claim.kind === "background") {
    return [...head, make("p", {}, "The vocabulary holds this link; no sentence of these documents was read as saying it."), relatedClaims(claim)];
  }
  const marks = [
    ["Certainty", claim.possible ? "possible (hedged)" : "stated"],
    ["Polarity", claim.negated ? "denied" : "affirmed"],
    ["Confidence", percent(claim.confidence)],
    ["Curation", claim.accepted ? "accepted by a curator" : ""],
    ...Object.entries(claim.value).map(([key, value]) => [{ min: "From", max: "To", unit: "Unit", year: "Year", comparator: "Comparison" }[key] || key, value]),
    ...claim.qualifiers.map(([key, value]) => [key.replace(/([A-Z])/g, " $1").toLowerCase(), typeof value === "number" ? entityButton(value) : name(value)]),
  ].filter((pair) => pair[1] !== "");
  return [
    ...head,
    make("dl", { class: "marks" }, ...marks.map(([key, value]) => make("div", {}, make("dt", {}, key), make("dd", {}, value)))),
    claim.opposite !== undefined && make("p", { class: "dispute" }, claim.negated ? "Another sentence affirms this. " : "Another sentence denies this. ", button("See it", () => change({ select: { claim: claim.opposite } }))),
    make("div", { class: "actions" }, button("Copy as SPARQL", () => showSparql(sparqlOfClaim(claim)))),
    make("h3", {}, said ? `${plural(said, "sentence")} in ${plural(claim.documents.size, "document")}` : "No sentence is kept"),
    make("ol", { class: "proofs" }, ...claim.proofs.map((proof) => make("li", {}, proofDetails(claim, proof)))),
    claim.more ? make("p", { class: "muted" }, `${plural(claim.more, "more sentence")} in the store.`) : null,
    relatedClaims(claim),
  ];
}

function proofDetails(claim, proof) {
  const [place, start, end, text, before, after] = data.quotes[proof.s];
  const doc = data.documents[place];
  const rules = proof.r.map((at) => data.rules[at]);
  const named = [["subject", proof.a], ["object", proof.b]].flatMap(([role, spans]) => (spans || []).map((span) => [role, span]));
  const elsewhere = named.filter(([, span]) => span[0] < start || span[1] > end);
  return make("article", { class: "proof" },
    make("blockquote", { dir: "auto" }, before && make("span", { class: "around" }, "…" + before), ...highlight(claim, proof, text, start, end), after && make("span", { class: "around" }, after + "…")),
    elsewhere.length ? make("p", { class: "muted" }, ...elsewhere.flatMap(([role, span]) => [`The ${role} is named elsewhere: `, make("mark", { class: role }, name(span[2])), ` (${span[0]}–${span[1]}). `])) : null,
    make("dl", { class: "origin" },
      make("div", {}, make("dt", {}, "Document"), make("dd", {}, link(doc.u, doc.t || doc.i || doc.iri), doc.s && !doc.u && doc.s !== doc.t ? make("small", {}, " ", name(doc.s)) : null)),
      make("div", {}, make("dt", {}, "Characters"), make("dd", {}, `${start}–${end}`)),
      make("div", {}, make("dt", {}, "Certainty"), make("dd", {}, (proof.h ? "possible" : "stated") + (proof.f !== undefined ? `, ${percent(proof.f)}` : ""))),
      rules.length ? make("div", {}, make("dt", {}, rules.length > 1 ? "Rules" : "Rule"), make("dd", {}, ...rules.flatMap((rule, at) => [at ? ", " : null, make("span", { title: expand(rule.iri) }, name(rule.label))]))) : null),
    make("p", {}, button("Only this document", () => change({ documents: [place] }), { class: "quiet" })));
}

// Offsets count code points, so the sentence is cut as a list of them; where marks overlap, the innermost wins.
function highlight(claim, proof, text, start, end) {
  const letters = Array.from(text);
  const roles = letters.map(() => "");
  const paint = (span, role) => { for (let at = Math.max(span[0], start); at < Math.min(span[1], end); at++) roles[at - start] = role; };
  const spans = [["subject", proof.a], ["object", proof.b]].flatMap(([role, list]) => (list || []).map((span) => [span, role])).sort((a, b) => b[0][1] - b[0][0] - (a[0][1] - a[0][0]));
  for (const [span, role] of spans) paint(span, role);
  for (const span of proof.c || []) paint(span, claim.negated && !proof.h ? "negation" : claim.negated ? "cue" : "hedge");
  const parts = [];
  for (let at = 0; at < letters.length;) {
    let to = at + 1;
    while (to < letters.length && roles[to] === roles[at]) to++;
    const piece = letters.slice(at, to).join("");
    const titles = { subject: "subject", object: "object", negation: "negation", hedge: "hedge", cue: "negation or hedge" };
    parts.push(roles[at] ? make("mark", { class: roles[at], title: titles[roles[at]] }, piece) : piece);
    at = to;
  }
  return parts;
}

function relatedClaims(claim) {
  if (claim.o < 0) return null;
  const others = touching[claim.s].map((id) => claims[id]).filter((other) => other.id !== claim.id && (other.s === claim.o || other.o === claim.o));
  return others.length ? make("div", {}, make("h3", {}, "Between the same two"), claimTable(others, claim.s, "Other links between the same two", false)) : null;
}

// --- the whole graph ---

function overview() {
  const counts = new Map();
  for (const claim of data.claims) counts.set(claim.p, (counts.get(claim.p) || 0) + 1);
  const top = nodeList.map((_, id) => id).sort((a, b) => nodeList[b].g - nodeList[a].g || a - b).slice(0, 12);
  return [
    make("h2", { id: "panel-title" }, "What is in here"),
    make("p", { class: "lead" }, `${plural(COUNT, "entity", "entities")} and ${plural(data.claims.length, "claim")} read from ${plural(data.documents.length, "document")}. Every claim shows the sentences that make it.`),
    data.total > COUNT ? make("p", { class: "dispute" }, `The graph has ${data.total.toLocaleString("en")} entities; this page holds the ${COUNT.toLocaleString("en")} best connected.`) : null,
    make("p", { class: "muted" }, "Choose an entity or a line in the drawing, or search. Denied and hedged claims are hidden until you ask for them in the filters."),
    make("h3", {}, "Best connected"),
    make("ul", { class: "top" }, ...top.map((id) => make("li", {}, entityButton(id), make("span", { class: "number" }, plural(nodeList[id].g, "link"))))),
    make("h3", {}, "Relations"),
    make("ul", { class: "top" }, ...[...counts].sort((a, b) => b[1] - a[1]).slice(0, 12).map(([id, count]) => make("li", {}, button(data.predicates[id].label, () => change({ hiddenPredicates: data.predicates.map((_, at) => at).filter((at) => at !== id) }), { class: "entity", title: "Show only this relation" }), make("span", { class: "number" }, plural(count, "claim"))))),
  ];
}
