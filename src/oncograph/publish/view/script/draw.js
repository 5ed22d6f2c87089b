// The drawing: pyvis has made `network`, `nodes` and `edges`; this keeps them in step with the state and paints labels itself.
const network = window.network;
const drawnNodes = window.nodes;
const drawnEdges = window.edges;
const LETTERS = 26; // of a label in the drawing, as the layout reckons with
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const known = new Map(); // node id → what was last given to vis-network
const knownEdges = new Map();
let hovered = null;
let busy = false; // so many edges that they are left out while the drawing moves
let colors = {};

const DASHES = { stated: false, possible: [2, 5], negated: [9, 5], disputed: [14, 4, 2, 4], background: [1, 4] };
const WIDTHS = { stated: 1.3, possible: 1.5, negated: 2, disputed: 2.2, background: 1.1 };

function readColors() {
  const style = getComputedStyle(document.documentElement);
  for (const key of ["canvas", "text", "muted", "outline", "accent", ...KINDS]) colors[key] = style.getPropertyValue("--" + key).trim();
}

// Mix two #rrggbb colours.
function mix(one, two, share) {
  const parts = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  const [a, b] = [parts(one), parts(two)];
  return "#" + a.map((value, at) => Math.round(value * (1 - share) + b[at] * share).toString(16).padStart(2, "0")).join("");
}

const borderOf = (id) => mix(familyOf(id).color, colors.outline, 0.45);

function nodeItem(id, [x, y]) {
  const border = borderOf(id);
  const fill = familyOf(id).color;
  const both = { background: fill, border };
  return {
    id, x, y, label: undefined, shape: familyOf(id).shape, size: radiusOf(id), borderWidth: state.pins[id] ? 3.5 : 1.5,
    color: { ...both, highlight: { background: fill, border: colors.text }, hover: { background: fill, border: colors.text } },
  };
}

function bendOf(claim) {
  const group = (pairs.get(Math.min(claim.s, claim.o) + "|" + Math.max(claim.s, claim.o)) || []).filter((other) => edgesInDrawing.has(other.id));
  if (group.length < 2) return 0;
  return (group.indexOf(claim) - (group.length - 1) / 2) * 0.28 * (claim.s < claim.o ? 1 : -1);
}

function edgeItem(claim) {
  const color = colors[claim.kind];
  const bend = bendOf(claim);
  return {
    id: claim.id, from: claim.s, to: claim.o, dashes: DASHES[claim.kind], width: WIDTHS[claim.kind],
    color: { color, highlight: colors.accent, hover: colors.accent, inherit: false },
    arrows: { to: { enabled: true, type: claim.negated ? "bar" : "arrow", scaleFactor: claim.negated ? 0.7 : 0.5 } },
    smooth: bend ? { enabled: true, type: bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(bend) } : false,
  };
}

// Give vis-network only what is new, changed or gone.
function sync() {
  const places = arrange();
  const put = (set, cache, wanted) => {
    const gone = [...cache.keys()].filter((id) => !wanted.has(id));
    const changed = [];
    for (const [id, item] of wanted) {
      const text = JSON.stringify(item);
      if (cache.get(id) !== text) { changed.push(item); cache.set(id, text); }
    }
    for (const id of gone) cache.delete(id);
    if (gone.length) set.remove(gone);
    if (changed.length) set.update(changed);
  };
  const wantedEdges = new Map(shown.edges.map((claim) => [claim.id, edgeItem(claim)]));
  const goneEdges = [...knownEdges.keys()].filter((id) => !wantedEdges.has(id));
  for (const id of goneEdges) knownEdges.delete(id);
  if (goneEdges.length) drawnEdges.remove(goneEdges);
  put(drawnNodes, known, new Map(shown.nodes.map((id) => [id, nodeItem(id, places.get(id) || [0, 0])])));
  put(drawnEdges, knownEdges, wantedEdges);
  const busyNow = shown.edges.length > 1500;
  if (busyNow !== busy) {
    busy = busyNow;
    network.setOptions({ interaction: { hideEdgesOnDrag: busy, hideEdgesOnZoom: busy } });
  }
}

function adoptPyvis() {
  for (const id of drawnNodes.getIds()) known.set(id, "");
  for (const id of drawnEdges.getIds()) knownEdges.set(id, "");
}

// --- screen geometry ---

const placeOf = (id) => { const node = network.body.nodes[id]; return node ? [node.x, node.y] : null; };

function onScreen([x, y]) {
  const { scale, translation } = network.body.view;
  return [x * scale + translation.x, y * scale + translation.y];
}

// The point a bent edge is pulled towards, as vis-network computes it.
function viaOf(claim, a, b) {
  const bend = bendOf(claim);
  if (!bend) return null;
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const reach = Math.abs(bend) * 0.5 + 0.5;
  const turn = Math.atan2(a[1] - b[1], b[0] - a[0]) + (bend > 0 ? reach : 1 - reach) * Math.PI;
  return [a[0] + reach * length * Math.sin(turn), a[1] + reach * length * Math.cos(turn)];
}

// Corners of a shape as vis-network draws it; null for a circle.
function corners(shape, x, y, r) {
  const around = (count, turn, radius = () => r) => Array.from({ length: count }, (_, at) => {
    const angle = turn + (2 * Math.PI * at) / count;
    return [x + radius(at) * Math.cos(angle), y + radius(at) * Math.sin(angle)];
  });
  const up = Math.PI / 2;
  if (shape === "square") return [[x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r]];
  if (shape === "diamond") return [[x, y + r], [x + r, y], [x, y - r], [x - r, y]];
  if (shape === "hexagon") return around(6, 0);
  if (shape === "star") return around(10, -up, (at) => r * 0.82 * (at % 2 ? 0.5 : 1.3)).map(([px, py]) => [px, py + 0.082 * r]);
  if (shape === "triangle" || shape === "triangleDown") {
    const half = r * 1.15, inner = half / Math.sqrt(3), down = shape === "triangle" ? 1 : -1;
    const middle = y + down * 0.275 * half;
    return [[x, middle - down * 2 * inner], [x + half, middle + down * inner], [x - half, middle + down * inner]];
  }
  return null;
}

function icon(id) {
  return shapeIcon(familyOf(id));
}

function shapeIcon(family) {
  const points = corners(family.shape, 8, 8, { star: 6.6, triangle: 5.6, triangleDown: 5.6, square: 5.2 }[family.shape] || 5.8);
  const look = { fill: family.color, stroke: mix(family.color, colors.outline, 0.45), "stroke-width": 1 };
  return makeSvg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, class: "icon", "aria-hidden": "true" },
    points ? makeSvg("polygon", { points: points.map((p) => p.map((v) => v.toFixed(2)).join()).join(" "), ...look }) : makeSvg("circle", { cx: 8, cy: 8, r: 5.6, ...look }));
}

// --- painting over the drawing ---

// What stands out: the chosen thing with its neighbours, or what the pointer is on.
function spotlight() {
  const target = state.select || hovered;
  if (!target) return null;
  if (target.claim !== undefined) {
    const claim = claims[target.claim];
    return claim.o >= 0 && edgesInDrawing.has(claim.id) ? { nodes: new Set([claim.s, claim.o]), edges: [claim], main: -1 } : target.claim >= 0 && claim.o < 0 ? { nodes: new Set([claim.s]), edges: [], main: claim.s } : null;
  }
  if (!inDrawing.has(target.node)) return null;
  const edges = touching[target.node].map((id) => claims[id]).filter((claim) => edgesInDrawing.has(claim.id));
  return { nodes: new Set([target.node, ...edges.map((claim) => otherEnd(claim, target.node))]), edges, main: target.node };
}

function paintEdge(context, claim, scale, strong) {
  const [from, to] = [placeOf(claim.s), placeOf(claim.o)];
  if (!from || !to) return null;
  const via = viaOf(claim, from, to);
  const [a, b, bend] = [onScreen(from), onScreen(to), via && onScreen(via)];
  context.beginPath();
  context.moveTo(...a);
  if (bend) context.quadraticCurveTo(...bend, ...b);
  else context.lineTo(...b);
  context.strokeStyle = claim.kind === "stated" ? colors.accent : colors[claim.kind];
  context.lineWidth = strong ? 3 : 1.8;
  context.setLineDash(DASHES[claim.kind] || []);
  context.stroke();
  context.setLineDash([]);
  const before = bend || a;
  const angle = Math.atan2(b[1] - before[1], b[0] - before[0]);
  const gap = radiusOf(claim.o) * scale + 2;
  const tip = [b[0] - gap * Math.cos(angle), b[1] - gap * Math.sin(angle)];
  const wing = (turn, length) => [tip[0] - length * Math.cos(angle + turn), tip[1] - length * Math.sin(angle + turn)];
  context.beginPath();
  context.fillStyle = context.strokeStyle;
  if (claim.negated) { context.moveTo(...wing(Math.PI / 2, 8)); context.lineTo(...wing(-Math.PI / 2, 8)); context.lineWidth = 3; context.stroke(); }
  else { context.moveTo(...tip); context.lineTo(...wing(0.4, 11)); context.lineTo(...wing(-0.4, 11)); context.fill(); }
  return bend ? [0, 1].map((axis) => 0.25 * a[axis] + 0.5 * bend[axis] + 0.25 * b[axis]) : [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

function paintNode(context, id, scale) {
  const at = placeOf(id);
  if (!at) return;
  const [x, y] = onScreen(at);
  const r = radiusOf(id) * scale;
  const points = corners(familyOf(id).shape, x, y, r);
  context.beginPath();
  if (points) { points.forEach((point, place) => (place ? context.lineTo(...point) : context.moveTo(...point))); context.closePath(); }
  else context.arc(x, y, r, 0, 2 * Math.PI);
  context.fillStyle = familyOf(id).color;
  context.fill();
  context.strokeStyle = state.select && state.select.node === id ? colors.text : borderOf(id);
  context.lineWidth = state.select && state.select.node === id ? 3 : 1.5;
  context.stroke();
}

const widths = new Map();
function widthOf(context, text, font) {
  const key = font + text;
  if (!widths.has(key)) {
    context.font = font;
    widths.set(key, context.measureText(text).width);
  }
  return widths.get(key);
}

const shorten = (text, most = LETTERS) => ([...text].length > most ? [...text].slice(0, most - 1).join("") + "…" : text);

// Labels never overlap: the best connected come first, one that finds no room is left out until the reader comes nearer.
function placeLabels(ids, scale, width, height, measure, first = new Set()) {
  const CELL = 80;
  const shapes = new Map();
  const words = new Map();
  const keys = (box) => {
    const found = [];
    for (let x = Math.floor(box[0] / CELL); x <= Math.floor(box[2] / CELL); x++) for (let y = Math.floor(box[1] / CELL); y <= Math.floor(box[3] / CELL); y++) found.push(x + "," + y);
    return found;
  };
  const free = (box, cells) => keys(box).every((key) => (cells.get(key) || []).every((other) => box[2] <= other[0] || box[0] >= other[2] || box[3] <= other[1] || box[1] >= other[3]));
  const take = (box, cells) => keys(box).forEach((key) => (cells.has(key) ? cells.get(key).push(box) : cells.set(key, [box])));
  const visible = [];
  for (const id of ids) {
    const at = placeOf(id);
    if (!at) continue;
    const [x, y] = onScreen(at);
    if (x < -60 || y < -30 || x > width + 60 || y > height + 30) continue;
    visible.push([id, x, y]);
  }
  if (visible.length < 1200) for (const [id, x, y] of visible) { const r = radiusOf(id) * scale * 0.8; take([x - r, y - r, x + r, y + r], shapes); }
  visible.sort((a, b) => first.has(b[0]) - first.has(a[0]) || nodeList[b[0]].g - nodeList[a[0]].g || a[0] - b[0]);
  const labels = [];
  const air = visible.length > 700 ? 14 : 2;
  for (const [id, x, y] of visible) {
    if (labels.length > 400) break;
    const r = radiusOf(id) * scale;
    const text = shorten(labelOf(id));
    const long = measure(text, id);
    const half = long / 2;
    const spots = [[x, y + r + 9], [x, y - r - 9], [x + r + 5 + half, y], [x - r - 5 - half, y]];
    const important = first.has(id) || nodeList[id].g >= 8;
    for (const [place, [cx, cy]] of (important ? [...spots, ...spots] : spots).entries()) {
      const box = [cx - half - air, cy - 7.5 - air / 2, cx + half + air, cy + 7.5 + air / 2];
      const slim = [cx - half, cy - 7, cx + half, cy + 7];
      if (!free(box, words) || (place < 4 && !free(slim, shapes))) continue;
      if ((slim[0] < 2 || slim[2] > width - 2) && x > 0 && x < width) continue;
      take(box, words);
      labels.push({ id, text, x: cx, y: cy });
      break;
    }
  }
  return labels;
}

const fontOf = (id) => `${nodeList[id].g >= 12 ? "600 13px" : "12px"} ${FONT}`;

function paintLabels(context, ids, scale, first) {
  const width = network.canvas.frame.canvas.clientWidth, height = network.canvas.frame.canvas.clientHeight;
  const labels = placeLabels([...ids], scale, width, height, (text, id) => widthOf(context, text, fontOf(id)), first);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const label of labels) {
    context.font = fontOf(label.id);
    context.strokeStyle = colors.canvas;
    context.lineWidth = 3.5;
    context.strokeText(label.text, label.x, label.y);
    context.fillStyle = colors.text;
    context.fillText(label.text, label.x, label.y);
  }
  return labels;
}

function paintOver(context) {
  const scale = network.getScale();
  const ratio = network.canvas.pixelRatio || 1;
  const light = spotlight();
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const around = light && state.scope.kind === "near" && light.main === state.scope.node;
  if (around) paintAround(context, light, scale);
  else if (light) {
    context.globalAlpha = state.select && state.scope.kind === "best" ? 0.8 : 0.6;
    context.fillStyle = colors.canvas;
    context.fillRect(0, 0, network.canvas.frame.canvas.clientWidth, network.canvas.frame.canvas.clientHeight);
    context.globalAlpha = 1;
    const few = light.edges.length <= 24 || state.scope.kind !== "best";
    const middles = light.edges.map((claim) => [claim, paintEdge(context, claim, scale, light.main < 0)]);
    for (const id of light.nodes) paintNode(context, id, scale);
    paintLabels(context, light.nodes, scale, light.main < 0 ? light.nodes : new Set([light.main]));
    if (few) paintRelations(context, middles, scale);
  } else paintLabels(context, shown.nodes, scale);
  context.restore();
}

// The centre of a neighbourhood: its own links stand out, all the rest stays legible.
function paintAround(context, light, scale) {
  const middles = light.edges.map((claim) => [claim, paintEdge(context, claim, scale, false)]);
  for (const id of shown.nodes) paintNode(context, id, scale);
  paintLabels(context, shown.nodes, scale, light.nodes);
  if (state.scope.hops === 1) paintRelations(context, middles, scale);
}

function paintRelations(context, middles, scale) {
  const taken = [];
  context.font = `italic 11px ${FONT}`;
  for (const [claim, at] of middles) {
    if (!at || (scale < 0.45 && middles.length > 1)) continue;
    const text = (claim.negated ? "not " : claim.possible ? "maybe " : "") + predicateLabel(claim);
    const half = context.measureText(text).width / 2;
    const box = [at[0] - half, at[1] - 7, at[0] + half, at[1] + 7];
    if (taken.some((other) => box[2] > other[0] && box[0] < other[2] && box[3] > other[1] && box[1] < other[3])) continue;
    taken.push(box);
    context.strokeStyle = colors.canvas;
    context.lineWidth = 4;
    context.strokeText(text, ...at);
    context.fillStyle = claim.kind === "stated" ? colors.muted : colors[claim.kind];
    context.fillText(text, ...at);
  }
}

// How much of the drawing's foot an open sheet covers on a small screen.
function covered() {
  const sheet = small.matches && document.body.dataset.sheet ? byId(document.body.dataset.sheet) : null;
  return sheet ? Math.min(sheet.offsetHeight, byId("stage").clientHeight - 160) : 0;
}

function fit({ move = !calm } = {}) {
  if (!shown.nodes.length) return;
  const width = byId("mynetwork").clientWidth;
  const height = byId("mynetwork").clientHeight - covered();
  const room = { left: small.matches ? 50 : 84, right: small.matches ? 50 : 78, top: 76, bottom: small.matches ? 76 : 48 };
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const id of shown.nodes) {
    const [x, y] = placeOf(id) || [0, 0];
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  const scale = Math.max(0.02, Math.min(1.5, (width - room.left - room.right) / (box[2] - box[0] + 1), (height - room.top - room.bottom) / (box[3] - box[1] + 1)));
  const position = { x: (box[0] + box[2]) / 2 - (room.left - room.right) / 2 / scale, y: (box[1] + box[3]) / 2 - (room.top - room.bottom - covered()) / 2 / scale };
  network.moveTo({ position, scale, animation: move && shown.nodes.length < 1500 ? { duration: 350, easingFunction: "easeInOutQuad" } : false });
}

function zoom(factor) {
  network.moveTo({ scale: Math.min(6, Math.max(0.02, network.getScale() * factor)), animation: calm ? false : { duration: 150, easingFunction: "easeInOutQuad" } });
}

function centre(id) {
  const at = placeOf(id);
  const scale = Math.max(network.getScale(), 0.8);
  if (at) network.moveTo({ position: { x: at[0], y: at[1] + covered() / 2 / scale }, scale, animation: calm ? false : { duration: 300, easingFunction: "easeInOutQuad" } });
}
