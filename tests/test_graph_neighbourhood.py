"""Claims of an entity by conditions, neighbours and paths in a store made by hand."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, Quad, Store

import graph_samples
from oncograph.errors import QueryError
from oncograph.graph import terms
from oncograph.graph.deciding import Change, Request, decide
from oncograph.graph.describe import describe_entity
from oncograph.graph.neighbourhood import ClaimFilter, find_claims, find_neighbours, find_paths, group_claims
from oncograph.graph.snapshots import take_snapshot
from oncograph.graph.terms import onco
from oncograph.model import entity_iri


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    return folder / "store"


@pytest.fixture(scope="module")
def graph(folder):
    snapshot = take_snapshot(folder)
    return snapshot, (snapshot.index, snapshot.store)


def entity(label: str) -> NamedNode:
    return NamedNode(entity_iri(label))


def lines(claims) -> list[str]:
    return [f"{claim.subject.label} {claim.predicate} {claim.object.label}" for claim in claims]


def test_the_claims_of_an_entity_come_the_surest_first_and_page_by_page(graph):
    _, at = graph
    whole = find_claims(*at, entity("HER2"))
    first, second = (find_claims(*at, entity("HER2"), skip=skip, most=2) for skip in (0, 2))

    assert whole.total == first.total == len(whole.claims)
    assert whole.claims[:4] == first.claims + second.claims
    assert [claim.confidence for claim in whole.claims] == sorted((c.confidence for c in whole.claims), reverse=True)


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (ClaimFilter(predicates=("treatedBy",), polarity="Negated"), ["breast cancer treatedBy docetaxel"]),
        (ClaimFilter(predicates=("hasSymptom",)), ["breast cancer hasSymptom breast lump"]),
        (ClaimFilter(direction="in", predicates=("isA",)), ["HER2-positive breast cancer isA breast cancer"]),
        (ClaimFilter(direction="out", predicates=("isA",)), []),
        (ClaimFilter(classes=("Gene",)), ["ERBB2 alteredIn breast cancer"]),
        (ClaimFilter(classes=("drug",), polarity="affirmed"),
         ["breast cancer treatedBy docetaxel", "breast cancer treatedBy trastuzumab"]),
        (ClaimFilter(confidence=0.9), ["HER2-positive breast cancer isA breast cancer"]),
        (ClaimFilter(certainty="Possible"), []),
    ],
)  # fmt: skip
def test_claims_are_kept_by_conditions(graph, keep, expected):
    page = find_claims(*graph[1], entity("breast cancer"), keep)

    assert sorted(lines(page.claims)) == expected
    assert page.total == len(expected)


def test_an_inverse_relation_keeps_what_it_reads_backwards(graph):
    _, at = graph

    assert lines(find_claims(*at, entity("trastuzumab"), ClaimFilter(predicates=("targets",))).claims) == [
        "HER2 targetedBy trastuzumab"
    ]
    assert find_claims(*at, entity("HER2"), ClaimFilter(predicates=("targets",))).total == 0


@pytest.mark.parametrize(
    ("keep", "told"),
    [
        (ClaimFilter(polarity="maybe"), "choose Affirmed, Negated"),
        (ClaimFilter(predicates=("treats' OR 1",)), "there is no relation"),
        (ClaimFilter(classes=("Gen",)), "did you mean Gene"),
        (ClaimFilter(status="x"), "choose Accepted, Corrected, Rejected, None, Any"),
    ],
)
def test_a_condition_that_means_nothing_is_refused(graph, keep, told):
    with pytest.raises(QueryError, match=told):
        find_claims(*graph[1], entity("HER2"), keep)


@pytest.mark.parametrize("label", ["HER2", "breast cancer", "trastuzumab", "Lynch syndrome"])
def test_the_index_groups_claims_as_the_store_does(graph, label):
    index, store = graph[1]

    for most in (1, 100):
        groups = group_claims(index, store, entity(label), most=most)
        assert groups == describe_entity(store, entity(label), most_claims=most).groups


def test_neighbours_are_capped_and_the_others_counted(graph):
    whole = find_neighbours(*graph[1], entity("breast cancer"))
    some = find_neighbours(*graph[1], entity("breast cancer"), most=2)

    assert (whole.shown, whole.left_out) == (whole.total, ())
    assert (some.shown, some.total) == (2, whole.total)
    assert some.neighbours == whole.neighbours[:2]
    assert sum(left.count for left in some.left_out) >= whole.total - 2
    assert {claim.subject for claim in some.claims} | {claim.object for claim in some.claims} == {
        some.centre,
        *some.neighbours,
    }


def test_the_shortest_paths_are_found_along_claims_in_either_direction(graph):
    answer = find_paths(*graph[1], entity("immunohistochemistry"), entity("breast cancer"))

    assert [[thing.label for thing in path.things] for path in answer.paths] == [
        ["immunohistochemistry", "HER2", "trastuzumab", "breast cancer"]
    ]
    assert [lines(step) for step in answer.paths[0].steps] == [
        ["HER2 testedBy immunohistochemistry"],
        ["HER2 targetedBy trastuzumab"],
        ["breast cancer treatedBy trastuzumab"],
    ]
    assert (answer.length, answer.more, answer.complete) == (3, False, True)


def test_there_may_be_no_path_or_none_that_is_short_enough(graph):
    _, at = graph

    assert find_paths(*at, entity("HER2"), entity("Lynch syndrome")).paths == ()
    assert find_paths(*at, entity("immunohistochemistry"), entity("breast cancer"), longest=2).paths == ()


def test_what_a_curator_rejected_is_left_out_without_a_new_index(folder, tmp_path):
    graph_samples.make_store(tmp_path)
    rejected = find_claims(*at(tmp_path / "store"), entity("HER2"), ClaimFilter(classes=("Drug",))).claims[0]
    store = Store(str(tmp_path / "store"))
    store.add(Quad(NamedNode(rejected.iri), terms.STATUS, onco("Rejected"), terms.CURATION_GRAPH))
    store.flush()
    del store

    now = at(tmp_path / "store")
    assert find_claims(*now, entity("HER2"), ClaimFilter(classes=("Drug",))).total == 0
    (claim,) = find_claims(*now, entity("HER2"), ClaimFilter(status="rejected")).claims
    assert (claim.iri, claim.status) == (rejected.iri, "Rejected")
    assert find_paths(*now, entity("HER2"), entity("trastuzumab")).paths == ()


def test_what_a_curator_corrected_is_found_as_it_should_be(tmp_path):
    graph_samples.make_store(tmp_path)
    (wrong,) = find_claims(*at(tmp_path / "store"), entity("HER2"), ClaimFilter(classes=("Drug",))).claims
    change = Change(object="pertuzumab")
    decide(tmp_path, [Request("correct", wrong.iri, change=change)], curator="Ada")

    now = at(tmp_path / "store")
    assert lines(find_claims(*now, entity("HER2"), ClaimFilter(classes=("Drug",))).claims) == [
        "HER2 targetedBy pertuzumab"
    ]
    assert "pertuzumab" in {thing.label for thing in find_neighbours(*now, entity("HER2")).neighbours}
    assert find_paths(*now, entity("HER2"), entity("pertuzumab")).length == 1
    assert lines(find_claims(*now, entity("HER2"), ClaimFilter(status="Corrected")).claims) == [
        "HER2 targetedBy trastuzumab"
    ]


def test_a_doubt_that_a_curator_added_counts(tmp_path):
    graph_samples.make_store(tmp_path)
    (claim,) = find_claims(*at(tmp_path / "store"), entity("HER2"), ClaimFilter(classes=("Drug",))).claims
    decide(tmp_path, [Request("correct", claim.iri, change=Change(certainty="possible"))], curator="Ada")

    (found,) = find_claims(*at(tmp_path / "store"), entity("HER2"), ClaimFilter(certainty="Possible")).claims
    assert (found.iri, found.certainty) == (claim.iri, "Possible")


def at(path):
    snapshot = take_snapshot(path)
    _kept.append(snapshot)
    return snapshot.index, snapshot.store


_kept: list[object] = []
"""Snapshots last as long as something refers to them."""
