// Triples of a CONSTRUCT or DESCRIBE as a small graph.
import { draw, icon, shorten } from "./svg.js";

const MOST_NODES = 120;
const ROUNDS = 300;
const WIDTH = 1000;
const HEIGHT = 620;

/** A view of YASR: what is linked to what; literals are left to the table. */
export class TripleGraph {
  constructor(yasr) {
    this.yasr = yasr;
    this.priority = 8;
    this.label = "Graph";
  }

  canHandleResults() {
    return this.links().length > 0;
  }

  links() {
    const statements = this.yasr.results?.getStatements?.() ?? [];
    return statements.filter((one) => one.object.termType === "NamedNode" && one.subject.termType === "NamedNode");
  }

  draw() {
    const { nodes, edges, left } = choose(this.links());
    settle(nodes, edges);
    const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "triples", role: "img" });
    svg.append(draw("title", {}, `${nodes.length} things and ${edges.length} links`));
    svg.append(arrow());
    for (const { from, to, name } of edges) svg.append(...line(from, to, name));
    for (const node of nodes) svg.append(dot(node));
    const figure = document.createElement("figure");
    figure.className = "chart-room";
    figure.append(svg);
    if (left) {
      const note = document.createElement("figcaption");
      note.textContent = `The ${nodes.length} best-linked things; ${left} more are left out.`;
      figure.append(note);
    }
    this.yasr.resultsEl.replaceChildren(figure);
  }

  getIcon() {
    return icon("M3 4h.1M13 5h.1M7 13h.1M3 4l10 1-6 8z");
  }
}

function choose(statements) {
  const degree = new Map();
  for (const { subject, object } of statements) for (const { value } of [subject, object]) degree.set(value, (degree.get(value) ?? 0) + 1);
  const kept = [...degree].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST_NODES);
  const nodes = kept.map(([iri], at) => {
    const turn = at * 2.399963; // the golden angle spreads them evenly, the same every time
    const far = 18 * Math.sqrt(at + 1);
    return { iri, label: shorten(iri), x: WIDTH / 2 + far * Math.cos(turn), y: HEIGHT / 2 + far * Math.sin(turn) };
  });
  const by = new Map(nodes.map((node) => [node.iri, node]));
  const edges = statements
    .map(({ subject, predicate, object }) => ({ from: by.get(subject.value), to: by.get(object.value), name: shorten(predicate.value) }))
    .filter(({ from, to }) => from && to && from !== to);
  return { nodes, edges, left: degree.size - nodes.length };
}

/** Let linked things attract and all others repel each other (Fruchterman and Reingold, 1991). */
function settle(nodes, edges) {
  const wish = Math.sqrt((WIDTH * HEIGHT) / Math.max(nodes.length, 1)) * 0.75;
  for (let round = 0; round < ROUNDS; round++) {
    const step = 40 * (1 - round / ROUNDS) + 1;
    for (const node of nodes) [node.dx, node.dy] = [(WIDTH / 2 - node.x) * 0.01, (HEIGHT / 2 - node.y) * 0.015];
    for (const one of nodes) {
      for (const other of nodes) {
        if (one === other) continue;
        const [x, y] = [one.x - other.x, one.y - other.y];
        const far = Math.max(x * x + y * y, 0.01);
        one.dx += (x * wish * wish) / far / 14;
        one.dy += (y * wish * wish) / far / 14;
      }
    }
    for (const { from, to } of edges) {
      const [x, y] = [from.x - to.x, from.y - to.y];
      const pull = Math.hypot(x, y) / wish / 14;
      from.dx -= x * pull;
      from.dy -= y * pull;
      to.dx += x * pull;
      to.dy += y * pull;
    }
    for (const node of nodes) {
      const far = Math.max(Math.hypot(node.dx, node.dy), 0.01);
      node.x = clamp(node.x + (node.dx / far) * Math.min(far, step), 70, WIDTH - 70);
      node.y = clamp(node.y + (node.dy / far) * Math.min(far, step), 20, HEIGHT - 24);
    }
  }
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

function arrow() {
  const marker = draw("marker", { id: "to", viewBox: "0 0 8 8", refX: 15, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
  marker.append(draw("path", { d: "M0 0 8 4 0 8z", class: "arrow" }));
  const defs = draw("defs");
  defs.append(marker);
  return defs;
}

function line(from, to, name) {
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  return [
    draw("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: "link", "marker-end": "url(#to)" }),
    draw("text", { x, y: y - 3, "text-anchor": "middle", class: "link-name" }, name),
  ];
}

function dot(node) {
  const group = draw("g");
  group.append(draw("title", {}, node.iri));
  group.append(draw("circle", { cx: node.x, cy: node.y, r: 6, class: "node" }));
  const cut = node.label.length > 26 ? `${node.label.slice(0, 25)}…` : node.label;
  group.append(draw("text", { x: node.x, y: node.y + 19, "text-anchor": "middle", class: "node-name" }, cut));
  return group;
}
