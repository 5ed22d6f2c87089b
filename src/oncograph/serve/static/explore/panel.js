// What is told of the entity or line that is selected, and of the ways between two entities.
import { makeShape } from "../search.js";
import { badges, button, count, make, name } from "./dom.js";
import { countAround, draw, readClaim, readRelation, readWays } from "./server.js";

const STEP = 12; // neighbours that are added at once
const MOST_LISTED = 20; // claims of a relation
const MOST_SENTENCES = 5;

/** app: state, data, view, looks, and expand, show, select, choose, remove, pin, leaveWhole, showWay. */
export class Panel {
  constructor(room, app) {
    this.room = room;
    this.app = app;
    this.shown = "";
  }

  /** Bring the panel in step with the selection; the same selection is not read again unless the drawing changed. */
  update() {
    const { state, data, view } = this.app;
    const link = view.links.get(this.app.linkKey());
    const node = data.nodes.get(state.selected);
    const shown = JSON.stringify([state.selected, state.link, state.whole, data.nodes.size, link?.claims.length, state.drawn.find(([one]) => one === state.selected)?.[3]]);
    if (shown === this.shown) return;
    this.shown = shown;
    if (link) this.showLink(link);
    else if (node) this.showEntity(node);
    else this.room.replaceChildren();
  }

  /** Fill a part of the panel when an answer comes, unless something else is shown by then. */
  async fill(element, asked, build) {
    const shown = this.shown;
    element.append(make("p", { class: "muted small" }, "Reading …"));
    try {
      const told = await asked;
      if (shown === this.shown) element.replaceChildren(...build(told));
    } catch (error) {
      if (shown === this.shown) element.replaceChildren(make("p", { class: "notice small" }, error.message));
    }
  }

  showEntity(node) {
    const { app } = this;
    const { whole } = app.state;
    const look = app.looks[node.class_name];
    const drawn = app.countDrawn(node.name);
    const left = node.neighbours - drawn;
    const pinned = app.isPinned(node.name);
    const actions = whole
      ? [button("Explore from here", () => app.leaveWhole(node.name), { class: "strong" })]
      : [
          button(left > 0 ? `Show ${Math.min(STEP, left)} more` : "All neighbours shown", () => app.expand(node.name), { id: "expand", class: "strong", disabled: left <= 0 }),
          button(pinned ? "Unpin" : "Pin", () => app.pin(node.name), { id: "pin", "aria-pressed": String(pinned) }),
          button("Remove", () => app.remove(node.name), { id: "remove" }),
        ];
    const relations = make("div", { class: "relations" });
    const page = make("a", { href: node.path ?? "/search?q=" + encodeURIComponent(node.label) }, "Its page with all claims");
    this.room.replaceChildren(
      make("h2", { class: "title" }, makeShape(look), name(node.label)),
      make("p", { class: "muted small" }, look?.label ?? node.class_name, " · ", whole ? count(node.neighbours, "neighbour") : `${drawn.toLocaleString("en")} of ${count(node.neighbours, "neighbour")} shown`),
      make("p", { class: "small" }, page),
      make("div", { class: "actions" }, ...actions),
      relations,
    );
    this.fill(relations, countAround(node.name, whole ? [] : app.state.drawn.map(([one]) => one)), ({ path, relations: told }) => {
      page.href = node.path = path;
      return told.length ? [make("ul", { class: "relation-list" }, ...told.map((one) => this.makeRelation(node, one)))] : [make("p", { class: "muted small" }, "No claim joins it to others.")];
    });
  }

  makeRelation(node, relation) {
    const left = relation.total - relation.drawn;
    const claims = make("div", { hidden: true });
    const toggle = button("", () => {
      const open = toggle.getAttribute("aria-expanded") !== "true";
      toggle.setAttribute("aria-expanded", String(open));
      claims.hidden = !open;
      if (open && !claims.childElementCount) this.listClaims(claims, node, relation);
    }, { class: "plain toggle", "aria-expanded": "false" });
    toggle.append(make("span", {}, relation.label), " ", make("span", { class: "number" }, count(relation.claims, "claim")));
    const more = left && !this.app.state.whole
      ? button(`+${Math.min(STEP, left).toLocaleString("en")}`, () => this.app.expand(node.name, relation), { class: "add", "aria-label": `Show ${Math.min(STEP, left)} of ${left} more: ${relation.label}`, title: `${left.toLocaleString("en")} not shown yet` })
      : null;
    return make("li", {}, make("div", { class: "relation-head" }, toggle, more), claims);
  }

  listClaims(room, node, relation) {
    this.fill(room, readRelation(node.name, relation, MOST_LISTED), ({ claims, total }) => [
      make("ul", { class: "claims" }, ...claims.map((claim) => {
        const other = relation.inverse ? claim.subject : claim.object;
        return this.makeClaim(fromApi(claim), [this.makeSide(other)]);
      })),
      total > claims.length ? make("p", { class: "small" }, make("a", { href: `${node.path ?? ""}?relation=${encodeURIComponent(relation.predicate)}&direction=${relation.inverse ? "in" : "out"}` }, `All ${count(total, "claim")}`)) : null,
    ].filter(Boolean));
  }

  /** The other side of a claim: brings it into the drawing; a value is only told. */
  makeSide(thing) {
    if (thing.kind !== "entity") return make("span", { class: "literal" }, name(thing.label));
    const side = button("", () => this.app.show(thing.name), { class: "plain thing" });
    side.append(makeShape(this.app.looks[thing.class]), name(thing.label));
    return side;
  }

  /** One claim with its sentences on demand, or at once. */
  makeClaim(claim, head, open = false) {
    const proofs = make("div", { hidden: !open });
    const toggle = button(count(claim.evidences, "sentence"), () => {
      const now = toggle.getAttribute("aria-expanded") !== "true";
      toggle.setAttribute("aria-expanded", String(now));
      proofs.hidden = !now;
      if (now && !proofs.childElementCount) this.listSentences(proofs, claim);
    }, { class: "plain toggle small", "aria-expanded": String(open) });
    if (open) this.listSentences(proofs, claim);
    return make("li", { class: claim.negated ? "claim negated" : "claim" },
      make("div", { class: "claim-head" }, ...head, ...badges(claim)),
      make("div", { class: "small muted claim-foot" }, toggle, make("span", { title: "Confidence" }, claim.confidence.toFixed(2)), make("a", { href: `/claim/${claim.id}` }, "Claim")),
      proofs);
  }

  listSentences(room, claim) {
    this.fill(room, readClaim(claim.id), ({ evidence }) => [
      ...evidence.slice(0, MOST_SENTENCES).map((one) => make("figure", { class: "evidence" },
        make("blockquote", {}, makeSentence(one)),
        make("figcaption", { class: "small muted" }, make("a", { href: one.path }, name(one.title || one.document)), ` · ${one.certainty.toLowerCase()} · ${one.confidence.toFixed(2)}`))),
      evidence.length > MOST_SENTENCES ? make("p", { class: "small" }, make("a", { href: `/claim/${claim.id}` }, `All ${evidence.length} sentences`)) : null,
    ].filter(Boolean));
  }

  showLink(link) {
    const { nodes } = this.app.data;
    const [one, other] = [nodes.get(link.start), nodes.get(link.end)];
    const claims = make("div", {});
    this.room.replaceChildren(
      make("h2", {}, name(one.label), " – ", name(other.label)),
      make("p", { class: "muted small" }, `${count(link.claims.length, "claim")} ${link.claims.length === 1 ? "joins" : "join"} them`),
      claims,
    );
    const list = (found) => [make("ul", { class: "claims" }, ...found.map((claim, at) =>
      this.makeClaim(claim, [this.end(claim.start), make("span", { class: "muted" }, claim.label), this.end(claim.end)], at < 3)))];
    if (link.claims.every((claim) => claim.id)) claims.replaceChildren(...list(link.claims));
    else this.fill(claims, draw({ names: [link.start, link.end], most: 0 }), (told) => list(told.claims));
  }

  end(end) {
    const node = this.app.data.nodes.get(end);
    return this.makeSide({ kind: "entity", name: end, label: node?.label ?? end, class: node?.class_name });
  }

  /** List the ways between two entities. */
  findWays(room, from, to) {
    const looked = `${from} ${to}`;
    this.looked = looked;
    room.replaceChildren(make("p", { class: "muted small" }, "Looking …"));
    readWays(from, to).then(
      (told) => this.looked === looked && this.listWays(room, told),
      (error) => this.looked === looked && room.replaceChildren(make("p", { class: "notice small" }, error.message)),
    );
  }

  listWays(room, told) {
    if (!told.paths.length) {
      room.replaceChildren(make("p", { class: "muted small" }, told.complete ? "No way of up to 4 claims joins them." : "No way was found before the search was given up."));
      return;
    }
    const items = told.paths.map((path) => {
      const names = path.things.map((thing) => thing.name);
      const choice = button("", () => {
        for (const other of room.querySelectorAll("button[aria-pressed]")) other.setAttribute("aria-pressed", "false");
        choice.setAttribute("aria-pressed", "true");
        this.app.showWay(names);
      }, { class: "way", "aria-pressed": String(names.join(" ") === this.app.state.way.join(" ")) });
      path.things.forEach((thing, at) => {
        if (at) choice.append(make("span", { class: "step" }, ` ${wordStep(path.steps[at - 1][0], path.things[at - 1])} `));
        choice.append(name(thing.label));
      });
      return make("li", {}, choice);
    });
    room.replaceChildren(
      make("p", { class: "small muted" }, `${told.more ? "More than " : ""}${count(told.paths.length, "way")} of ${count(told.length, "claim")}`),
      make("ol", { class: "way-list" }, ...items),
    );
  }
}

const fromApi = (claim) => ({ ...claim, negated: claim.polarity === "Negated", possible: claim.certainty === "Possible" });
const wordStep = (claim, before) => (claim.subject.name === before.name ? `→ ${claim.predicate_label} →` : `← ${claim.predicate_label} ←`);

/** A sentence with the words that count marked; offsets count code points. */
function makeSentence({ sentence, highlights }) {
  const letters = [...sentence];
  const text = make("bdi");
  let at = 0;
  for (const { start, end, role } of highlights) {
    if (start < at) continue;
    text.append(letters.slice(at, start).join(""), make("mark", { class: role, title: role }, letters.slice(start, end).join("")));
    at = end;
  }
  text.append(letters.slice(at).join(""));
  return text;
}
