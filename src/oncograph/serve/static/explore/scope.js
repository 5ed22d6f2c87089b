// What is drawn of what is known: entities and lines that pass the filters. A line joins two entities by all claims between.

export const pairOf = (one, other) => (one < other ? `${one} ${other}` : `${other} ${one}`);

/** Put entities and claims together: `nodes` by name, `pairs` of them with their claims. */
export function gather(nodes, claims) {
  const pairs = new Map();
  for (const claim of claims) {
    const key = pairOf(claim.start, claim.end);
    const pair = pairs.get(key);
    if (pair) pair.claims.push(claim);
    else pairs.set(key, { key, claims: [claim] });
  }
  return { nodes: new Map(nodes.map((node) => [node.name, node])), pairs };
}

/** Unfold the columns in which the whole graph comes. */
export function unfold(columns) {
  const { nodes, edges } = columns;
  const entities = nodes.name.map((name, at) => ({
    name, label: nodes.label[at], class_name: columns.classes[nodes.class[at]], neighbours: nodes.neighbours[at], x: nodes.x[at], y: nodes.y[at],
  }));
  const claims = edges.from.map((from, at) => ({
    start: nodes.name[from], end: nodes.name[edges.to[at]],
    predicate: columns.predicates[edges.predicate[at]], label: columns.labels[edges.predicate[at]],
    negated: (edges.kind[at] & 1) > 0, possible: (edges.kind[at] & 2) > 0, confidence: edges.confidence[at] / 100,
  }));
  return gather(entities, claims);
}

/** Tell what the claims of a line say together; `disputed`: some deny what others say. */
export function kindOf(claims) {
  if (claims.length > 1) {
    const denied = new Set(claims.filter((claim) => claim.negated).map((claim) => claim.predicate));
    if (denied.size && claims.some((claim) => !claim.negated && denied.has(claim.predicate))) return "disputed";
  }
  if (claims.some((claim) => !claim.negated && !claim.possible)) return "stated";
  return claims.some((claim) => !claim.negated) ? "possible" : "negated";
}

const surest = (one, other) => one.negated - other.negated || other.confidence - one.confidence;

/** Give what passes the filters: an entity goes when its class does, or when none of its claims is left.
 *
 * document: the claims of one document, or null: ids of claims, pairs of entities where claims have no ids.
 */
export function choose(data, filters, document) {
  const without = { classes: new Set(filters.classes), relations: new Set(filters.relations) };
  const passes = (claim, key) =>
    (filters.negated || !claim.negated) &&
    (filters.possible || !claim.possible) &&
    claim.confidence >= filters.confidence - 1e-9 &&
    !without.relations.has(claim.predicate) &&
    (!document || (claim.id ? document.ids.has(claim.id) : document.pairs.has(key)));
  const open = (name) => !without.classes.has(data.nodes.get(name).class_name);
  const links = new Map();
  const joined = new Set();
  const touched = new Set();
  let claims = 0;
  let left = 0;
  for (const { key, claims: all } of data.pairs.values()) {
    const [one, other] = [all[0].start, all[0].end];
    touched.add(one).add(other);
    const kept = open(one) && open(other) ? all.filter((claim) => passes(claim, key)) : [];
    left += all.length - kept.length;
    claims += kept.length;
    if (!kept.length) continue;
    if (kept.length > 1) kept.sort(surest);
    joined.add(one).add(other);
    links.set(key, { key, start: kept[0].start, end: kept[0].end, kind: kindOf(kept), claims: kept });
  }
  const nodes = new Set();
  for (const name of data.nodes.keys()) if (open(name) && (joined.has(name) || !touched.has(name))) nodes.add(name);
  return { nodes, links, claims, left, gone: data.nodes.size - nodes.size };
}

/** Count, for each entity, how many of its neighbours are drawn. */
export function countDrawn(data) {
  const drawn = new Map();
  for (const { claims } of data.pairs.values()) {
    for (const name of [claims[0].start, claims[0].end]) drawn.set(name, (drawn.get(name) ?? 0) + 1);
  }
  return drawn;
}
