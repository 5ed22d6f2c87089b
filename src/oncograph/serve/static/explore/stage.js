// The drawing: sigma draws shapes and lines in WebGL; names, badges and what stands out are painted over them here.
import { DASHES, OUTLINES } from "./outlines.js";
import { pairOf } from "./scope.js";
import { edgePrograms, lines, nodePrograms } from "./shapes.js";

const REACH = 500; // the frame of sigma's camera, in the units of the layout: half a side
const LETTERS = 26; // of a label, as the layout reckons with
const MOST_LABELS = 400;
const MOST_LINES_NAMED = 60;
const MOST_LINES = 15_000; // that are drawn; of a selected entity all are
const MOST_LINES_LIT = 800; // of a crowd
const REST = 250; // milliseconds without a move after which a crowd is drawn in full
const CROWD = 2500; // entities from which lines are drawn thin, not picked, and left out while the drawing moves
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const KINDS = ["stated", "possible", "negated", "disputed"];
const WIDTHS = { stated: 1.9, possible: 2, negated: 2.4, disputed: 2.5 };
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

const parts = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));

/** Mix two #rrggbb colours. */
export function mix(one, two, share) {
  const [a, b] = [parts(one), parts(two)];
  return "#" + a.map((value, at) => Math.round(value * (1 - share) + b[at] * share).toString(16).padStart(2, "0")).join("");
}

export function shortenLabel(text) {
  const letters = [...text];
  return letters.length > LETTERS ? letters.slice(0, LETTERS - 1).join("") + "…" : text;
}

const radiusOf = (neighbours) => 8 + Math.min(8, 1.3 * Math.log2(1 + neighbours));

export class Stage {
  /** told: select(name), choose(link), expand(name), clear(), move(name, x, y), turn(camera). */
  constructor(room, looks, told) {
    this.room = room;
    this.looks = looks;
    this.told = told;
    this.hovered = "";
    this.labels = [];
    this.order = [];
    this.view = { nodes: new Set(), links: new Map() };
    this.marks = { selected: "", link: "", way: [], pinned: new Set(), more: new Map() };
    this.readColors();
    this.graph = new graphology.Graph({ type: "undirected", multi: false });
    this.sigma = new Sigma(this.graph, room, {
      renderLabels: false,
      defaultDrawNodeHover: () => undefined,
      enableEdgeEvents: true,
      enableCameraRotation: false,
      zIndex: true,
      stagePadding: 0,
      minEdgeThickness: 1.2,
      minCameraRatio: 0.02,
      maxCameraRatio: 200,
      zoomToSizeRatioFunction: (ratio) => Math.min((ratio / this.plainRatio()) ** (this.crowded ? 0.7 : 0.5), 5.5),
      nodeProgramClasses: nodePrograms,
      edgeProgramClasses: edgePrograms,
      defaultNodeType: "dot",
      defaultEdgeType: "line",
      nodeReducer: (name, node) => this.lookOfNode(name, node),
      edgeReducer: (key) => this.lookOfLink(key),
      allowInvalidContainer: true,
      doubleClickZoomingRatio: 1.7,
    });
    this.sigma.setCustomBBox({ x: [-REACH, REACH], y: [-REACH, REACH] });
    this.camera = this.sigma.getCamera();
    this.listen();
  }

  /** The camera's ratio at which one unit of the layout is one pixel. */
  plainRatio() {
    const { width, height } = this.sigma?.getDimensions() ?? this.room.getBoundingClientRect();
    return Math.max(Math.min(width, height), 1) / (2 * REACH);
  }

  readColors() {
    const style = getComputedStyle(document.documentElement);
    this.colors = Object.fromEntries(["canvas", "text", "muted", "outline", "accent", "raised", ...KINDS].map((key) => [key, style.getPropertyValue("--" + key).trim()]));
    this.faded = new Map();
  }

  fade(color, share) {
    const key = color + share;
    if (!this.faded.has(key)) this.faded.set(key, mix(color, this.colors.canvas, share));
    return this.faded.get(key);
  }

  lookOf(className) {
    return this.looks[className] ?? { color: "#8A8F98", shape: "dot", label: className };
  }

  /** Take in other entities and lines; `data` as scope.js gathers them. */
  load(data) {
    this.data = data;
    this.crowded = data.nodes.size > CROWD;
    this.graph.clear();
    const nodes = [];
    for (const node of data.nodes.values()) nodes.push({ key: node.name, attributes: { x: node.x, y: -node.y, size: radiusOf(node.neighbours), kind: node.class_name } });
    const edges = [];
    for (const { key, claims } of data.pairs.values()) edges.push({ key, source: claims[0].start, target: claims[0].end });
    this.graph.import({ nodes, edges });
    this.order = [...data.nodes.values()].sort((a, b) => b.neighbours - a.neighbours);
    this.sigma.setSetting("enableEdgeEvents", !this.crowded);
  }

  /** Show what passes the filters, and what stands out of it; in a crowd, this is painted over the rest. */
  show(view, marks) {
    const same = view === this.view && this.crowded;
    this.view = view;
    this.marks = marks;
    this.light = this.findLight();
    if (same) return this.paint();
    this.thin = this.crowded && view.links.size > MOST_LINES ? this.chooseLines(view.links) : null;
    this.turnArrows();
    return this.sigma.refresh();
  }

  /** Of more lines than a machine without a graphics card draws smoothly, those between the best-connected entities. */
  chooseLines(links) {
    const weight = ({ start, end }) => Math.min(this.data.nodes.get(start).neighbours, this.data.nodes.get(end).neighbours);
    const ranked = [...links.values()].map((link) => [weight(link), link.key]).sort((a, b) => b[0] - a[0]);
    return new Set(ranked.slice(0, MOST_LINES).map(([, key]) => key));
  }

  /** A line's arrow points the way its surest claim says. */
  turnArrows() {
    const turned = [];
    for (const link of this.view.links.values()) if (this.graph.source(link.key) !== link.start) turned.push(link);
    for (const { key, start, end } of turned) {
      this.graph.dropEdge(key);
      this.graph.addEdgeWithKey(key, start, end);
    }
  }

  /** What stands out: the way, else what is selected with its neighbours; null when nothing does. */
  findLight() {
    const { way, selected, link } = this.marks;
    const [nodes, links] = [new Set(), new Set()];
    if (way.length > 1) {
      for (const [at, name] of way.entries()) {
        nodes.add(name);
        if (at) links.add(pairOf(name, way[at - 1]));
      }
    } else if (this.view.links.has(link)) {
      const { start, end } = this.view.links.get(link);
      nodes.add(start).add(end);
      links.add(link);
    } else if (this.view.nodes.has(selected)) {
      nodes.add(selected);
      this.graph.forEachEdge(selected, (key, _, source, target) => {
        if (!this.view.links.has(key)) return;
        links.add(key);
        nodes.add(source).add(target);
      });
      if (nodes.size === this.view.nodes.size) return { nodes, links, all: true };
    } else return null;
    return { nodes, links, all: false };
  }

  shapeOf(look) {
    return this.crowded ? `${look.shape}-in-crowd` : look.shape;
  }

  lookOfNode(name, node) {
    const look = this.lookOf(node.kind);
    if (!this.view.nodes.has(name)) return { ...node, hidden: true, type: this.shapeOf(look), color: look.color };
    const faint = !this.crowded && this.light && !this.light.all && !this.light.nodes.has(name);
    return { x: node.x, y: node.y, size: node.size, type: this.shapeOf(look), color: faint ? this.fade(look.color, 0.52) : look.color, zIndex: faint ? 0 : 1 };
  }

  lookOfLink(key) {
    const link = this.view.links.get(key);
    if (!link || (this.thin && !this.thin.has(key))) return { hidden: true, type: "line", color: this.colors.stated };
    const plain = this.colors[link.kind];
    if (this.crowded) return { type: "line", color: this.fade(plain, 0.35), size: 1 };
    const lit = this.light?.links.has(key);
    const strong = lit && (this.marks.way.length > 1 || this.marks.link === key);
    const base = lit && link.kind === "stated" ? this.colors.accent : plain;
    return {
      type: link.kind,
      color: this.light && !lit ? this.fade(base, 0.6) : base,
      size: strong ? 3.6 : WIDTHS[link.kind] * (lit ? 1.4 : 1) + Math.min(1.5, (link.claims.length - 1) * 0.3),
      zIndex: lit ? 2 : link.kind === "stated" ? 0 : 1,
    };
  }

  /** Show all that is drawn, or some entities of it. */
  fit(names = null, { animate = true } = {}) {
    const shown = [...(names ?? this.view.nodes)].filter((name) => this.view.nodes.has(name) && this.graph.hasNode(name)).map((name) => this.graph.getNodeAttributes(name));
    if (!shown.length) return;
    const [low, high] = [Math.min, Math.max].map((pick) => (key) => shown.reduce((found, node) => pick(found, node[key]), shown[0][key]));
    const { width, height } = this.sigma.getDimensions();
    const [left, top] = width < 700 ? [44, 96] : [84, 108];
    const across = (high("x") - low("x") + 60) / Math.max(width - 2 * left, 40);
    const up = (high("y") - low("y") + 40) / Math.max(height - top - 40, 40);
    const scale = Math.max(across, up, 1 / 1.8); // units of the layout per pixel
    const shift = ((top - 56) / 2) * scale;
    const place = { x: 0.5 + (low("x") + high("x")) / 2 / (2 * REACH), y: 0.5 + ((low("y") + high("y")) / 2 + shift) / (2 * REACH), ratio: scale * this.plainRatio(), angle: 0 };
    if (animate && !calm) this.camera.animate(place, { duration: 350 });
    else this.camera.setState(place);
  }

  /** Tell whether some entities are all in sight. */
  sees(names) {
    const { width, height } = this.sigma.getDimensions();
    return names.filter((name) => this.graph.hasNode(name)).every((name) => {
      const { x, y } = this.place(name);
      return x > 20 && y > 56 && x < width - 20 && y < height - 30;
    });
  }

  /** Where an entity is on the screen, with its radius there. */
  place(name) {
    const { x, y, size } = this.graph.getNodeAttributes(name);
    return { ...this.sigma.graphToViewport({ x, y }), radius: this.sigma.scaleSize(size) };
  }

  zoom(factor) {
    const ratio = Math.min(Math.max(this.camera.ratio / factor, 0.02), 200);
    if (calm) this.camera.setState({ ratio });
    else this.camera.animate({ ratio }, { duration: 150 });
  }

  /** The camera in units of the layout, the same on every screen: middle, and units per pixel. */
  get seen() {
    return [(this.camera.x - 0.5) * 2 * REACH, (0.5 - this.camera.y) * 2 * REACH, this.camera.ratio / this.plainRatio()];
  }

  look([x, y, ratio]) {
    this.camera.setState({ x: 0.5 + x / (2 * REACH), y: 0.5 - y / (2 * REACH), ratio: ratio * this.plainRatio(), angle: 0 });
  }

  /** The nearest entity in a direction of the screen, [dx, dy] of length 1. */
  findNext(name, [dx, dy]) {
    const from = this.view.nodes.has(name) ? this.place(name) : null;
    if (!from) return this.order.find((node) => this.view.nodes.has(node.name))?.name ?? "";
    let [best, least] = ["", Infinity];
    for (const other of this.view.nodes) {
      if (other === name) continue;
      const to = this.place(other);
      const [x, y] = [to.x - from.x, to.y - from.y];
      const ahead = x * dx + y * dy;
      const aside = Math.abs(x * dy - y * dx);
      if (ahead <= 4 || aside > ahead * 2) continue;
      const far = ahead + 2 * aside;
      if (far < least) [best, least] = [other, far];
    }
    return best;
  }

  reveal(name) {
    if (!this.graph.hasNode(name) || this.sees([name])) return;
    const { x, y } = this.graph.getNodeAttributes(name);
    this.camera.setState({ x: 0.5 + x / (2 * REACH), y: 0.5 + y / (2 * REACH) });
  }

  listen() {
    const { sigma } = this;
    let held = "";
    let moved = false;
    sigma.on("clickNode", ({ node }) => this.told.select(node));
    sigma.on("clickEdge", ({ edge }) => this.told.choose(edge));
    sigma.on("clickStage", () => this.told.clear());
    sigma.on("doubleClickNode", (event) => {
      event.preventSigmaDefault();
      this.told.expand(event.node);
    });
    sigma.on("enterNode", ({ node }) => this.hover(node));
    sigma.on("leaveNode", () => this.hover(""));
    sigma.on("enterEdge", () => this.room.classList.add("on-thing"));
    sigma.on("leaveEdge", () => this.room.classList.remove("on-thing"));
    sigma.on("downNode", ({ node }) => {
      [held, moved] = [this.crowded ? "" : node, false];
    });
    sigma.on("moveBody", ({ event }) => {
      if (!held) return;
      moved = true;
      const { x, y } = sigma.viewportToGraph(event);
      this.graph.mergeNodeAttributes(held, { x, y });
      event.preventSigmaDefault();
      event.original.preventDefault();
      event.original.stopPropagation();
    });
    const drop = () => {
      if (held && moved) {
        const { x, y } = this.graph.getNodeAttributes(held);
        this.told.move(held, Math.round(x), Math.round(-y));
      }
      held = "";
    };
    sigma.on("upNode", drop);
    sigma.on("upStage", drop);
    sigma.on("afterRender", () => this.paint());
    this.camera.on("updated", () => {
      this.moving = true;
      lines.hidden = this.crowded;
      clearTimeout(this.resting);
      this.resting = setTimeout(() => this.rest(), REST);
      this.told.turn();
    });
    document.addEventListener("theme", () => this.recolor());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(() => this.recolor()));
  }

  /** Draw what was left out while the drawing moved. */
  rest() {
    if (this.sigma.getMouseCaptor().isMouseDown) {
      this.resting = setTimeout(() => this.rest(), REST);
      return;
    }
    this.moving = false;
    lines.hidden = false;
    if (this.crowded) this.sigma.scheduleRender();
  }

  recolor() {
    this.readColors();
    this.sigma.refresh();
  }

  hover(name) {
    this.hovered = name;
    this.room.classList.toggle("on-thing", Boolean(name));
    this.paint();
  }

  paint() {
    const context = this.sigma.getCanvases().labels.getContext("2d");
    const { width, height } = this.sigma.getDimensions();
    context.clearRect(0, 0, width, height);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    this.labels = this.crowded && this.moving ? this.carryLabels() : this.placeLabels(context, width, height);
    if (this.crowded && this.light) this.paintLight(context, width, height);
    this.paintRings(context);
    for (const label of this.labels) this.paintLabel(context, label);
  }

  /** While a crowd moves, names stay with their entities; they are chosen anew when it rests. */
  carryLabels() {
    return this.labels.filter(({ name }) => name).map((label) => {
      const { x, y } = this.place(label.name);
      return { ...label, x: x + label.dx, y: y + label.dy };
    });
  }

  /** Veil a crowd and paint over it what stands out. */
  paintLight(context, width, height) {
    context.globalAlpha = 0.6;
    context.fillStyle = this.colors.canvas;
    context.fillRect(0, 0, width, height);
    context.globalAlpha = 1;
    for (const key of [...this.light.links].slice(0, MOST_LINES_LIT)) {
      const link = this.view.links.get(key);
      if (!link) continue;
      const [a, b] = [this.place(link.start), this.place(link.end)];
      context.beginPath();
      context.moveTo(a.x, a.y);
      context.lineTo(b.x, b.y);
      context.setLineDash(DASHES[link.kind]);
      context.lineWidth = this.marks.way.length > 1 || this.marks.link === key ? 3 : 1.4;
      context.strokeStyle = link.kind === "stated" ? this.colors.accent : this.colors[link.kind];
      context.stroke();
    }
    context.setLineDash([]);
    for (const name of this.light.nodes) {
      if (!this.view.nodes.has(name)) continue;
      const { x, y, radius } = this.place(name);
      const { shape, color } = this.lookOf(this.data.nodes.get(name).class_name);
      context.save();
      context.translate(x, y);
      context.scale(Math.max(radius, 4), Math.max(radius, 4));
      context.fillStyle = color;
      const path = new Path2D(OUTLINES[shape] ?? "");
      if (!OUTLINES[shape]) path.arc(0, 0, 0.86, 0, 2 * Math.PI);
      context.fill(path);
      context.restore();
    }
  }

  paintRings(context) {
    const ring = (name, color, wide, gap) => {
      if (!this.view.nodes.has(name)) return;
      const { x, y, radius } = this.place(name);
      context.beginPath();
      context.arc(x, y, radius + gap, 0, 2 * Math.PI);
      context.strokeStyle = color;
      context.lineWidth = wide;
      context.stroke();
    };
    if (!this.crowded) for (const name of this.marks.pinned) ring(name, this.colors.muted, 1.5, 2);
    ring(this.marks.selected, this.colors.accent, 2.5, 4);
    if (this.hovered !== this.marks.selected) ring(this.hovered, this.colors.text, 1.5, 3);
  }

  paintLabel(context, { text, more, font, color, x, y, width }) {
    context.font = font;
    context.strokeStyle = this.colors.canvas;
    context.lineWidth = 3.5;
    const start = x - width / 2;
    context.textAlign = "left";
    for (const [piece, ink] of [[text, color], [more, this.colors.accent]]) {
      if (!piece) continue;
      const at = piece === text ? start : start + context.measureText(text).width;
      context.strokeText(piece, at, y);
      context.fillStyle = ink;
      context.fillText(piece, at, y);
    }
  }

  /** Names never overlap: what stands out comes first, then the best connected; one without room waits for a nearer view. */
  placeLabels(context, width, height) {
    const CELL = 80;
    const [words, shapes] = [new Map(), new Map()];
    const cells = (box, use) => {
      for (let x = Math.floor(box[0] / CELL); x <= Math.floor(box[2] / CELL); x++) for (let y = Math.floor(box[1] / CELL); y <= Math.floor(box[3] / CELL); y++) if (use(`${x},${y}`) === false) return false;
      return true;
    };
    const free = (box, taken) => cells(box, (key) => !(taken.get(key) ?? []).some((other) => box[2] > other[0] && box[0] < other[2] && box[3] > other[1] && box[1] < other[3]));
    const take = (box, taken) => cells(box, (key) => void (taken.has(key) ? taken.get(key).push(box) : taken.set(key, [box])));
    const near = this.listNear(width, height);
    if (near.length < 1200) for (const { x, y, radius } of near) take([x - radius * 0.7, y - radius * 0.7, x + radius * 0.7, y + radius * 0.7], shapes);
    const labels = [];
    const air = near.length > 600 ? 18 : 2;
    for (const { name, x, y, radius, first } of near) {
      if (labels.length >= MOST_LABELS) break;
      const node = this.data.nodes.get(name);
      const strong = name === this.marks.selected || name === this.hovered;
      const text = strong ? node.label.slice(0, 80) : shortenLabel(node.label);
      const left = this.marks.more.get(name) ?? 0;
      const more = left ? `  +${left.toLocaleString("en")}` : "";
      const font = `${strong ? "650 13.5px" : node.neighbours >= 12 ? "600 13px" : "12.5px"} ${FONT}`;
      context.font = font;
      const wide = context.measureText(text).width + (more ? context.measureText(more).width : 0);
      const half = wide / 2;
      const spots = [[x, y + radius + 10], [x, y - radius - 10], [x + radius + 6 + half, y], [x - radius - 6 - half, y]];
      const box = ([cx, cy], gap) => [cx - half - gap, cy - 8 - gap / 2, cx + half + gap, cy + 8 + gap / 2];
      const fits = (spot) => spot[0] - half > 2 && spot[0] + half < width - 2 && free(box(spot, air), words);
      const over = first || node.neighbours >= 8 ? spots.find(fits) : null; // a name that matters may lie over shapes
      const spot = spots.find((one) => fits(one) && free(box(one, 0), shapes)) ?? over ?? (strong ? spots[0] : null);
      if (!spot) continue;
      take(box(spot, air), words);
      const faint = this.light && !this.light.all && !first;
      labels.push({ name, text, more, font, x: spot[0], y: spot[1], dx: spot[0] - x, dy: spot[1] - y, width: wide, color: faint ? this.colors.muted : this.colors.text });
    }
    return [...labels, ...this.nameLines(context, (one) => free(one, words) && free(one, shapes), (one) => take(one, words))];
  }

  /** Entities in sight, those that stand out first. */
  listNear(width, height) {
    const first = new Set([this.hovered, this.marks.selected, ...(this.light && !this.light.all ? this.light.nodes : [])]);
    const corner = this.sigma.viewportToGraph({ x: -60, y: -30 });
    const other = this.sigma.viewportToGraph({ x: width + 60, y: height + 30 });
    const inSight = [];
    const rest = [];
    for (const { name } of this.order) {
      if (!this.view.nodes.has(name)) continue;
      const { x, y } = this.graph.getNodeAttributes(name);
      if (x < corner.x || x > other.x || y > corner.y || y < other.y) continue;
      if (first.has(name)) inSight.push({ name, first: true });
      else if (rest.length < 1500) rest.push({ name, first: false });
    }
    return [...inSight, ...rest].map((one) => ({ ...one, ...this.place(one.name) }));
  }

  /** Names of relations on lines that are long enough. */
  nameLines(context, free, take) {
    const lit = this.light && !this.light.all ? this.light.links : null;
    const wanted = lit ? [...lit] : this.view.links.size <= MOST_LINES_NAMED ? [...this.view.links.keys()] : [];
    const font = `11.5px ${FONT}`;
    const labels = [];
    context.font = font;
    for (const key of wanted.slice(0, MOST_LINES_NAMED)) {
      const link = this.view.links.get(key);
      if (!link) continue;
      const [a, b] = [this.place(link.start), this.place(link.end)];
      const first = link.claims[0];
      const text = `${first.negated ? "not " : ""}${first.label}${link.claims.length > 1 ? ` +${link.claims.length - 1}` : ""}`;
      const wide = context.measureText(text).width;
      if (Math.hypot(b.x - a.x, b.y - a.y) - a.radius - b.radius < Math.min(wide, 60)) continue;
      for (const share of [0.5, 0.4, 0.6]) {
        const [x, y] = [a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share];
        const box = [x - wide / 2 - 2, y - 7, x + wide / 2 + 2, y + 7];
        if (!free(box)) continue;
        take(box);
        labels.push({ name: "", text, more: "", font, x, y, width: wide, color: this.colors[link.kind === "stated" ? "muted" : link.kind] });
        break;
      }
    }
    return labels;
  }
}
