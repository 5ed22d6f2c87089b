// Saving what is shown: pictures, a table, RDF, and the query that would fetch it.
function download(text, type, ending) {
  const blob = text instanceof Blob ? text : new Blob([text], { type });
  const address = URL.createObjectURL(blob);
  const anchor = make("a", { href: address, download: fileName() + "." + ending });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  say("Saved as " + ending.toUpperCase());
}

const fileName = () => (data.title.normalize("NFKD").replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "").toLowerCase() || "graph").slice(0, 60);

function save(kind) {
  if (kind === "svg") download(new XMLSerializer().serializeToString(toSvg()), "image/svg+xml", "svg");
  if (kind === "png") savePng();
  if (kind === "csv") download("\ufeff" + toCsv(), "text/csv;charset=utf-8", "csv");
  if (kind === "ttl") download(toTurtle(), "text/turtle;charset=utf-8", "ttl");
  if (kind === "sparql") showSparql(sparqlOfView());
}

// --- pictures ---

// Control characters and lone surrogates have no place in XML.
const plain = (text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");

function toSvg() {
  const at = new Map(shown.nodes.map((id) => [id, placeOf(id) || [0, 0]]));
  const xs = [...at.values()].map((place) => place[0]), ys = [...at.values()].map((place) => place[1]);
  const fold_ = (list, pick) => list.reduce((a, b) => pick(a, b), list.length ? list[0] : 0);
  const left = fold_(xs, Math.min) - 120, top = fold_(ys, Math.min) - 60, right = fold_(xs, Math.max) + 120, low = fold_(ys, Math.max) + 60;
  const used = data.families.filter((family) => shown.nodes.some((id) => familyOf(id) === family));
  const legendHeight = 26 * Math.ceil(used.length / Math.max(1, Math.floor((right - left) / 180)));
  const svg = makeSvg("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `${left} ${top} ${right - left} ${low - top + legendHeight + 10}`, width: right - left, height: low - top + legendHeight + 10, "font-family": "system-ui, Segoe UI, Roboto, Arial, sans-serif" },
    makeSvg("title", {}, plain(data.title)),
    makeSvg("rect", { x: left, y: top, width: right - left, height: low - top + legendHeight + 10, fill: colors.canvas }));
  const lines = makeSvg("g", { fill: "none" }), shapes = makeSvg("g", {}), texts = makeSvg("g", { "text-anchor": "middle", "font-size": 12, fill: colors.text, stroke: colors.canvas, "stroke-width": 3, "paint-order": "stroke", "stroke-linejoin": "round" });
  for (const claim of shown.edges) lines.append(svgEdge(claim, at.get(claim.s), at.get(claim.o)));
  for (const id of shown.nodes) {
    const [x, y] = at.get(id);
    shapes.append(svgShape(familyOf(id), x, y, radiusOf(id), borderOf(id), labelOf(id)));
    texts.append(makeSvg("text", { x, y: y + radiusOf(id) + 14 }, plain(shorten(labelOf(id)))));
  }
  svg.append(lines, shapes, texts, svgLegend(used, left, low + 10, right - left));
  return svg;
}

function svgEdge(claim, a, b) {
  const via = viaOf(claim, a, b);
  const before = via || a;
  const angle = Math.atan2(b[1] - before[1], b[0] - before[0]);
  const gap = radiusOf(claim.o) + 2;
  const tip = [b[0] - gap * Math.cos(angle), b[1] - gap * Math.sin(angle)];
  const text = (point) => point.map((value) => value.toFixed(1)).join(" ");
  const wing = (turn, length) => text([tip[0] - length * Math.cos(angle + turn), tip[1] - length * Math.sin(angle + turn)]);
  const color = colors[claim.kind];
  const path = `M${text(a)} ${via ? "Q" + text(via) + " " : "L"}${text(tip)}`;
  const head = claim.negated ? makeSvg("path", { d: `M${wing(Math.PI / 2, 7)} L${wing(-Math.PI / 2, 7)}`, stroke: color, "stroke-width": 2.5 }) : makeSvg("path", { d: `M${text(tip)} L${wing(0.4, 9)} L${wing(-0.4, 9)} Z`, fill: color });
  return makeSvg("g", {}, makeSvg("title", {}, plain(`${labelOf(claim.s)} ${claim.negated ? "not " : ""}${predicateLabel(claim)} ${labelOf(claim.o)}`)),
    makeSvg("path", { d: path, stroke: color, "stroke-width": WIDTHS[claim.kind], ...(DASHES[claim.kind] ? { "stroke-dasharray": DASHES[claim.kind].join(" ") } : {}) }), head);
}

function svgShape(family, x, y, r, border, label) {
  const points = corners(family.shape, x, y, r);
  const look = { fill: family.color, stroke: border, "stroke-width": 1.5 };
  const title = label ? [makeSvg("title", {}, plain(label))] : [];
  return points ? makeSvg("polygon", { points: points.map((point) => point.map((value) => value.toFixed(1)).join()).join(" "), ...look }, ...title) : makeSvg("circle", { cx: x, cy: y, r, ...look }, ...title);
}

function svgLegend(families, left, top, width) {
  const columns = Math.max(1, Math.floor(width / 180));
  return makeSvg("g", { "font-size": 13, fill: colors.text }, ...families.flatMap((family, place) => {
    const x = left + 24 + (place % columns) * 180, y = top + 12 + Math.floor(place / columns) * 26;
    return [svgShape(family, x, y, 7, mix(family.color, colors.outline, 0.45), ""), makeSvg("text", { x: x + 14, y: y + 4.5 }, plain(family.label))];
  }));
}

function savePng() {
  const svg = toSvg();
  const width = +svg.getAttribute("width"), height = +svg.getAttribute("height");
  const scale = Math.min(2, 12000 / Math.max(width, height));
  const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
  const image = new Image();
  image.onload = () => {
    const canvas = make("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(address);
    canvas.toBlob((blob) => (blob ? download(blob, "image/png", "png") : say("This browser could not make so large a picture; save it as SVG.")), "image/png");
  };
  image.onerror = () => say("This browser could not make the picture; save it as SVG.");
  image.src = address;
}

// --- tables and RDF ---

// A cell that begins like a formula gets an apostrophe, so that no spreadsheet runs it.
function cell(value) {
  let text = String(value === null || value === undefined ? "" : value);
  if (/^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
}

function toCsv() {
  const head = ["subject", "subject_iri", "relation", "object", "object_iri", "polarity", "certainty", "confidence", "sentences", "documents", "quote"];
  const rows = shownClaims().map((claim) => [labelOf(claim.s), expand(nodeList[claim.s].i), data.predicates[claim.p].name, claim.o >= 0 ? labelOf(claim.o) : claim.text, claim.o >= 0 ? expand(nodeList[claim.o].i) : claim.cls || "",
    claim.negated ? "negated" : "affirmed", claim.kind === "background" ? "vocabulary" : claim.possible ? "possible" : "stated", claim.confidence, claim.proofs.length + claim.more, [...claim.documents].map((id) => data.documents[id].i || data.documents[id].t).join("; "), claim.proofs.length ? data.quotes[claim.proofs[0].s][3] : ""]);
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

const iriText = (iri) => "<" + expand(iri).replace(/[\u0000-\u0020<>"{}|^`\\]/g, (char) => "%" + char.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()) + ">";
const literal = (text) => '"' + text.replace(/[\\"\n\r\t\u0000-\u001f\u007f]/g, (char) => ({ "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" }[char] || "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"))) + '"';
const objectText = (claim) => (claim.o >= 0 ? iriText(nodeList[claim.o].i) : claim.cls ? iriText(claim.cls) : literal(claim.text));
const predicateIri = (claim) => iriText("onco:" + data.predicates[claim.p].name);

function prefixLines(keyword, end) {
  const all = { ...data.prefixes, rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#", skos: "http://www.w3.org/2004/02/skos/core#", oa: "http://www.w3.org/ns/oa#", prov: "http://www.w3.org/ns/prov#", dcterms: "http://purl.org/dc/terms/", xsd: "http://www.w3.org/2001/XMLSchema#" };
  return Object.entries(all).map(([key, base]) => `${keyword} ${key}: <${base}>${end}`).join("\n");
}

const count = (number) => `"${number}"^^xsd:nonNegativeInteger`;
const decimal = (number) => (Number.isInteger(number) ? number + ".0" : String(number));

function toTurtle() {
  const chosen = shownClaims();
  const nodes = [...new Set(chosen.flatMap((claim) => [claim.s, claim.o]).concat(shown.nodes))].filter((id) => id >= 0).sort((a, b) => a - b);
  const lines = [prefixLines("@prefix", " ."), ""];
  for (const id of nodes) {
    lines.push(`${iriText(nodeList[id].i)} a ${iriText("onco:" + classOf(id).name)} ; skos:prefLabel ${literal(labelOf(id))}@en .`);
  }
  lines.push("");
  const quotes = new Set();
  for (const claim of chosen) {
    const triple = `${iriText(nodeList[claim.s].i)} ${predicateIri(claim)} ${objectText(claim)} .`;
    if (!claim.negated && !claim.possible) lines.push(triple);
    if (claim.kind === "background") continue;
    lines.push(`${iriText(claim.iri)} a onco:Claim, rdf:Statement ;`, `    rdf:subject ${iriText(nodeList[claim.s].i)} ; rdf:predicate ${predicateIri(claim)} ; rdf:object ${objectText(claim)} ;`,
      `    onco:polarity onco:${claim.negated ? "Negated" : "Affirmed"} ; onco:certainty onco:${claim.possible ? "Possible" : "Stated"}${claim.confidence === null ? "" : ` ; onco:confidence ${decimal(claim.confidence)}`}${claim.proofs.map((proof) => ` ;\n    onco:supportedBy ${evidenceIri(proof.s)}`).join("")} .`);
    for (const proof of claim.proofs) quotes.add(proof.s);
  }
  lines.push("");
  for (const at of [...quotes].sort((a, b) => a - b)) {
    const [doc, start, end, text] = data.quotes[at];
    const target = evidenceIri(at).slice(0, -1);
    lines.push(`${evidenceIri(at)} a onco:Evidence, oa:Annotation ; prov:wasDerivedFrom ${iriText(data.documents[doc].iri)} ; oa:hasTarget ${target}/target> .`,
      `${target}/target> oa:hasSource ${iriText(data.documents[doc].iri)} ; oa:hasSelector ${target}/position>, ${target}/quote> .`,
      `${target}/position> a oa:TextPositionSelector ; oa:start ${count(start)} ; oa:end ${count(end)} .`, `${target}/quote> a oa:TextQuoteSelector ; oa:exact ${literal(text)} .`);
  }
  for (const doc of [...new Set([...quotes].map((at) => data.quotes[at][0]))].sort((a, b) => a - b)) {
    lines.push(`${iriText(data.documents[doc].iri)} a onco:Document ; dcterms:title ${literal(data.documents[doc].t)} .`);
  }
  return lines.join("\n") + "\n";
}

function evidenceIri(at) {
  const [doc, start, end] = data.quotes[at];
  return iriText(`evidence:${data.documents[doc].iri.replace(/^doc:/, "")}/${start}-${end}`);
}

// --- queries ---

const sparql = (body) => prefixLines("PREFIX", "") + "\n\n" + body + "\n";

function sparqlOfNode(id) {
  const iri = iriText(nodeList[id].i);
  return sparql(`# Every claim about ${labelOf(id).replace(/[\r\n]+/g, " ")}\nSELECT ?subject ?relation ?object ?polarity ?certainty ?confidence WHERE {\n  ?claim a onco:Claim ; rdf:subject ?subject ; rdf:predicate ?relation ; rdf:object ?object ;\n    onco:polarity ?polarity ; onco:certainty ?certainty ; onco:confidence ?confidence .\n  FILTER(?subject = ${iri} || ?object = ${iri})\n}\nORDER BY ?relation ?object`);
}

function sparqlOfClaim(claim) {
  const inDocument = "?claim onco:supportedBy ?evidence .\n    ?evidence prov:wasDerivedFrom ?doc ; oa:hasTarget/oa:hasSelector ?position, ?quote .\n    ?position oa:start ?start ; oa:end ?end .\n    ?quote oa:exact ?sentence .";
  return sparql(`# The sentences behind one claim\nSELECT ?doc ?start ?end ?sentence WHERE {\n  VALUES ?claim { ${iriText(claim.iri)} }\n  GRAPH ?graph {\n    ${inDocument}\n  }\n}\nORDER BY ?doc ?start`);
}

function sparqlOfView() {
  const kinds = [];
  if (state.kinds.some((kind) => kind === "stated" || kind === "disputed")) kinds.push("(onco:Affirmed onco:Stated)");
  if (state.kinds.includes("possible")) kinds.push("(onco:Affirmed onco:Possible)");
  if (state.kinds.includes("negated")) kinds.push("(onco:Negated onco:Stated) (onco:Negated onco:Possible)");
  const lines = [`VALUES (?polarity ?certainty) { ${kinds.join(" ")} }`, "?claim a onco:Claim ; rdf:subject ?subject ; rdf:predicate ?relation ; rdf:object ?object ;", "  onco:polarity ?polarity ; onco:certainty ?certainty ; onco:confidence ?confidence ."];
  if (state.scope.kind !== "best" || state.scope.count < COUNT) lines.unshift(`VALUES ?subject { ${shown.nodes.map((id) => iriText(nodeList[id].i)).join(" ")} }`);
  if (state.hiddenPredicates.length) lines.push(`FILTER(?relation NOT IN (${state.hiddenPredicates.map((id) => iriText("onco:" + data.predicates[id].name)).join(", ")}))`);
  if (state.confidence) lines.push(`FILTER(?confidence >= ${state.confidence})`);
  if (state.documents.length) lines.push(`VALUES ?doc { ${state.documents.map((id) => iriText(data.documents[id].iri)).join(" ")} }`, "GRAPH ?doc { ?claim onco:supportedBy ?evidence }");
  return sparql(`# The claims shown\nSELECT DISTINCT ?subject ?relation ?object ?polarity ?certainty ?confidence WHERE {\n  ${lines.join("\n  ")}\n}\nORDER BY ?subject ?relation ?object`);
}

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    done(true);
  } catch (refused) {
    const area = make("textarea", { class: "off-screen" });
    area.value = text;
    (byId("dialog").open ? byId("dialog") : document.body).append(area);
    area.select();
    const worked = document.execCommand("copy");
    area.remove();
    done(worked);
  }
}

function showDialog(title, ...children) {
  const dialog = byId("dialog");
  dialog.replaceChildren(make("div", { class: "dialog-head" }, make("h2", { id: "dialog-title" }, title), button("×", () => dialog.close(), { class: "close", "aria-label": "Close" })), ...children);
  if (!dialog.open) dialog.showModal();
}

function showText(title, text, note) {
  const area = make("textarea", { readonly: true, rows: 14, spellcheck: "false", "aria-label": title, dir: "ltr" });
  area.value = text;
  const copier = button("Copy", () => copy(text, (worked) => { copier.textContent = worked ? "Copied" : "Select and copy by hand"; area.select(); }), { class: "strong" });
  showDialog(title, make("p", { class: "muted" }, note), area, make("p", {}, copier));
  copier.focus();
}

const showSparql = (query) => showText("SPARQL", query, "Run it with “oncograph query” or at any SPARQL endpoint that holds this graph.");
