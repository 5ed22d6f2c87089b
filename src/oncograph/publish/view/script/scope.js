// Which nodes and edges are shown, worked out from the state.
const MOST_NEAR = 300;
let shown = { nodes: [], edges: [], cut: 0, path: null };
let inDrawing = new Set();
let edgesInDrawing = new Set();

function passes(claim) {
  if (!state.kinds.includes(claim.kind) || hiddenPredicateSet.has(claim.p)) return false;
  if (claim.confidence !== null && claim.confidence < state.confidence) return false;
  if (claim.kind === "background") return !documentSet.size;
  if (documentSet.size) {
    for (const id of claim.documents) if (documentSet.has(id)) return true;
    return false;
  }
  return true;
}

let hiddenPredicateSet = new Set();
let documentSet = new Set();

function nodePasses(id) {
  return !state.hiddenClasses.includes(nodeList[id].c) && !state.hiddenNodes.includes(id);
}

function neighbours(id) {
  return touching[id].map((claim) => claims[claim]).filter((claim) => claim.o >= 0 && passes(claim)).map((claim) => otherEnd(claim, id)).filter((other) => other !== id && nodePasses(other));
}

// Breadth first; of a ring that is too large, the best-connected are kept.
function nearby(start, hops, most) {
  const distance = new Map([[start, 0]]);
  let ring = [start];
  let cut = 0;
  for (let hop = 1; hop <= hops && ring.length; hop++) {
    const next = [...new Set(ring.flatMap(neighbours))].filter((id) => !distance.has(id)).sort((a, b) => nodeList[b].g - nodeList[a].g || a - b);
    const room = Math.max(0, most - distance.size);
    cut += Math.max(0, next.length - room);
    ring = next.slice(0, room);
    for (const id of ring) distance.set(id, hop);
  }
  return { distance, cut };
}

// All nodes on the shortest ways between two entities, in order from the first.
function shortestPaths(from, to, most = 40) {
  const away = new Map([[from, 0]]);
  let ring = [from];
  while (ring.length && !away.has(to)) {
    const next = [];
    for (const id of ring) for (const other of neighbours(id)) {
      if (!away.has(other)) { away.set(other, away.get(id) + 1); next.push(other); }
    }
    ring = next;
  }
  if (!away.has(to)) return null;
  const layers = [[to]];
  for (let step = away.get(to) - 1; step >= 0; step--) {
    const layer = [...new Set(layers[0].flatMap(neighbours))].filter((id) => away.get(id) === step).sort((a, b) => nodeList[b].g - nodeList[a].g || a - b);
    layers.unshift(layer.slice(0, Math.max(1, Math.floor(most / away.get(to)))));
  }
  return layers;
}

function workOut() {
  hiddenPredicateSet = new Set(state.hiddenPredicates);
  documentSet = new Set(state.documents);
  const { scope } = state;
  const wanted = new Set(state.added);
  let cut = 0;
  let path = null;
  let rings = null;
  if (scope.kind === "best") for (let id = 0; id < scope.count; id++) wanted.add(id);
  if (scope.kind === "near") {
    const found = nearby(scope.node, scope.hops, MOST_NEAR);
    rings = found.distance;
    cut = found.cut;
    for (const id of rings.keys()) wanted.add(id);
  }
  if (scope.kind === "path") {
    path = shortestPaths(scope.from, scope.to);
    for (const id of path ? path.flat() : [scope.from, scope.to]) wanted.add(id);
  }
  const forced = new Set(state.added);
  if (scope.kind === "near") forced.add(scope.node);
  if (scope.kind === "path") { forced.add(scope.from); forced.add(scope.to); }
  if (state.select && state.select.claim !== undefined && claims[state.select.claim].o >= 0) {
    for (const id of [claims[state.select.claim].s, claims[state.select.claim].o]) { wanted.add(id); forced.add(id); }
  } else if (state.select && state.select.node !== undefined) {
    wanted.add(state.select.node);
    forced.add(state.select.node);
  }
  const usable = new Set([...wanted].filter((id) => forced.has(id) || nodePasses(id)));
  const chosen = state.select ? state.select.claim : -1;
  let edges = edges_.filter((claim) => usable.has(claim.s) && usable.has(claim.o) && (passes(claim) || claim.id === chosen));
  if (path) {
    const layerOf = new Map(path.flatMap((layer, step) => layer.map((id) => [id, step])));
    edges = edges.filter((claim) => Math.abs(layerOf.get(claim.s) - layerOf.get(claim.o)) === 1 || claim.id === chosen);
  }
  const linked = new Set(edges.flatMap((claim) => [claim.s, claim.o]));
  const nodes = [...usable].filter((id) => linked.has(id) || forced.has(id)).sort((a, b) => a - b);
  shown = { nodes, edges, cut, path, rings };
  inDrawing = new Set(nodes);
  edgesInDrawing = new Set(edges.map((claim) => claim.id));
}
