"""What joining makes of vocabularies, in the form that reading uses."""

from __future__ import annotations

import marshal
from array import array

import pytest

from oncograph.knowledge.vocabularies import compiled
from oncograph.knowledge.vocabularies.compiled import FIELDS, Entities
from oncograph.model import Concept


def _entities(concepts: list[Concept]) -> Entities:
    records = [marshal.dumps((*(getattr(one, name) for name in FIELDS[:-1]), one.grounding.value)) for one in concepts]
    starts = array("Q", [0])
    for record in records:
        starts.append(starts[-1] + len(record))
    return Entities(b"".join(records), starts)


def test_entities_are_found_by_their_iri_and_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "KNOWN_ENTITIES", 3)
    concepts = [Concept(f"e:{number}", f"thing {number}", "Disease") for number in range(9)]
    entities = _entities(concepts)
    assert [entities.find(one.iri) for one in concepts] == concepts
    assert list(entities) == concepts
    assert len(entities._known) <= 3
    assert entities.find("e:40") is None
    assert entities.find("z") is None
