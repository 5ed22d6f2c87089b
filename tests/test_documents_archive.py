"""Tar archives, as PubMed Central gives them."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from document_samples import ARTICLES, read_all, refusal_of, write

JATS = (ARTICLES / "jats.nxml").read_bytes()
Member = tuple[tarfile.TarInfo, bytes]


def member(name: str, data: bytes = JATS, **fields: object) -> Member:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def packed(*members: Member) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


NAME = "oa_comm_xml.PMC000xxxxxx.baseline.2026-06-18.tar.gz"


def test_members_of_an_archive_are_documents(tmp_path: Path) -> None:
    data = packed(
        member("PMC000xxxxxx/", b"", type=tarfile.DIRTYPE),
        member("PMC000xxxxxx/PMC9000010.xml"),
        member("PMC000xxxxxx/notes.txt", b"HER2 is a receptor."),
        member("PMC000xxxxxx/._PMC9000010.xml", b"junk"),
    )
    docs, refusals = read_all(write(tmp_path / NAME, gzip.compress(data)))
    assert not refusals
    assert [(doc.id, doc.identifier, doc.source) for doc in docs] == [
        (
            "oa_comm_xml.PMC000xxxxxx.baseline.2026-06-18/PMC000xxxxxx_PMC9000010",
            "PMCID:PMC9000010",
            f"{NAME}/PMC000xxxxxx/PMC9000010.xml",
        ),
        (
            "oa_comm_xml.PMC000xxxxxx.baseline.2026-06-18/PMC000xxxxxx_notes",
            "notes.txt",
            f"{NAME}/PMC000xxxxxx/notes.txt",
        ),
    ]


@pytest.mark.parametrize("name", ["a.tar", "a.tgz", "a.tar.gz", "download"])
def test_archive_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    data = packed(member("one.xml"))
    docs, _ = read_all(write(tmp_path / name, data if name == "a.tar" else gzip.compress(data)))
    assert [doc.title for doc in docs] == ["PARP inhibitors in BRCA1-mutated cancer"]


def test_many_documents_of_one_member_are_read(tmp_path: Path) -> None:
    data = packed(member("pubmed.xml.gz", gzip.compress((ARTICLES / "pubmed.xml").read_bytes())))
    docs, _ = read_all(write(tmp_path / "a.tar", data))
    assert [doc.id for doc in docs] == ["a/pubmed/90000001", "a/pubmed/90000002", "a/pubmed/90000003"]


BAD_MEMBERS = {
    "up": (member("../../etc/passwd.txt"), "has a name that leads out of its archive"),
    "absolute": (member("/etc/passwd.txt"), "has a name that leads out of its archive"),
    "inner": (member("a/../../b.txt"), "has a name that leads out of its archive"),
    "symbolic": (member("a.xml", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"), "is a link to /etc/passwd"),
    "hard": (member("a.xml", b"", type=tarfile.LNKTYPE, linkname="first.xml"), "is a link to first.xml"),
    "pipe": (member("a.xml", b"", type=tarfile.FIFOTYPE), "is no plain file"),
    "device": (member("a.xml", b"", type=tarfile.CHRTYPE), "is no plain file"),
    "malformed": (member("a.xml", JATS[:-40]), "is malformed XML"),
    "empty": (member("a.xml", b""), "is empty"),
    "nested": (member("a.tar", packed(member("b.xml"))), "is an archive inside an archive"),
    "outside": (
        member("a.xml", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><article><p>&a;</p></article>'),
        "XML",
    ),
    "twice": (member("first.xml"), "has the name of a member before it"),
}


@pytest.mark.parametrize("case", BAD_MEMBERS)
def test_bad_member_costs_only_itself(tmp_path: Path, case: str) -> None:
    bad, reason = BAD_MEMBERS[case]
    path = write(tmp_path / "a.tar.gz", gzip.compress(packed(member("first.xml"), bad, member("last.xml"))))
    docs, refusals = read_all(path)
    assert [doc.id for doc in docs] == ["a/first", "a/last"]
    (refusal,) = refusals
    assert reason in str(refusal)
    assert str(refusal).startswith(f"{path}/")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.tar.gz"]


def test_huge_member_is_passed_over_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oncograph.documents.archive.MAX_MEMBER", 1_000_000)
    path = write(tmp_path / "a.tar", packed(member("big.txt", b"HER2 " * 1_000_000), member("last.xml")))
    docs, refusals = read_all(path)
    assert [doc.id for doc in docs] == ["a/last"]
    assert "big.txt: is too large (5 MB, the limit is 1 MB)" in str(refusals[0])


def test_damaged_header_costs_only_its_member(tmp_path: Path) -> None:
    data = bytearray(packed(member("one.xml"), member("two.xml"), member("three.xml")))
    place = data.index(b"two.xml")
    data[place : place + 20] = os.urandom(20)
    docs, refusals = read_all(write(tmp_path / "a.tar", bytes(data)))
    assert [doc.id for doc in docs] == ["a/one", "a/three"]
    assert f"the header at byte {place:,} is damaged" in str(refusals[0])


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_header_that_claims_a_huge_size_takes_no_memory(tmp_path: Path, kind: bytes) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = kind, 7_000_000_000
    data = packed(member("one.xml")).rstrip(b"\0")
    data += b"\0" * (-len(data) % 512) + header.tobuf(tarfile.GNU_FORMAT)[:512] + packed(member("last.xml"))
    docs, refusals = read_all(write(tmp_path / "a.tar", data))
    assert [doc.id for doc in docs] == ["a/one", "a/last"]
    assert "is damaged" in str(refusals[0])


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.77, 0.9])
def test_archive_that_is_cut_off_gives_the_members_before_the_cut(tmp_path: Path, share: float, zipped: bool) -> None:
    members = [member(f"{n}.txt", f"HER2 {os.urandom(600).hex()}".encode()) for n in range(200)]
    whole = gzip.compress(packed(*members)) if zipped else packed(*members)
    docs, refusals = read_all(write(tmp_path / "a.tar", whole[: int(len(whole) * share)]))
    assert abs(len(docs) - 200 * share) < 15
    (refusal,) = refusals
    assert "cut off" in str(refusal) or "unexpected end of data" in str(refusal)
    assert f"what stands before that place is read ({len(docs)} documents)" in str(refusal)


@pytest.mark.parametrize("data", [b"words only", b"\0" * 2048, os.urandom(3000)])
def test_what_is_called_an_archive_and_is_none_is_refused(tmp_path: Path, data: bytes) -> None:
    assert "archive" in refusal_of(write(tmp_path / "a.tar", data))


def test_archive_is_read_in_constant_memory(tmp_path: Path) -> None:
    body = JATS.replace(b"Olaparib inhibits PARP1.", b"Olaparib inhibits PARP1. " * 400)
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz", compresslevel=1) as archive:
        for number in range(10_000):
            info, _ = member(f"PMC000xxxxxx/PMC{number}.xml", body)
            archive.addfile(info, io.BytesIO(body))
    program = """
import resource, sys
from itertools import islice
from oncograph.documents import find_documents, read_documents
(file,) = find_documents([sys.argv[1]])
documents = read_documents(file)
sum(1 for _ in islice(documents, 1000))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(sum(1 for _ in documents), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.tar.gz")], capture_output=True, text=True, check=True
    )
    count, grown = map(int, done.stdout.split())
    assert count == 9_000
    assert grown < 20_000
