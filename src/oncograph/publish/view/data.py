"""The values that the page's script reads: plain lists, each thing once, others pointing to it by number."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from oncograph.model import BASE, ONTOLOGY
from oncograph.publish.view.contents import ClaimNode, Contents, Entity, Proof, ancestors
from oncograph.publish.view.layout import Box, join_in, lay_out

PREFIXES = {"onco": ONTOLOGY, **{name: f"{BASE}{name}/" for name in ("entity", "claim", "evidence", "doc", "rule")}}
MOST_PROOFS = 25
LABEL_LETTERS = 26
LETTER_WIDTH = 6.6
LINE_HEIGHT = 15
GUEST_WIDTH = 60.0


@dataclass(frozen=True, slots=True)
class _Places:
    """Where each thing stands in its list."""

    entities: Mapping[str, int]
    predicates: Mapping[str, int]
    documents: Mapping[str, int]
    quotes: Mapping[str, int]
    rules: Mapping[str, int]

    @classmethod
    def of(cls, contents: Contents) -> _Places:
        return cls(
            {entity.iri: index for index, entity in enumerate(contents.entities)},
            {name: index for index, name in enumerate(contents.predicates)},
            {source.iri: index for index, source in enumerate(contents.documents)},
            {quote.iri: index for index, quote in enumerate(contents.quotes)},
            {rule: index for index, rule in enumerate(contents.rules)},
        )


def make_data(contents: Contents, *, title: str, opening: int, total: int) -> dict[str, Any]:
    """Make the values that the page's script reads; names are one letter where there are thousands of them."""
    places = _Places.of(contents)
    classes, families = _make_classes(contents)
    class_place = {one["name"]: index for index, one in enumerate(classes)}
    claims = [_make_claim(claim, places, contents.classes) for claim in contents.claims]
    degrees = [0] * len(contents.entities)
    for claim in claims:
        if "o" in claim and claim["s"] != claim["o"]:
            degrees[claim["s"]] += 1
            degrees[claim["o"]] += 1
    nodes = [_make_node(entity, class_place, degree) for entity, degree in zip(contents.entities, degrees, strict=True)]
    background = [[places.entities[s], places.predicates[p], places.entities[o]] for s, p, o in contents.background]
    opening_places, all_places = _place_nodes(nodes, claims, background, opening)
    for node, (x, y) in zip(nodes, all_places, strict=True):
        node.update(x=x, y=y)
    return {
        "title": title,
        "total": total,
        "prefixes": PREFIXES,
        "families": families,
        "classes": classes,
        "predicates": [{"name": name, "label": label} for name, label in contents.predicates.items()],
        "rules": [{"iri": _compact(iri), "label": label} for iri, label in contents.rules.items()],
        "documents": [
            _without_empty({"iri": _compact(d.iri), "t": d.title, "i": d.identifier, "s": d.source, "u": d.url})
            for d in contents.documents
        ],
        "quotes": [[places.documents[q.document], q.start, q.end, q.text, q.before, q.after] for q in contents.quotes],
        "nodes": nodes,
        "opening": opening_places,
        "claims": claims,
        "background": background,
    }


def _make_classes(contents: Contents) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Give each class the family, with colour and shape, of its nearest superclass that has one."""
    style = json.loads(files("oncograph.publish.view").joinpath("families.json").read_text(encoding="utf-8"))
    styled = [family["class"] for family in style["families"]]
    used = {entity.class_name for entity in contents.entities}
    home = {}
    for name in sorted(used):
        line = ancestors(name, contents.parents)
        home[name] = next((one for one in line if one in styled), line[0])
    others = sorted({family for family in home.values() if family not in styled})
    looks = {family["class"]: family for family in style["families"]}
    looks |= {name: style["spare"][index % len(style["spare"])] for index, name in enumerate(others)}
    names = [name for name in [*styled, *others] if name in home.values()]
    families = [
        {"label": _class_label(contents, name), "color": looks[name]["color"], "shape": looks[name]["shape"]}
        for name in names
    ]
    classes = [
        {"name": name, "label": _class_label(contents, name), "f": names.index(home[name]) if name in home else -1}
        for name in sorted(used | contents.classes.keys())
    ]
    return classes, families


def _class_label(contents: Contents, name: str) -> str:
    return contents.classes.get(name) or "".join(" " + c.lower() if c.isupper() else c for c in name).strip()


def _make_node(entity: Entity, class_place: Mapping[str, int], degree: int) -> dict[str, Any]:
    return _without_empty(
        {
            "i": _compact(entity.iri),
            "l": entity.label,
            "c": class_place[entity.class_name],
            "a": list(entity.synonyms),
            "d": entity.definition,
            "n": [list(pair) for pair in entity.identifiers],
            "u": entity.grounding == "Ungrounded",
            "g": degree,
        },
        keep=("c", "g"),
    )


def _make_claim(claim: ClaimNode, places: _Places, classes: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "i": _compact(claim.iri),
        "s": places.entities[claim.subject],
        "p": places.predicates[claim.predicate],
        "n": int(claim.negated),
        "h": int(claim.possible),
        "v": dict(claim.value),
        "q": [[name, places.entities.get(value, value)] for name, value in claim.qualifiers],
    }
    if claim.kind == "entity":
        made["o"] = places.entities[claim.object]
    else:
        made["t"] = classes.get(claim.object.rsplit("#", 1)[-1], "") if claim.kind == "class" else claim.object
        made["k"] = claim.object if claim.kind == "class" else ""
    if claim.confidence is not None:
        made["f"] = claim.confidence
    if claim.accepted:
        made["a"] = 1
    made["e"] = [_make_proof(proof, places) for proof in claim.proofs[:MOST_PROOFS]]
    made["m"] = max(0, len(claim.proofs) - MOST_PROOFS)
    return _without_empty(made, keep=("s", "o", "p", "e", "f", "t"))


def _make_proof(proof: Proof, places: _Places) -> dict[str, Any]:
    return _without_empty(
        {
            "s": places.quotes[proof.quote],
            "r": [places.rules[rule] for rule in proof.rules],
            "h": int(proof.possible),
            "f": proof.confidence,
            "a": proof.subjects,
            "b": proof.objects,
            "c": proof.cues,
        },
        keep=("s", "r"),
    )


def _place_nodes(
    nodes: Sequence[Mapping[str, Any]], claims: Sequence[Mapping[str, Any]], background: Sequence[Any], opening: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Place the entities of the opening by themselves, with room for every label, and all of them together."""
    boxes = [_box(node) for node in nodes]
    links = [
        (claim["s"], claim["o"], 0.3 if claim.get("n") or claim.get("h") else 1.0)
        for claim in claims
        if "o" in claim and claim["s"] != claim["o"]
    ]
    linked = sorted({node for link in links for node in link[:2]})
    place = {node: index for index, node in enumerate(linked)}
    among = lay_out([boxes[node] for node in linked], [(place[a], place[b], weight) for a, b, weight in links])
    known = [among[place[node]] if node in place else None for node in range(len(nodes))]
    guests = [Box(min(box.width, GUEST_WIDTH), box.height) for box in boxes]
    among_all = [box if node in place else guest for node, (box, guest) in enumerate(zip(boxes, guests, strict=True))]
    everything = join_in(known, among_all, [(s, o, 1.0) for s, _, o in background])
    if len(nodes) <= opening:
        return everything, everything
    first = [link for link in links if link[0] < opening and link[1] < opening]
    return lay_out(boxes[:opening], first), everything


def _box(node: Mapping[str, Any]) -> Box:
    size = 2 * node_size(node["g"])
    width = min(len(node["l"]), LABEL_LETTERS) * LETTER_WIDTH
    return Box(max(size, width) + 12, size + LINE_HEIGHT + 10)


def node_size(degree: int) -> int:
    """Size of a node by the number of its links; halves are never reached, so any machine rounds alike.

    >>> node_size(0), node_size(25), node_size(10_000)
    (7, 15, 26)
    """
    return min(26, 7 + int(1.6 * degree**0.5 + 0.01))


def _compact(iri: str) -> str:
    """Shorten an IRI of our own to `prefix:name`; the script expands it again."""
    return next((f"{name}:{iri[len(base) :]}" for name, base in PREFIXES.items() if iri.startswith(base)), iri)


def _without_empty(values: Mapping[str, Any], *, keep: Sequence[str] = ()) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value or name in keep}
