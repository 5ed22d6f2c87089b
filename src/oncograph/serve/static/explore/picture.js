// Saves what is seen: as SVG, the same as PNG, and the claims as Turtle or as a query.
import { readPrefixes } from "./server.js";
import { DASHES, OUTLINES } from "./outlines.js";

const escape = (text) => text.replace(/[&<>"\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[char] ?? "").toWellFormed();
const round = (value) => Number(value.toFixed(1));

/** Write what a stage shows, with the names it shows. */
export function makeSvg(stage) {
  const { sigma, graph, colors, view, labels } = stage;
  const { width, height } = sigma.getDimensions();
  const far = ({ x, y }) => x < -80 || y < -80 || x > width + 80 || y > height + 80;
  const lines = [...view.links.keys()].map((key) => writeLine(stage, key, far));
  const nodes = graph.nodes().filter((name) => view.nodes.has(name)).map((name) => writeNode(stage, name, far));
  const names = labels.map(({ text, more, font, color, x, y, width: wide }) =>
    `<text x="${round(x - wide / 2)}" y="${round(y)}" font-size="${parseFloat(font.replace(/^\d+ (?=\d)/, ""))}"${/^6\d\d /.test(font) ? ' font-weight="600"' : ""} fill="${color}"><tspan unicode-bidi="isolate">${escape(text)}</tspan>${more ? `<tspan fill="${colors.accent}" dx="6">${escape(more.trim())}</tspan>` : ""}</text>`);
  const head = (color) => `<marker id="head-${color.slice(1)}" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="9" orient="auto"><path d="M0 0 8 4 0 8Z" fill="${color}"/></marker>`;
  const used = new Set(lines.map((line) => /stroke="(#\w+)"/.exec(line)?.[1]).filter(Boolean));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs>${[...used].map(head).join("")}</defs><rect width="100%" height="100%" fill="${colors.canvas}"/><g>${lines.join("")}</g><g>${nodes.join("")}</g><g font-family="system-ui, sans-serif" dominant-baseline="central" stroke="${colors.canvas}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">${names.join("")}</g></svg>`;
}

function writeLine(stage, key, far) {
  const { kind, start, end } = stage.view.links.get(key);
  const [a, b] = [stage.place(start), stage.place(end)];
  if (far(a) && far(b)) return "";
  const { color, size } = stage.sigma.getEdgeDisplayData(key);
  const long = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const short = Math.min(b.radius + 2, long);
  const [x, y] = [b.x - ((b.x - a.x) / long) * short, b.y - ((b.y - a.y) / long) * short];
  const dash = DASHES[kind].length ? ` stroke-dasharray="${DASHES[kind].join(" ")}"` : "";
  return `<line x1="${round(a.x)}" y1="${round(a.y)}" x2="${round(x)}" y2="${round(y)}" stroke="${color}" stroke-width="${round(size)}"${dash} marker-end="url(#head-${color.slice(1)})"/>`;
}

function writeNode(stage, name, far) {
  const { x, y, radius } = stage.place(name);
  if (far({ x, y })) return "";
  const { color } = stage.sigma.getNodeDisplayData(name);
  const type = stage.lookOf(stage.data.nodes.get(name).class_name).shape;
  const place = `transform="translate(${round(x)} ${round(y)}) scale(${radius.toFixed(2)})" fill="${color}"`;
  return OUTLINES[type] ? `<path d="${OUTLINES[type]}" ${place}/>` : `<circle r=".86" ${place}/>`;
}

export async function makePng(svg, width, height) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: width * 2, height: height * 2 });
    canvas.getContext("2d").drawImage(image, 0, 0, width * 2, height * 2);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const listClaims = (ids) => (ids === null ? "" : `  VALUES ?claim { ${ids.map((id) => "claim:" + id).join(" ")} }\n`);
const BODY = "  ?claim rdf:subject ?subject ; rdf:predicate ?relation ; rdf:object ?object .\n";

async function declare(query) {
  const prefixes = await readPrefixes();
  return Object.entries(prefixes).filter(([prefix]) => new RegExp(`\\b${prefix}:`).test(query)).map(([prefix, iri]) => `PREFIX ${prefix}: <${iri}>\n`).join("") + query;
}

/** Give the address of the query page with a query for some claims, or for all (null). */
export async function writeLink(ids) {
  const query = `SELECT ?claim ?subject ?relation ?object ?polarity ?certainty ?confidence WHERE {\n${listClaims(ids)}${BODY}  ?claim onco:polarity ?polarity ; onco:certainty ?certainty ; onco:confidence ?confidence .\n}${ids === null ? "\nLIMIT 1000" : ""}`;
  return "/query#query=" + encodeURIComponent(await declare(query));
}

/** Read some claims with their sides as Turtle. */
export async function readTurtle(ids) {
  const query = `CONSTRUCT { ?subject ?relation ?object . ?claim ?property ?value . ?subject rdfs:label ?one . ?object rdfs:label ?other } WHERE {\n${listClaims(ids)}${BODY}  ?claim ?property ?value .\n  OPTIONAL { ?subject rdfs:label ?one } OPTIONAL { ?object rdfs:label ?other }\n}`;
  const answer = await fetch("/sparql", { method: "POST", headers: { "content-type": "application/sparql-query", accept: "text/turtle" }, body: await declare(query) });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.blob();
}
