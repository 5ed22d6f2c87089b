import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, NamedNode, Store

from graph_samples import RULES, make_ontology, make_readings
from oncograph.errors import CurationError, QueryError
from oncograph.graph import check_store, open_store, run_query, terms, write_store
from oncograph.graph.curation import DESCRIBED_FILE, curate, summarise_curation
from oncograph.graph.deciding import Change, Request, catch_up, decide, find_claim, make_decisions
from oncograph.graph.inference import infer_quads
from oncograph.graph.journal import JOURNAL, Journal
from oncograph.graph.merging import ClaimKey
from oncograph.knowledge import find_ontology
from oncograph.model import ONTOLOGY, Polarity, entity_iri

SUBJECTS = ["HER2", "trastuzumab", "breast cancer", "HER2-positive breast cancer", "carcinoma", "pertuzumab"]
PREDICATES = ["targetedBy", "isA", "treatedBy", "combinedWith", "encodedBy", "treats"]
CHANGES = st.builds(
    Change,
    subject=st.sampled_from(["", *SUBJECTS]),
    predicate=st.sampled_from(["", *PREDICATES]),
    object=st.sampled_from(["", *SUBJECTS, "Receptor", "ERBB2"]),
    polarity=st.sampled_from(["", "negated", "affirmed"]),
    certainty=st.sampled_from(["", "stated", "possible"]),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["accept", "reject", "correct", "correct", "comment", "undo"]), st.integers(0, 30), CHANGES
    ),
    max_size=8,
)


def claim(subject: str, predicate: str, obj: str, polarity: Polarity = Polarity.AFFIRMED) -> str:
    obj = obj if obj.startswith(ONTOLOGY) else entity_iri(obj)
    return terms.CLAIM + ClaimKey(entity_iri(subject), predicate, obj, polarity).digest()


TARGETED = claim("HER2", "targetedBy", "trastuzumab")


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[list, set[str]]:
    folder = tmp_path_factory.mktemp("built")
    write_store(folder / "store", make_readings(), make_ontology(), RULES)
    described = set((folder / "store" / DESCRIBED_FILE).read_text(encoding="utf-8").splitlines())
    return list(open_store(folder / "store")), described


@pytest.fixture
def folder(tmp_path) -> Path:
    write_store(tmp_path / "store", make_readings(), make_ontology(), RULES)
    return tmp_path


def fresh(built) -> tuple[Store, set[str]]:
    store = Store()
    store.extend(built[0])
    return store, set(built[1])


def lines(store: Store) -> list[str]:
    return sorted(map(str, store))


def ask(folder: Path, query: str) -> bool:
    return bool(run_query(open_store(folder / "store"), f"ASK {{ {query} }}").boolean)


def decide_one(folder: Path, action: str, name: str, comment: str = "", **change: str):
    return decide(folder, [Request(action, name, comment, Change(**change))], curator="Ada")[0]


def take(store: Store, described: set[str], known: list, step) -> None:
    """Make one random decision and bring the store to it, if it can be made."""
    action, number, change = step
    names = sorted({quad.subject.value for quad in store.quads_for_pattern(None, terms.TYPE, terms.CLAIM_CLASS, None)})
    name = names[number % len(names)]
    if action == "undo":
        if not known:
            return
        name = known[number % len(known)].id
    try:
        known += make_decisions(store, known, [Request(action, name, "why", change)], curator="Ada")
    except (CurationError, QueryError):
        return
    curate(store, known, described)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_deciding_after_a_build_gives_the_graph_of_a_build_with_the_journal(built, steps):
    store, described = fresh(built)
    known: list = []
    for step in steps:
        take(store, described, known, step)
    again, also_described = fresh(built)
    curate(again, known, also_described)
    assert lines(store) == lines(again)

    links = {
        (quad.subject.value, quad.predicate.value, quad.object.value)
        for quad in store.quads_for_pattern(None, None, None, DefaultGraph())
        if isinstance(quad.object, NamedNode) and not quad.subject.value.startswith(terms.CLAIM)
    }
    inferred = store.quads_for_pattern(None, None, None, terms.INFERRED_GRAPH)
    assert set(inferred) == set(infer_quads(links, make_ontology()))
    described_quads = sum(quad.subject.value.startswith(terms.DATASET.value) for quad in store)
    total = next(store.quads_for_pattern(terms.DATASET, terms.VOID_TRIPLES, None, None)).object.value
    assert int(total) == len(store) - described_quads
    assert len({str(quad.triple) for quad in store}) == len(store)

    if known:  # with all of it undone, the graph is as built but for the decisions themselves
        undo = [Request("undo", one.id) for one in reversed(known) if one.action != "undo"]
        for request in undo:
            try:
                known += make_decisions(store, known, [request], curator="Ada")
            except CurationError:
                continue
        curate(store, known, described)
        rest = [line for line in lines(store) if "/decision/" not in line and "dataset>" not in line]
        assert rest == [line for line in lines(fresh(built)[0]) if "dataset>" not in line]


def test_a_build_honours_the_journal(folder):
    decide_one(folder, "reject", TARGETED)
    decide_one(folder, "correct", claim("HER2-positive breast cancer", "isA", "breast cancer"), object="carcinoma")
    decide_one(folder, "accept", claim("trastuzumab", "hasAdverseEffect", "cardiotoxicity"))
    before = lines(open_store(folder / "store"))
    journal = Journal(folder / JOURNAL)
    write_store(folder / "store", reversed(make_readings()), make_ontology(), RULES, journal=journal)
    assert lines(open_store(folder / "store")) == before
    summary = summarise_curation(open_store(folder / "store"), journal.read())
    assert (summary.accepted, summary.rejected, summary.corrected) == (2, 1, 1)
    assert (summary.withdrawn, summary.added, summary.waiting) == (2, 1, ())


def test_a_decision_made_while_a_build_runs_is_in_what_it_builds(folder):
    def read_slowly():
        yield from make_readings()
        decide_one(folder, "reject", TARGETED)

    write_store(folder / "store", read_slowly(), make_ontology(), RULES, journal=Journal(folder / JOURNAL))
    assert not ask(folder, "entity:HER2 onco:targetedBy entity:trastuzumab")


def test_rejected_claim_gives_no_fact_and_nothing_that_follows(folder):
    assert ask(folder, "entity:trastuzumab onco:targets entity:HER2")
    decide_one(folder, "reject", TARGETED, "the sentence is about a trial")
    assert not ask(folder, "entity:HER2 onco:targetedBy entity:trastuzumab")
    assert not ask(folder, "entity:trastuzumab onco:targets entity:HER2")
    assert ask(folder, f"<{TARGETED}> a onco:Claim ; onco:curationStatus onco:Rejected")


def test_a_fact_that_a_vocabulary_has_too_outlives_its_claim(folder):
    name = claim("HER2-positive breast cancer", "isA", "breast cancer")
    subject = f"<{entity_iri('HER2-positive breast cancer')}>"
    decide_one(folder, "reject", name)
    assert not ask(folder, f"{subject} onco:isA <{entity_iri('breast cancer')}>")
    assert ask(folder, f"{subject} skos:broader <{entity_iri('breast cancer')}>")


def test_undo_brings_the_fact_back(folder):
    before = {line for line in lines(open_store(folder / "store")) if "/void#" not in line and "void" not in line}
    decision = decide_one(folder, "reject", TARGETED)
    decide_one(folder, "undo", decision.id)
    assert ask(folder, "entity:trastuzumab onco:targets entity:HER2")
    rest = {line for line in lines(open_store(folder / "store")) if "/decision/" not in line and "void" not in line}
    assert rest == before
    with pytest.raises(CurationError, match="undone already"):
        decide_one(folder, "undo", decision.id)


def test_corrected_claim_gives_the_other_with_the_same_sentences(folder):
    decide_one(folder, "correct", TARGETED, "", object="pertuzumab")
    other = claim("HER2", "targetedBy", "pertuzumab")
    assert ask(folder, "entity:pertuzumab onco:targets entity:HER2")
    assert not ask(folder, "entity:HER2 onco:targetedBy entity:trastuzumab")
    assert ask(folder, f"GRAPH onco:curation {{ <{other}> prov:wasRevisionOf <{TARGETED}> }}")
    found = run_query(open_store(folder / "store"), f"SELECT ?e {{ <{TARGETED}> onco:supportedBy ?e }}").rows
    kept = run_query(open_store(folder / "store"), f"SELECT ?e {{ <{other}> onco:supportedBy ?e }}").rows
    assert sorted(found) == sorted(kept)
    assert ask(folder, f"<{other}> onco:curationStatus onco:Accepted ; onco:evidenceCount {len(found)}")


def test_certainty_is_corrected_in_place(folder):
    name = claim("trastuzumab", "hasAdverseEffect", "cardiotoxicity")
    assert not ask(folder, "entity:trastuzumab onco:hasAdverseEffect entity:cardiotoxicity")
    decision = decide_one(folder, "correct", name, certainty="stated")
    assert ask(folder, "entity:trastuzumab onco:hasAdverseEffect entity:cardiotoxicity")
    assert ask(folder, f"<{name}> onco:certainty onco:Stated ; onco:curationStatus onco:Accepted")
    decide_one(folder, "undo", decision.id)
    assert ask(folder, f"<{name}> onco:certainty onco:Possible")


def test_accepted_claim_that_is_hedged_stays_possible(folder):
    name = claim("trastuzumab", "hasAdverseEffect", "cardiotoxicity")
    decide_one(folder, "accept", name)
    assert ask(folder, f"<{name}> onco:certainty onco:Possible ; onco:curationStatus onco:Accepted")
    assert not ask(folder, "entity:trastuzumab onco:hasAdverseEffect entity:cardiotoxicity")


def test_decision_on_a_claim_that_no_document_makes_any_more_is_kept_and_reported(folder):
    decide_one(folder, "reject", TARGETED)
    journal = Journal(folder / JOURNAL)
    write_store(folder / "store", make_readings()[2:], make_ontology(), RULES, journal=journal)
    store = open_store(folder / "store")
    assert summarise_curation(store, journal.read()).waiting == ("reject: HER2 targetedBy trastuzumab",)
    write_store(folder / "store", make_readings(), make_ontology(), RULES, journal=journal)
    assert not ask(folder, "entity:HER2 onco:targetedBy entity:trastuzumab")


def test_curated_graph_meets_the_shapes(folder):
    test_a_build_honours_the_journal(folder)
    decision = decide_one(folder, "comment", TARGETED, 'a "comment" <b> \\ \n with everything \ud800\u202e')
    decide_one(folder, "undo", decision.id)
    found = check_store(open_store(folder / "store"), find_ontology() / "shapes" / "graph.ttl")
    assert [one for one in found if one.severity == "Violation" and one.path != "onco:refersTo"] == []


def test_correction_to_what_was_rejected_is_refused(folder):
    decision = decide_one(folder, "reject", TARGETED)
    with pytest.raises(CurationError, match=f"undo decision {decision.id} first"):
        decide_one(folder, "correct", claim("HER2", "testedBy", "immunohistochemistry"), predicate="targetedBy",
                   object="trastuzumab")  # fmt: skip


@pytest.mark.parametrize(
    ("action", "change", "message"),
    [
        ("correct", {}, "changes nothing"),
        ("correct", {"object": "HER2"}, "joins an entity to itself"),
        ("correct", {"object": "nobody"}, "nobody"),
        ("correct", {"predicate": "hasPrevalence"}, "takes words"),
        ("correct", {"polarity": "maybe"}, "choose one of affirmed, negated"),
        ("applaud", {}, "is no action"),
        ("comment", {}, "the comment is empty"),
    ],
)
def test_request_that_cannot_be_met_is_refused_and_nothing_is_decided(folder, action, change, message):
    before = lines(open_store(folder / "store"))
    with pytest.raises((CurationError, QueryError), match=message):
        decide(folder, [Request("accept", TARGETED), Request(action, TARGETED, "", Change(**change))], curator="Ada")
    assert Journal(folder / JOURNAL).read() == []
    assert lines(open_store(folder / "store")) == before


def test_what_a_killed_process_kept_but_did_not_apply_is_caught_up_with(folder):
    store = open_store(folder / "store")
    Journal(folder / JOURNAL).append(make_decisions(store, [], [Request("reject", TARGETED)], curator="Ada"))
    assert catch_up(folder)
    assert not ask(folder, "entity:HER2 onco:targetedBy entity:trastuzumab")
    assert not catch_up(folder)


@pytest.mark.parametrize("name", ["", "claim:", "claim:zz", "nothing", "claim:" + "0" * 20, "entity:HER2", "\ud800"])
def test_name_of_no_claim_is_refused(folder, name):
    with pytest.raises(CurationError):
        find_claim(open_store(folder / "store"), name)


WRITER = """
import sys
from pathlib import Path
from oncograph.graph.deciding import Request, decide
folder, claim, start = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(start, start + 1000):
    made = decide(folder, [Request("comment", claim, f"number {number} " + "x" * 500)], curator="Ada")
    print(made[0].id, flush=True)
"""


def start_writer(folder: Path, start: int) -> subprocess.Popen:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent / "src")}
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), TARGETED, str(start)], env=environment, stdout=subprocess.PIPE
    )


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_killing_writers_at_any_moment_loses_nothing_that_was_answered(folder, request):
    chance = random.Random(7)
    answered: list[str] = []
    for round_ in range(request.config.getoption("kill_rounds")):
        writers = [start_writer(folder, 10_000 * round_ + 5_000 * one) for one in range(2)]
        first = [writer.stdout.readline() for writer in writers]  # both are at work
        time.sleep(chance.random())
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
        for begun, writer in zip(first, writers, strict=True):
            answered += (begun + writer.communicate()[0]).decode().splitlines()
        known = [decision.id for decision in Journal(folder / JOURNAL).read()]
        assert len(set(known)) == len(known)
        assert answered
        assert set(answered) <= set(known)
        catch_up(folder)
        found = open_store(folder / "store").quads_for_pattern(None, terms.TYPE, terms.DECISION_CLASS, None)
        assert {quad.subject.value.removeprefix(terms.DECISION) for quad in found} == set(known)
