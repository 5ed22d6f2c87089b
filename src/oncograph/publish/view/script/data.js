// The graph as the page holds it: the JSON of the page plus the indexes that everything else uses.
const data = JSON.parse(document.getElementById("graph").textContent);
const nodeList = data.nodes;
const COUNT = nodeList.length;
const KINDS = ["stated", "possible", "negated", "disputed", "background"];
const KIND_LABELS = {
  stated: "Stated", possible: "Possible (hedged)", negated: "Denied", disputed: "Sources disagree", background: "From the vocabulary",
};

function expand(iri) {
  const cut = iri.indexOf(":");
  const base = data.prefixes[iri.slice(0, cut)];
  return base && !iri.startsWith("http") ? base + iri.slice(cut + 1) : iri;
}

// Claims and, after them, the links of the vocabulary: `claims[id]` is an edge of the drawing when it has an object node.
const claims = data.claims.map((claim, id) => ({
  id, key: claim.i.replace(/^claim:/, ""), iri: claim.i, s: claim.s, p: claim.p,
  o: claim.o === undefined ? -1 : claim.o, text: claim.t, cls: claim.k, negated: !!claim.n, possible: !!claim.h, accepted: !!claim.a,
  confidence: claim.f === undefined ? null : claim.f, proofs: claim.e, more: claim.m || 0, value: claim.v || {},
  qualifiers: claim.q || [], kind: claim.n ? "negated" : claim.h ? "possible" : "stated",
}));
for (const [s, p, o] of data.background) {
  claims.push({
    id: claims.length, key: "", iri: "", s, p, o, negated: false, possible: false, confidence: null, proofs: [],
    more: 0, value: {}, qualifiers: [], kind: "background",
  });
}

// A claim and its denial are a dispute; the side that is not denied is drawn as one.
const twins = new Map();
for (const claim of claims) {
  const key = claim.s + "|" + claim.p + "|" + (claim.o >= 0 ? claim.o : claim.text);
  twins.set(key, [...(twins.get(key) || []), claim]);
}
for (const group of twins.values()) {
  if (group.some((claim) => claim.negated) && group.some((claim) => !claim.negated)) {
    for (const claim of group) {
      claim.opposite = group.find((other) => other.negated !== claim.negated).id;
      if (claim.kind === "stated") claim.kind = "disputed";
    }
  }
}
twins.clear();

const touching = nodeList.map(() => []);
const claimByKey = new Map();
for (const claim of claims) {
  touching[claim.s].push(claim.id);
  if (claim.o >= 0 && claim.o !== claim.s) touching[claim.o].push(claim.id);
  if (claim.key) claimByKey.set(claim.key, claim.id);
  claim.documents = new Set(claim.proofs.map((proof) => data.quotes[proof.s][0]));
}
const edges_ = claims.filter((claim) => claim.o >= 0 && claim.o !== claim.s);

// Edges between the same two nodes bend away from each other.
const pairs = new Map();
for (const claim of edges_) {
  const key = Math.min(claim.s, claim.o) + "|" + Math.max(claim.s, claim.o);
  if (!pairs.has(key)) pairs.set(key, []);
  pairs.get(key).push(claim);
}

const nodeByKey = new Map(nodeList.map((node, id) => [node.i.replace(/^entity:/, ""), id]));
const nodeKey = (id) => nodeList[id].i.replace(/^entity:/, "");
const classOf = (id) => data.classes[nodeList[id].c];
const familyOf = (id) => data.families[classOf(id).f];
const labelOf = (id) => nodeList[id].l;
const radiusOf = (id) => Math.min(26, 7 + Math.floor(1.6 * Math.sqrt(nodeList[id].g) + 0.01));
const predicateLabel = (claim) => data.predicates[claim.p].label;
const otherEnd = (claim, id) => (claim.s === id ? claim.o : claim.s);
const plural = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many || one + "s"}`;

// Only addresses that lead to the web become links; anything else stays text.
const webAddress = (text) => (/^https?:\/\/[^\s]+$/i.test(text || "") ? text : "");

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "on") for (const [event, action] of Object.entries(value)) element.addEventListener(event, action);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function makeSvg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Names from documents may run right to left or hold control marks: each is kept to itself.
const name = (text) => make("bdi", {}, text);
const byId = (id) => document.getElementById(id);

function say(text) {
  byId("said").textContent = "";
  setTimeout(() => { byId("said").textContent = text; }, 30);
}
