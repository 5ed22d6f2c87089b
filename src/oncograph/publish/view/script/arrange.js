// Where shown nodes stand: computed positions for the large drawings, a small local arrangement for neighbourhoods and paths.
function arrange() {
  const { scope } = state;
  let places;
  if (scope.kind === "near" && shown.rings) places = arrangeRings();
  else if (scope.kind === "path" && shown.path) places = arrangePath();
  else {
    const opening = scope.kind === "best" && scope.count <= OPENING;
    places = new Map(shown.nodes.map((id) => [id, opening && id < OPENING ? data.opening[id] : opening ? null : [nodeList[id].x, nodeList[id].y]]));
    if (opening) placeGuests(places);
    if (small.matches && shown.nodes.length <= 120) stretch(places);
  }
  for (const id of shown.nodes) if (state.pins[id]) places.set(id, state.pins[id]);
  return places;
}

// Nodes called into the opening from outside it stand beside the middle of their neighbours, clear of the others.
function placeGuests(places) {
  const taken = [...places.values()].filter(Boolean);
  for (const [id, place] of places) {
    if (place) continue;
    const near = shown.edges.filter((claim) => claim.s === id || claim.o === id).map((claim) => places.get(otherEnd(claim, id))).filter(Boolean);
    const middle = near.length ? [0, 1].map((axis) => near.reduce((sum, at) => sum + at[axis], 0) / near.length) : [0, Math.max(0, ...taken.map((at) => at[1])) + 90];
    let spot = middle;
    for (let step = 0; step < 400; step++) {
      const angle = step * 2.399963;
      spot = [Math.round(middle[0] + 26 * Math.sqrt(step) * Math.cos(angle) * 1.4), Math.round(middle[1] + 26 * Math.sqrt(step) * Math.sin(angle))];
      if (taken.every((at) => Math.abs(at[0] - spot[0]) > 90 || Math.abs(at[1] - spot[1]) > 44)) break;
    }
    places.set(id, spot);
    taken.push(spot);
  }
}

// A phone is held upright: use its height.
function stretch(places) {
  const reach = (axis) => Math.max(1, ...[...places.values()].map((at) => at[axis])) - Math.min(0, ...[...places.values()].map((at) => at[axis]));
  const stage = byId("stage");
  const factor = Math.min(2.4, Math.max(1, ((stage.clientHeight - 240) / (stage.clientWidth - 100)) * (reach(0) / reach(1))));
  for (const [id, [x, y]] of places) places.set(id, [x, Math.round(y * factor)]);
}

const boxOf = (id) => [Math.max(2 * radiusOf(id), Math.min(labelOf(id).length, LETTERS) * 6.8) + 14, 2 * radiusOf(id) + 26];

function arrangeRings() {
  const { node: centre } = state.scope;
  const places = new Map([[centre, [0, 0]]]);
  const rings = new Map();
  for (const id of shown.nodes) {
    const hop = shown.rings.has(id) ? shown.rings.get(id) : 1;
    if (hop > 0) rings.set(hop, [...(rings.get(hop) || []), id]);
  }
  const angles = new Map([[centre, 0]]);
  const groupOf = new Map();
  for (const claim of shown.edges) {
    for (const [id, other] of [[claim.s, claim.o], [claim.o, claim.s]]) if (other === centre && !groupOf.has(id)) groupOf.set(id, claim.p * 2 + (claim.s === centre ? 0 : 1));
  }
  let radius = 60;
  for (const hop of [...rings.keys()].sort()) {
    const ring = rings.get(hop);
    const key = (id) => {
      if (hop === 1) return groupOf.has(id) ? groupOf.get(id) : 999;
      const parent = shown.edges.filter((claim) => claim.s === id || claim.o === id).map((claim) => otherEnd(claim, id)).find((other) => shown.rings.get(other) === hop - 1);
      return parent === undefined ? 99 : angles.get(parent) || 0;
    };
    const keys = new Map(ring.map((id) => [id, key(id)]));
    ring.sort((a, b) => keys.get(a) - keys.get(b) || nodeList[a].c - nodeList[b].c || a - b);
    radius = Math.max(radius + 130, (ring.length * 62) / (2 * Math.PI));
    ring.forEach((id, place) => {
      const angle = (2 * Math.PI * (place + 0.5)) / ring.length - Math.PI / 2;
      angles.set(id, angle < -Math.PI / 2 ? angle + 2 * Math.PI : angle);
      const out = ring.length > 14 && place % 2 ? radius + 56 : radius;
      places.set(id, [out * Math.cos(angle) * 1.35, out * Math.sin(angle)]);
    });
  }
  return unclash(places, new Set([centre]));
}

function arrangePath() {
  const places = new Map();
  shown.path.forEach((layer, step) => layer.forEach((id, place) => {
    places.set(id, [(step - (shown.path.length - 1) / 2) * 240, (place - (layer.length - 1) / 2) * 90]);
  }));
  let low = Math.max(...[...places.values()].map((at) => at[1])) + 120;
  for (const id of shown.nodes) if (!places.has(id)) { places.set(id, [0, low]); low += 70; }
  return places;
}

// Push overlapping boxes apart, each pair along the axis that needs the smaller move.
function unclash(places, fixed, rounds = 80) {
  const ids = [...places.keys()];
  const at = ids.map((id) => [...places.get(id)]);
  const boxes = ids.map(boxOf);
  for (let round = 0; round < rounds; round++) {
    let clashes = 0;
    for (let a = 0; a < ids.length; a++) for (let b = a + 1; b < ids.length; b++) {
      const dx = at[b][0] - at[a][0];
      const dy = at[b][1] - at[a][1];
      const overX = (boxes[a][0] + boxes[b][0]) / 2 - Math.abs(dx);
      const overY = (boxes[a][1] + boxes[b][1]) / 2 - Math.abs(dy);
      if (overX <= 0 || overY <= 0) continue;
      clashes++;
      const axis = overX < overY ? 0 : 1;
      const push = ((axis ? overY : overX) / 2 + 0.5) * ((axis ? dy : dx) < 0 ? -1 : 1);
      if (!fixed.has(ids[a])) at[a][axis] -= push;
      if (!fixed.has(ids[b])) at[b][axis] += push;
    }
    if (!clashes) break;
  }
  return new Map(ids.map((id, place) => [id, [Math.round(at[place][0]), Math.round(at[place][1])]]));
}
