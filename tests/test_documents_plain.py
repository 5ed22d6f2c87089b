"""Plain text and its encodings."""

from __future__ import annotations

import codecs
import contextlib
import gzip
import hashlib
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from document_samples import check_blocks, outline, read_one, refusal_of, write
from oncograph.documents.encoding import decode_text, mend_surrogates
from oncograph.documents.refusal import UnreadableError

TEXT = "HER2 and TNF-α\r\n\r\nThe patient’s tumour – 20 % naïve – grew.\r\n"


def test_text_is_kept_to_the_character(tmp_path: Path) -> None:
    text = "  HER2\r\n\r\nTabs\tand  spaces\rand\x0cform feeds \u200f\u202eright to left\u202c stay.\n\n\n"
    doc = read_one(write(tmp_path / "her2.txt", text))
    assert doc.text == text


def test_document_says_what_and_where_it_is(tmp_path: Path) -> None:
    data = b"HER2 and cancer\n\nHER2 is a receptor."
    doc = read_one(write(tmp_path / "HER2 notes.txt", data))
    assert (doc.id, doc.source, doc.identifier) == ("HER2_notes", "HER2 notes.txt", "HER2 notes.txt")
    assert doc.media_type == "text/plain"
    assert doc.sha256 == hashlib.sha256(data).hexdigest()
    assert doc.title == "HER2 and cancer"
    assert outline(doc) == [("title1", "HER2 and cancer"), ("paragraph", "HER2 is a receptor.")]


def test_text_without_title_is_called_as_its_file(tmp_path: Path) -> None:
    assert read_one(write(tmp_path / "her2.txt", "HER2 is a receptor, and it is found on cells.")).title == "her2"


def test_gzip_changes_nothing_but_names(tmp_path: Path) -> None:
    plain = read_one(write(tmp_path / "a.txt", TEXT))
    zipped = read_one(write(tmp_path / "b.txt.gz", gzip.compress(TEXT.encode())))
    assert (zipped.text, zipped.blocks, zipped.sha256, zipped.id) == (plain.text, plain.blocks, plain.sha256, "b")


@pytest.mark.parametrize("name", ["README", "notes.text", "notes.unknown", "v1.2"])
def test_text_of_any_other_name_is_read_as_plain(tmp_path: Path, name: str) -> None:
    assert read_one(write(tmp_path / name, TEXT)).text == TEXT


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (TEXT.encode(), "UTF-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "UTF-8 with mark"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "UTF-16 LE with mark"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "UTF-16 BE with mark"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "UTF-32 LE with mark"),
        (codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"), "UTF-32 BE with mark"),
        (TEXT.encode("utf-16-le"), "UTF-16 LE without mark"),
        (TEXT.encode("utf-16-be"), "UTF-16 BE without mark"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_encoding_is_found(data: bytes, why: str) -> None:
    assert decode_text(data) == TEXT


def test_windows_1252_is_read_where_utf8_does_not_fit() -> None:
    text = "The patient’s tumour – 20 % naïve – cost 5 €. “Quoted” words."
    assert decode_text(text.encode("cp1252")) == text


def test_utf8_cut_inside_a_character_stays_utf8() -> None:
    data = "TNF-α, IFN-γ, NF-κB and β-catenin – naïve".encode() + "α".encode()[:1]
    assert decode_text(data) == "TNF-α, IFN-γ, NF-κB and β-catenin – naïve\ufffd"


def test_other_encoding_is_read_only_when_it_can_be_told() -> None:
    text = "Рак молочной железы с амплификацией гена лечат трастузумабом и пертузумабом. " * 5
    assert decode_text(text.encode("cp1251")) == text


@pytest.mark.parametrize(
    "data",
    [
        b"HER2\0 is a receptor",
        bytes(range(256)) * 4,
        b"\x01\x02\x03\x04 binary \x05\x06" * 50,
        b"\0" * 1000,
        "雨が降る".encode("utf-16-le") + b"\0",
        codecs.BOM_UTF16_LE + b"A\0\0\0B\0",
    ],
)
def test_what_is_not_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="is not text"):
        decode_text(data)


@pytest.mark.parametrize("data", [b" \n\t\r\n ", "\u00a0\u2003\n".encode(), codecs.BOM_UTF8])
def test_text_without_words_is_refused(tmp_path: Path, data: bytes) -> None:
    assert refusal_of(write(tmp_path / "a.txt", data)).endswith("holds no text (only white space); leave it out")


@given(st.text(min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_text_comes_back_as_it_was_written(tmp_path: Path, text: str) -> None:
    if not text.strip() or "\0" in text or text.startswith("\ufeff") or _is_binary(text):
        return
    doc = read_one(write(tmp_path / "a.txt", "HER2 is found here.\n" + text))
    assert doc.text == "HER2 is found here.\n" + text
    check_blocks(doc)


def _is_binary(text: str) -> bool:
    return any(ord(char) < 32 and char not in "\t\n\v\f\r\x1b" for char in text)


@given(st.text("abcdefgh ,.\n\tαβéß–’", min_size=40))
def test_utf16_without_mark_comes_back(text: str) -> None:
    text = "The receptor is found here. " + text
    assert decode_text(text.encode("utf-16-le")) == text
    assert decode_text(text.encode("utf-16-be")) == text


@given(st.binary(min_size=1))
def test_any_bytes_give_text_or_a_refusal(data: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        decode_text(data).encode("utf-8")


@given(st.text(st.characters()))
def test_mending_makes_text_fit_for_utf8_and_changes_no_other(text: str) -> None:
    mended = mend_surrogates(text)
    mended.encode("utf-8")
    if not any("\ud800" <= char <= "\udfff" for char in text):
        assert mended == text


def test_ten_megabytes_in_one_line_are_read_in_a_moment(tmp_path: Path) -> None:
    path = write(tmp_path / "long.txt", "Trastuzumab targets HER2. " * 400_000)
    start = time.perf_counter()
    doc = read_one(path)
    assert len(doc.text) == 10_400_000
    assert time.perf_counter() - start < 20
