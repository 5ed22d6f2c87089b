"""Hostile and broken files: each ends in one clear line or in the right text, never in a traceback or a hang."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import os
import socket
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pytest
from reportlab.pdfgen.canvas import Canvas

from document_samples import ARTICLES, outline, read_all, read_one, refusal_of, texts, write
from oncograph.documents import content as content_module
from oncograph.documents import find_documents, read_documents
from oncograph.documents import pdf as pdf_module
from oncograph.errors import DocumentError

PATIENCE = 90


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < PATIENCE


def bombed(levels: int, *, kind: str = "") -> str:
    """Write XML in which ten entities of each level hold ten of the level below."""
    entities = ['<!ENTITY a0 "HER2 HER2 HER2 ">'] + [
        f'<!ENTITY {kind}a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels)
    ]
    return (
        f"<!DOCTYPE PubmedArticleSet [{''.join(entities)}]><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1"
        f"</PMID><Article><ArticleTitle>&a{levels - 1};</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
        "</PubmedArticleSet>"
    )


def pubmed(title: str, doctype: str = "") -> str:
    return (
        f"{doctype}<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>{title}"
        "</ArticleTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )


def zipped(parts: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compression) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return data.getvalue()


def word_parts(text: str = "HER2 is a receptor.") -> dict[str, bytes]:
    data = io.BytesIO()
    word = docx.Document()
    word.add_paragraph(text)
    word.save(data)
    with zipfile.ZipFile(data) as package:
        return {name: package.read(name) for name in package.namelist()}


def with_document(document: bytes) -> bytes:
    return zipped(word_parts() | {"word/document.xml": document})


def encrypted_zip() -> bytes:
    data = bytearray(zipped(word_parts()))
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + 8] |= 1
        place += 4
    return bytes(data)


def lying_zip() -> bytes:
    """A package whose directory gives its document a size of four gigabytes less one."""
    data = bytearray(zipped(word_parts()))
    place = data.rfind(b"word/document.xml") - 46
    data[place + 24 : place + 28] = struct.pack("<I", 0xFFFF_FFFE)
    return bytes(data)


def pdf(words: str = "HER2 is a receptor.") -> bytes:
    data = io.BytesIO()
    canvas = Canvas(data, invariant=1)
    canvas.drawString(50, 700, words)
    canvas.save()
    return data.getvalue()


def pdf_of_objects(*objects: bytes) -> bytes:
    """Write a PDF of bare objects, the first its catalogue, with a right table of their places."""
    data = b"%PDF-1.4\n"
    table = b"0000000000 65535 f \n"
    for number, words in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(data)
        data += b"%d 0 obj\n%b\nendobj\n" % (number, words)
    count = len(objects) + 1
    return data + b"xref\n0 %d\n%btrailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (
        count,
        table,
        count,
        len(data),
    )


def form_bomb(levels: int) -> bytes:
    """Write a PDF in which each form draws the next one ten times."""
    head = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", head]
    objects.append(b"<</Length 5>>stream\n/X Do\nendstream")
    for level in range(levels):
        form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>/Length 60>>" % (
            level + 6
        )
        objects.append(form + b"stream\n" + b"/X Do " * 10 + b"\nendstream")
    objects.append(b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 1>>stream\n \nendstream")
    return pdf_of_objects(*objects)


def gzip_bomb(megabytes: int, byte: bytes) -> bytes:
    data = io.BytesIO()
    with gzip.GzipFile(fileobj=data, mode="wb", mtime=0) as file:
        for _ in range(megabytes):
            file.write(byte * 1_000_000)
    return data.getvalue()


def word_bomb() -> bytes:
    entities = '<!ENTITY a0 "HER2 ">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f"<!DOCTYPE x [{entities}]><w:document".encode()


TEXT = b"HER2 is a receptor. Trastuzumab targets it. " * 100

# name → (bytes, what the one line must say)
REFUSED: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "empty.txt": (b"", "is empty; there is nothing to read"),
    "empty.pdf": (b"", "is empty"),
    "empty.jsonl.gz": (gzip.compress(b""), "is empty"),
    "blank.md": (b"\n\n \n", "holds no text"),
    "nul.txt": (b"HER2\0is a receptor", "is not text (it holds NUL bytes)"),
    "nul-late.txt": (b"HER2 is a receptor. " * 10_000 + b"\0", "is not text (it holds NUL bytes)"),
    "nul.md": (b"# HER2\n\n\0\0\0", "is not text"),
    "nul.html": (b"<p>HER2\0</p>x", "is not text"),
    "random.bin": (bytes(range(256)) * 100, "is not text"),
    "noise.txt": (zlib.compress(TEXT * 9)[2:], "is "),
    "picture.png": (b"\x89PNG\r\n\x1a\n" + bytes(100), "is a PNG image"),
    "picture.txt": (b"\xff\xd8\xff\xe0" + bytes(100), "is a JPEG image"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "is an old or password-protected Office file"),
    "locked.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "password-protected"),
    "letter.rtf": (rb"{\rtf1 HER2}", "is a Rich Text file, which is not read; save it as .docx"),
    "program": (b"\x7fELF" + bytes(100), "is a program"),
    "archive.bz2": (b"BZh91AY&SY" + bytes(10), "is a bzip2 archive"),
    "archive.txt.xz": (b"\xfd7zXZ\0" + bytes(10), "is an xz archive"),
    "archive.zip": (lambda: zipped({"her2.txt": TEXT}), "is a ZIP archive"),
    "sheet.xlsx": (lambda: zipped({"xl/workbook.xml": b"<x/>"}), "is a ZIP archive"),
    "book.epub": (lambda: zipped({"mimetype": b"application/epub+zip"}, compression=0), "is an EPUB book"),
    "twice.txt.gz": (gzip.compress(gzip.compress(TEXT)), "is compressed twice"),
    "cut.txt.gz": (gzip.compress(os.urandom(5000) + TEXT)[:-900], "is a gzip file cut off before its end"),
    "cut.jsonl.gz": (gzip.compress(b'{"text": "HER2."}')[:-4], "is a gzip file cut off before its end"),
    "crc.txt.gz": (gzip.compress(TEXT)[:-8] + b"\0" * 8, "is a damaged gzip file"),
    "flipped.txt.gz": (gzip.compress(TEXT)[:12] + b"\xff\xff" + gzip.compress(TEXT)[14:], "is a damaged gzip file"),
    "tail.txt.gz": (gzip.compress(TEXT) + b"rubbish", "is a damaged gzip file"),
    "header.txt.gz": (b"\x1f\x8b", "is a gzip file cut off"),
    "bomb.txt.gz": (lambda: gzip_bomb(80, b"a"), "-fold when unpacked (a decompression bomb)"),
    "zeros.txt.gz": (lambda: gzip_bomb(80, b"\0"), "-fold when unpacked (a decompression bomb)"),
    "bomb.jsonl.gz": (lambda: gzip_bomb(80, b" "), "-fold when unpacked (a decompression bomb)"),
    "bomb.xml": (bombed(10).encode(), "whose entities expand without end (an entity bomb)"),
    "bomb.nxml": (
        bombed(10).replace("PubmedArticleSet", "article").encode(),
        "whose entities expand without end (an entity bomb)",
    ),
    "quadratic.xml": (
        pubmed("&a;" * 50_000, f'<!DOCTYPE x [<!ENTITY a "{"HER2 " * 10_000}">]>').encode(),
        "whose entities expand without end (an entity bomb)",
    ),
    "loop.xml": (pubmed("&a;", '<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>').encode(), "XML"),
    "outside.xml": (
        pubmed("&a;", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>').encode(),
        "an entity that is not defined inside the file",
    ),
    "network.xml": (
        pubmed("&a;", '<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/x">]>').encode(),
        "an entity that is not defined inside the file",
    ),
    "parameter.xml": (
        pubmed(
            "x", '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p; <!ENTITY a "&undefined;">]>&a;'
        ).encode(),
        "XML",
    ),
    "unclosed.xml": (b"<article>\n<body>\n<p>HER2 is a receptor.\n", "is malformed XML (line 4: "),
    "mismatch.xml": (b"<article>\n<body>\n<p>HER2</q></article>", "is malformed XML (line 3: "),
    "latin.xml": (b"<article>\n<body><p>na\xefve</p></body></article>", "is malformed XML (line 2: "),
    "deep.xml": (b"<article>" + b"<sec>" * 5000, "XML"),
    "huge-text.nxml": (
        b"<article><body><p>" + b"HER2 " * 3_000_000 + b"</p></body></article>",
        "is XML beyond the limits of safe reading",
    ),
    "other.xml": (b"<rss><channel/></rss>", "(its root is <rss>)"),
    "no-articles.xml": (b"<OAI-PMH></OAI-PMH>", "with none in it"),
    "text-only.nxml": (b"<article><front/></article>", "holds no text"),
    "broken.json": (b'{"documents": [\n{"id": ', "is malformed JSON (line 2, column 8"),
    "deep.json": (b"[" * 200_000, "is JSON nested too deeply"),
    "deep-bioc.json": (b'{"documents": ' + b"[" * 200_000, "is JSON nested too deeply"),
    "number.json": (b'{"text": 1' + b"0" * 10_000 + b"}", "is malformed JSON"),
    "empty-bioc.json": (b'{"documents": []}', "is BioC JSON without documents"),
    "wide.jsonl": ('{"text": "HER2."}\n'.encode("utf-16"), "is JSON Lines in UTF-16"),
    "fake.pdf": (b"<html>Log in to read this article</html>", "is named .pdf but is no PDF"),
    "damaged.pdf": (b"%PDF-1.7\n" + bytes(range(128, 256)) * 50, "is a PDF too damaged to open"),
    "no-pages.pdf": (pdf_of_objects(b"<</Type/Catalog>>"), "PDF"),
    "page-loop.pdf": (
        pdf_of_objects(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 9>>"),
        "PDF",
    ),
    "many-pages.pdf": (
        pdf_of_objects(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 999999999>>"),
        "PDF",
    ),
    "fake.docx": (TEXT, "is named .docx but is no Word file"),
    "cut.docx": (lambda: zipped(word_parts())[:9000], "is no Word file that can be read"),
    "no-document.docx": (lambda: zipped({"word/other.xml": b"<x/>"}), "without a Word document"),
    "no-types.docx": (
        lambda: zipped({name: part for name, part in word_parts().items() if name != "[Content_Types].xml"}),
        "is no Word file that can be read",
    ),
    "bad-xml.docx": (lambda: with_document(b"<w:document>"), "is no Word file that can be read"),
    "not-word.docx": (lambda: with_document(b"<html/>"), "is no Word file that can be read"),
    "bomb.docx": (lambda: with_document(b" " * 200_000_000), "unpacks to 201 MB"),
    "parts.docx": (lambda: zipped(word_parts() | {f"p/{n}": b"" for n in range(20_001)}), "unpacks to"),
    "lying.docx": (lying_zip, "unpacks to 4,29"),
    "encrypted.docx": (encrypted_zip, "is encrypted"),
    "deep.html": (b"<div>" * 100_000 + b"HER2", "is HTML nested too deeply"),
    "attributes.html": (
        b"<p " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">HER2</p>",
        "is HTML with thousands of attributes",
    ),
    "scripts.html": (b"<script>HER2</script><style>HER2</style>", "holds no text"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_file_is_refused_in_one_clear_line(tmp_path: Path, name: str) -> None:
    data, reason = REFUSED[name]
    path = write(tmp_path / name, data() if callable(data) else data)
    line = refusal_of(path)
    assert line.startswith(f"{path}: ")
    assert reason in line
    assert "; " in line
    assert len(line) < len(str(path)) + 300
    with pytest.raises(DocumentError) as caught:
        list(read_documents(find_documents([path])[0]))
    assert str(caught.value) == line


def test_entity_bomb_in_a_word_file_does_not_go_off(tmp_path: Path) -> None:
    document = word_parts()["word/document.xml"]
    bomb = document.replace(b"<w:document", word_bomb(), 1).replace(b"HER2 is", b"&a9; is")
    docs, refusals = read_all(write(tmp_path / "entity.docx", with_document(bomb)))
    assert len(texts(docs)) < 100
    assert len(docs) + len(refusals) == 1


# name → (bytes, the text that must come of them)
READ: dict[str, tuple[bytes, str]] = {
    "bom.txt": (codecs.BOM_UTF8 + b"HER2", "HER2"),
    "utf16.txt": ("HER2 – α".encode("utf-16"), "HER2 – α"),
    "utf16-bare.txt": ("HER2 is a receptor – α".encode("utf-16-be"), "HER2 is a receptor – α"),
    "crlf.txt": (b"HER2\r\nis\rhere\n", "HER2\r\nis\rhere\n"),
    "rtl.txt": ("\u200fHER2\u202e is \u2067a\u2069 receptor".encode(), "\u200fHER2\u202e is \u2067a\u2069 receptor"),
    "astral.txt": ("🧬 HER2 𝐇𝐄𝐑𝟐 👩🏽‍⚕️".encode(), "🧬 HER2 𝐇𝐄𝐑𝟐 👩🏽‍⚕️"),
    "separators.txt": ("HER2\u2028is\u2029a\x85receptor".encode(), "HER2\u2028is\u2029a\x85receptor"),
    "zero-width.txt": ("HER\u200b2\u00ad".encode(), "HER\u200b2\u00ad"),
    "one-letter.txt": (b"a", "a"),
    "script.txt": (b"<script>alert('HER2')</script>", "<script>alert('HER2')</script>"),
    "members.txt.gz": (gzip.compress(b"HER2 ") + gzip.compress(b"is here"), "HER2 is here"),
    "misnamed.txt": (gzip.compress(b"HER2 is here"), "HER2 is here"),
    "misnamed.gz": (b"HER2 is not compressed", "HER2 is not compressed"),
    "misnamed-pdf.txt": (pdf(), "HER2 is a receptor."),
    "rubbish-before.pdf": (b"\r\n\r\n" + pdf(), "HER2 is a receptor."),
    "rubbish-after.pdf": (pdf() + b"\0" * 5000, "HER2 is a receptor."),
    "script.html": (b"<p>HER2<script>alert(1)</script><img src=x onerror=alert(2)></p>", "HER2"),
    "unclosed.html": (b"<p>HER2<b> is <i>a receptor", "HER2 is a receptor"),
    "entities.html": (b"<p>&lt;b&gt; &amp;amp; &#x48;ER2 &bogus; &#0;</p>", "<b> &amp; HER2 &bogus; \ufffd"),
    "internal-entity.xml": (pubmed("&drug; drug", '<!DOCTYPE x [<!ENTITY drug "a">]>').encode(), "a drug"),
    "cdata.xml": (pubmed("<![CDATA[<script>alert(1)</script>]]>").encode(), "<script>alert(1)</script>"),
    "surrogate.jsonl": (rb'{"text": "HER2 \udead \ud83e\uddec"}', "HER2 \ufffd 🧬"),
    "bom.jsonl": (codecs.BOM_UTF8 + b'{"text": "HER2"}', "HER2"),
    "crlf.jsonl": (b'{"text": "HER2\\r\\nis"}\r\n\r\n', "HER2\r\nis"),
    "nan.jsonl": (b'{"text": "HER2", "id": NaN, "title": null, "url": []}', "HER2"),
    "twice.jsonl": (b'{"text": "EGFR", "text": "HER2"}', "HER2"),
    "bom.json": (codecs.BOM_UTF16_LE + '{"text": "HER2"}'.encode("utf-16-le"), "HER2"),
    "front-matter.md": (b"---\ntitle: [broken\n---\nHER2", "HER2"),
    "html.md": (b"<script>alert(1)</script>\n\nHER2 <img onerror=x>is here", "HER2 is here"),
    "nested.md": (b"HER2\n\n" + b"> " * 5000 + b"deep", "HER2"),
    "bold.md": (b"*" * 10_000 + b"HER2", "*" * 10_000 + "HER2"),
}


@pytest.mark.parametrize("name", list(READ))
def test_odd_file_gives_its_right_text(tmp_path: Path, name: str) -> None:
    data, text = READ[name]
    assert read_one(write(tmp_path / name, data)).text == text


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.txt", "", ""),
        ("a.html", "<p>", "</p>"),
        ("a.jsonl", '{"text": "', '"}'),
        ("a.json", '{"text": "', '"}'),
        ("a.xml", "<article><body>", "</body></article>"),
    ],
)
def test_one_line_of_ten_megabytes(tmp_path: Path, name: str, before: str, after: str) -> None:
    words = "Trastuzumab targets HER2 in cancer. " * 290_000
    inner = f"<p>{words[: len(words) // 2]}</p><p>{words[len(words) // 2 :]}</p>" if name == "a.xml" else words
    doc = read_one(write(tmp_path / name, before + inner + after))
    assert doc.text.count("Trastuzumab targets HER2") == 290_000


@pytest.mark.parametrize("limit", ["MAX_CPU_SECONDS", "MAX_SECONDS"])
def test_pdf_that_would_work_for_hours_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(pdf_module, limit, 2)
    line = refusal_of(write(tmp_path / "a.pdf", form_bomb(12)))
    assert "is a PDF that takes too much time or memory to open" in line


def test_pdf_that_needs_much_memory_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "MAX_MEMORY", 1_000_000)
    assert "too much time or memory" in refusal_of(write(tmp_path / "a.pdf", pdf("HER2 is a receptor. " * 50_000)))


@pytest.mark.parametrize("place", ["1e39 0 0 1e39 0 0", "0 0 0 0 0 0", "1 0 0 1 1e30 -1e30", "nan 0 0 1 0 0"])
def test_pdf_with_places_that_are_none_is_read_or_refused(tmp_path: Path, place: str) -> None:
    content = f"BT /F 12 Tf {place} Tm (HER2 is here) Tj ET".encode()
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data = pdf_of_objects(*objects)
    docs, refusals = read_all(write(tmp_path / "a.pdf", data))
    assert [doc.text for doc in docs] == ["HER2 is here"] * len(docs)
    assert len(docs) + len(refusals) == 1


def test_long_markdown_is_refused_before_it_takes_long(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md", "![" * 5_000_000)
    assert "is too large (10 MB, the limit is 5 MB); split it" in refusal_of(path)
    assert read_one(write(tmp_path / "b.md", "![" * 500_000)).text.startswith("![")


@pytest.mark.parametrize("size", [1_000_000_000, 50_000_000_000])
def test_huge_file_is_refused_unread(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.write(b"HER2")
        file.truncate(size)
    assert "is too large" in refusal_of(path)


def test_size_limit_holds_for_what_is_unpacked(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl.gz", gzip.compress(b'{"text": "HER2."}\n' * 10))
    assert "holds more than" in refusal_of(path, max_bytes=100)


def test_records_before_the_damage_are_read(tmp_path: Path) -> None:
    lines = [json.dumps({"id": n, "text": f"HER2 {os.urandom(40).hex()}"}) + "\n" for n in range(20_000)]
    whole = gzip.compress("".join(lines).encode())
    docs, refusals = read_all(write(tmp_path / "a.jsonl.gz", whole[: len(whole) // 2]))
    assert 5_000 < len(docs) < 15_000
    assert "cut off before its end" in str(refusals[-1])


def test_named_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "is a named pipe, not a file" in refusal_of(tmp_path / "pipe.txt")


def test_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.txt")
        assert refusal_of("s.txt").startswith("s.txt: is a socket, not a file")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_device_is_refused(device: str) -> None:
    assert "is a device, not a file" in refusal_of(device)


def test_link_to_itself_is_refused_and_the_rest_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "nowhere.txt")
    write(tmp_path / "c.txt", TEXT)
    docs, refusals = read_all(tmp_path)
    assert [doc.id for doc in docs] == ["c"]
    assert [str(refusal).partition(": ")[2] for refusal in refusals] == [
        "cannot be opened (Too many levels of symbolic links); check the path",
        "there is no such file (or it is a link to nothing); check the path",
    ]


def test_link_to_the_folder_it_stands_in_is_refused_and_the_rest_read(tmp_path: Path) -> None:
    write(tmp_path / "c.txt", TEXT)
    (tmp_path / "up").symlink_to(tmp_path)
    docs, refusals = read_all(tmp_path)
    assert [doc.id for doc in docs] == ["c"]
    assert "a loop" in str(refusals[0])


def test_closed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.txt", TEXT)

    def closed(self: Path, *_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", closed)
    assert refusal_of(path) == f"{path}: permission denied; give yourself the right to read it"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", TEXT)
    path.chmod(0)
    assert "permission denied" in refusal_of(path)


def test_file_that_vanishes_is_refused(tmp_path: Path) -> None:
    (file,) = find_documents([write(tmp_path / "a.txt", TEXT)])
    file.path.unlink()
    with pytest.raises(DocumentError, match=r"a\.txt: there is no such file"):
        list(read_documents(file))


def test_file_that_becomes_a_folder_is_refused(tmp_path: Path) -> None:
    (file,) = find_documents([write(tmp_path / "a.txt", TEXT)])
    file.path.unlink()
    file.path.mkdir()
    with pytest.raises(DocumentError, match="is a folder, not a file"):
        list(read_documents(file))


def test_disk_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.txt.gz", gzip.compress(TEXT))

    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(content_module.gzip.GzipFile, "read1", fail)
    assert "cannot be read (Input/output error)" in refusal_of(path)


@pytest.mark.parametrize("name", ["line\nbreak.txt", "escape\x1b[31m.txt", "right\u202eleft.txt"])
def test_file_name_cannot_break_the_line(tmp_path: Path, name: str) -> None:
    line = refusal_of(write(tmp_path / name, b"\0"))
    assert not set(line) & {"\n", "\x1b", "\u202e"}


def test_record_identifiers_cannot_leave_their_document(tmp_path: Path) -> None:
    ids = ["../../etc/passwd", 'a b<c>"d', "x" * 100_000, "\n", "É/ß", "#", "?"]
    path = write(tmp_path / "a.jsonl", "\n".join(json.dumps({"id": name, "text": "HER2."}) for name in ids))
    docs, refusals = read_all(path)
    assert len(docs) == len(ids)
    assert not refusals
    for doc in docs:
        folder, _, name = doc.id.partition("/")
        assert folder == "a"
        assert name
        assert len(name) < 200
        assert not set(name) & set('/<>"# ?\n')


def test_script_in_a_title_stays_text(tmp_path: Path) -> None:
    title = "<script>alert('HER2')</script>"
    doc = read_one(write(tmp_path / "a.jsonl", json.dumps({"title": title, "text": "HER2."})))
    assert doc.title == title
    assert outline(doc)[0] == ("title1", title)


def test_folder_of_everything_reads_the_good_and_names_the_bad(tmp_path: Path) -> None:
    slow = ("bomb", "zeros", "quadratic", "parts", "huge")
    bad = [name for name in REFUSED if not name.startswith(slow)]
    for name in bad:
        data, _ = REFUSED[name]
        write(tmp_path / name, data() if callable(data) else data)
    for article in ARTICLES.iterdir():
        write(tmp_path / f"good-{article.name}", article.read_bytes())
    docs, refusals = read_all(tmp_path)
    named = {Path(refusal.source).name for refusal in refusals}
    assert set(bad) <= named
    assert len({doc.id for doc in docs}) == len(docs) >= 12
    assert all(doc.id.startswith("good-") for doc in docs)
