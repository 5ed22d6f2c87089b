"""A graph as a folder of N-Quads files for bulk loaders."""

import gzip
import hashlib
import json

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, parse

from graph_samples import make_store
from oncograph.errors import StoreError
from oncograph.publish import Selection
from oncograph.publish.shards import MANIFEST, write_shards


@pytest.fixture
def store(tmp_path):
    return make_store(tmp_path)


def read(folder):
    """Give the quads of the shards that a manifest names, after its figures were checked."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert {path.name for path in folder.iterdir()} == {MANIFEST, *(shard["name"] for shard in manifest["shards"])}
    found = []
    for shard in manifest["shards"]:
        data = (folder / shard["name"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (shard["bytes"], shard["sha256"])
        found.append([*parse(gzip.decompress(data), format=RdfFormat.N_QUADS)])
        assert len(found[-1]) == shard["quads"]
    assert sum(map(len, found)) == manifest["quads"]
    return found


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("options", [{"shards": 1}, {"shards": 7}, {"shards": 3_000}, {"size": 100}, {"size": 10**9}])
def test_shards_hold_the_graph_and_the_same_bytes_each_time(store, tmp_path, options):
    write_shards(store, tmp_path / "a", **options)
    write_shards(store, tmp_path / "b", **options)

    shards = read(tmp_path / "a")
    assert {quad for shard in shards for quad in shard} == set(store)
    assert sum(map(len, shards)) == len(store)
    assert len(shards) == options.get("shards", len(shards))
    assert all(len(shard) <= options.get("size", len(store)) for shard in shards)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_all_quads_of_a_subject_are_in_one_of_a_number_of_shards(store, tmp_path):
    write_shards(store, tmp_path / "shards", shards=5)

    subjects = [{quad.subject for quad in shard} for shard in read(tmp_path / "shards")]

    assert sum(map(len, subjects)) == len(set().union(*subjects))
    assert min(map(len, subjects)) > 0


@pytest.mark.parametrize("options", [{"shards": 4}, {"size": 10}])
def test_blank_nodes_are_in_one_shard(tmp_path, options):
    store, rest = Store(), NamedNode("e:rest")
    for number in range(50):
        store.add(Quad(NamedNode(f"e:{number}"), rest, NamedNode("e:o"), NamedNode(f"e:g{number % 3}")))
        store.add(Quad(BlankNode(f"b{number}"), rest, BlankNode(f"b{number + 1}"), NamedNode(f"e:g{number % 3}")))

    write_shards(store, tmp_path / "shards", **options)

    first, *others = read(tmp_path / "shards")
    assert sum(isinstance(quad.subject, BlankNode) for quad in first) == 50
    assert not any(isinstance(quad.subject, BlankNode) for shard in others for quad in shard)


def test_a_part_of_the_graph_is_written_as_shards_too(store, tmp_path):
    write_shards(store, tmp_path / "shards", shards=2, keep=Selection(documents=("lynch",)))

    assert 0 < sum(map(len, read(tmp_path / "shards"))) < len(store)


def test_shards_take_the_place_of_shards_and_of_nothing_else(store, tmp_path):
    write_shards(store, tmp_path / "shards", shards=5)
    write_shards(store, tmp_path / "shards", shards=2)
    assert len(read(tmp_path / "shards")) == 2
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("Dear", encoding="utf-8")

    with pytest.raises(StoreError, match="holds something else than shards"):
        write_shards(store, tmp_path / "letters", shards=5)

    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["dear.txt"]
    assert not list(tmp_path.glob(".shards*"))
