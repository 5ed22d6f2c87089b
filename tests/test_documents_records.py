"""Files of many documents: JSON Lines, PubMed XML, BioC, and JATS articles."""

from __future__ import annotations

import gzip
import json
import os
import resource
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from document_samples import ARTICLES, check_document, outline, read_all, read_one, refusal_of, write
from oncograph.documents import find_documents, read_documents
from oncograph.errors import DocumentError


def test_json_lines_give_a_document_a_line() -> None:
    docs, refusals = read_all(ARTICLES / "records.jsonl")
    assert not refusals
    assert [(doc.id, doc.title, doc.source, doc.identifier) for doc in docs] == [
        ("records/r1", "BRAF", "https://example.org/braf", "r1"),
        ("records/r2", "EGFR", "records.jsonl#r2", "r2"),
        ("records/4", "4", "records.jsonl#4", "4"),
    ]


def test_title_stands_above_the_text_once() -> None:
    docs, _ = read_all(ARTICLES / "records.jsonl")
    assert docs[0].text == "BRAF\n\nBRAF is a kinase.\nVemurafenib inhibits it."
    assert outline(docs[0])[0] == ("title1", "BRAF")
    assert docs[1].text == "EGFR\n\nOsimertinib inhibits EGFR."
    assert outline(docs[1]) == [("title1", "EGFR"), ("paragraph", "Osimertinib inhibits EGFR.")]


def test_bad_lines_are_refused_with_their_number_and_the_others_read(tmp_path: Path) -> None:
    lines = [
        b'{"id": "a", "text": "First."}',
        b'{"id": "b", "text": "Cut off',
        b"[1, 2]",
        b'{"id": "c"}',
        b'{"id": "a", "text": "Same name."}',
        b'{"id": "d", "text": "\xff"}',
        b'{"id": "e", "text": "N\\u0000L"}',
        b'{"id": "f", "text": ' + b"[" * 100_000,
        b'{"id": ' + b"1" * 5000 + b', "text": "x"}',
        b'"just words"',
        b'{"id": "z", "text": "Last."}',
    ]
    docs, refusals = read_all(write(tmp_path / "a.jsonl", b"\n".join(lines)))
    assert [doc.text for doc in docs] == ["First.", "Last."]
    assert [str(refusal).removeprefix(f"{tmp_path}/a.jsonl: ").split(" (")[0] for refusal in refusals] == [
        "line 2 is malformed JSON",
        'line 3 is a list, not an object; write {"text": …} there',
        'line 4 has no text; give it a field "text"',
        "record a stands twice; give each its own identifier",
        "line 6 is not UTF-8",
        "record e holds a NUL character; take it out",
        "line 8 is JSON that cannot be read",
        "line 9 is JSON that cannot be read",
        'line 10 is a bare value, not an object; write {"text": …} there',
    ]


def test_without_a_listener_the_first_bad_line_raises(tmp_path: Path) -> None:
    (file,) = find_documents([write(tmp_path / "a.jsonl", '{"text": "First."}\n{bad\n')])
    documents = read_documents(file)
    assert next(documents).text == "First."
    with pytest.raises(DocumentError, match=r"a\.jsonl: line 2 is malformed JSON \(column 2: "):
        next(documents)


def test_file_without_any_record_is_given_up(tmp_path: Path) -> None:
    docs, refusals = read_all(write(tmp_path / "a.jsonl", "words, not JSON\n" * 1000))
    assert not docs
    assert len(refusals) == 21
    assert "is it JSON Lines?" in str(refusals[-1])


def test_lone_surrogates_are_replaced(tmp_path: Path) -> None:
    doc = read_one(write(tmp_path / "a.jsonl", r'{"id": "\udc00", "text": "HER2 \ud83d and \ud83d\ude00"}'))
    assert doc.text == "HER2 \ufffd and 😀"


@pytest.mark.parametrize(
    "url", ["ftp://x/y", "https://a b", "javascript:alert(1)", "https://", "https://[x", "notes/her2.txt", "http://<x>"]
)
def test_what_is_no_web_address_is_not_the_source(tmp_path: Path, url: str) -> None:
    doc = read_one(write(tmp_path / "a.jsonl", json.dumps({"id": "x", "text": "HER2.", "url": url})))
    assert doc.source == "a.jsonl#x"


def test_records_whose_names_fold_to_one_stay_apart(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"id": name, "text": "HER2."}) for name in ("a b", "a_b", "a/b", "A b"))
    docs, refusals = read_all(write(tmp_path / "a.jsonl", lines))
    assert not refusals
    assert len({doc.id for doc in docs}) == 4
    assert docs[0].id == "a/a_b"


def test_json_list_is_read_as_records(tmp_path: Path) -> None:
    records = [{"id": 7, "text": "Seven."}, {"text": "Eight."}]
    docs, _ = read_all(write(tmp_path / "a.json", json.dumps(records, indent=1)))
    assert [(doc.id, doc.text) for doc in docs] == [("a/7", "Seven."), ("a/2", "Eight.")]


@pytest.mark.parametrize("name", ["a.txt", "a.json", "a"])
def test_json_lines_are_known_by_their_content(tmp_path: Path, name: str) -> None:
    text = '{"id": "a", "text": "First."}\n{"id": "b", "text": "Second."}\n'
    docs, _ = read_all(write(tmp_path / name, text))
    assert [doc.media_type for doc in docs] == ["application/jsonl"] * 2


def test_line_of_ten_megabytes_is_read_and_one_beyond_the_limit_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = json.dumps({"id": "long", "text": "HER2 is a receptor. " * 500_000})
    path = write(tmp_path / "a.jsonl", long + '\n{"id": "short", "text": "HER2."}\n')
    docs, _ = read_all(path)
    assert [len(doc.text) for doc in docs] == [10_000_000, 5]
    monkeypatch.setattr("oncograph.documents.jsonl.MAX_LINE", 1_000_000)
    docs, refusals = read_all(path)
    assert [doc.text for doc in docs] == ["HER2."]
    assert "line 1 is longer than 1 MB" in str(refusals[0])


@given(st.lists(st.fixed_dictionaries({"text": st.text()}, optional={"title": st.text(), "id": st.text()}), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_any_records_are_read_or_refused(tmp_path: Path, records: list[dict[str, str]]) -> None:
    path = write(tmp_path / "a.jsonl", "{}\n" + "\n".join(json.dumps(record) for record in records))
    docs, refusals = read_all(path)
    assert len(docs) + len(refusals) == len(records) + 1
    assert len({doc.id for doc in docs}) == len(docs)


def test_pubmed_gives_a_document_an_article() -> None:
    docs, refusals = read_all(ARTICLES / "pubmed.xml")
    assert [(doc.id, doc.identifier, doc.source, doc.title) for doc in docs] == [
        (
            "pubmed/90000001",
            "PMID:90000001",
            "pubmed.xml#90000001",
            "Trastuzumab in HER2-positive gastric cancer.",
        ),
        ("pubmed/90000002", "PMID:90000002", "pubmed.xml#90000002", "A letter without abstract on BRAF."),
        ("pubmed/90000003", "PMID:90000003", "pubmed.xml#90000003", "Olaparib"),
    ]
    assert "has no PMID" in str(refusals[0])


def test_pubmed_abstract_has_its_labels_as_headings() -> None:
    docs, _ = read_all(ARTICLES / "pubmed.xml")
    assert outline(docs[0]) == [
        ("title1", "Trastuzumab in HER2-positive gastric cancer."),
        ("heading2", "BACKGROUND"),
        ("paragraph", "HER2 is amplified in some gastric cancers."),
        ("heading2", "RESULTS"),
        ("paragraph", "Trastuzumab targets HER2; TNF-α fell below 10⁹ units & CD8+ cells rose."),
    ]


def test_pubmed_gzipped_gives_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "pubmed.xml.gz", gzip.compress((ARTICLES / "pubmed.xml").read_bytes()))
    assert [doc.text for doc in read_all(path)[0]] == [doc.text for doc in read_all(ARTICLES / "pubmed.xml")[0]]


def test_pubmed_article_with_a_fault_costs_only_itself(tmp_path: Path) -> None:
    data = (ARTICLES / "pubmed.xml").read_bytes()
    place = data.index(b"<ArticleTitle>A letter")
    docs, refusals = read_all(write(tmp_path / "a.xml", data[:place] + b"<Title>&nonsense <" + data[place:]))
    assert [doc.identifier for doc in docs] == ["PMID:90000001", "PMID:90000003"]
    line = data[:place].count(b"\n") + 1
    assert "the article at line 19 (PMID 90000002) is malformed XML" in str(refusals[0])
    assert f"(line {line}: " in str(refusals[0])


def pubmed_set(*articles: str, end: str = "</PubmedArticleSet>") -> str:
    """Write a set of articles, one a line, the first at line 3."""
    head = '<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n'
    return head + "\n".join(articles) + "\n" + end


def pubmed_article(pmid: int, title: str, *, version: int = 1) -> str:
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="{version}">{pmid}</PMID><Article>'
        f"<ArticleTitle>{title}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    )


def test_pubmed_file_that_is_cut_off_gives_the_articles_before_the_cut(tmp_path: Path) -> None:
    whole = pubmed_set(*(pubmed_article(n, f"HER2 in study {n}.") for n in range(1, 4)))
    docs, refusals = read_all(write(tmp_path / "a.xml", whole[: whole.index("in study 3")]))
    assert [doc.identifier for doc in docs] == ["PMID:1", "PMID:2"]
    assert "the article at line 5 (PMID 3) is malformed XML" in str(refusals[0])
    assert "is cut off before its end (line 5)" in str(refusals[1])
    assert "what stands before that place is read (2 documents)" in str(refusals[1])


def test_pubmed_file_cut_between_articles_is_told(tmp_path: Path) -> None:
    docs, refusals = read_all(write(tmp_path / "a.xml", pubmed_set(pubmed_article(1, "HER2."), end="")))
    assert len(docs) == 1
    assert "is cut off before its end (line 4)" in str(refusals[0])


def test_pubmed_archive_that_is_cut_off_gives_the_articles_before_the_cut(tmp_path: Path) -> None:
    text = pubmed_set(*(pubmed_article(n, f"HER2 {os.urandom(400).hex()}.") for n in range(1, 4001)))
    whole = gzip.compress(text.encode())
    docs, refusals = read_all(write(tmp_path / "a.xml.gz", whole[: len(whole) // 2]))
    assert 1000 < len(docs) < 3000
    (refusal,) = refusals
    assert "is a gzip file cut off before its end; fetch it again; what stands before" in str(refusal)


def test_pubmed_article_without_its_end_costs_only_itself(tmp_path: Path) -> None:
    broken = pubmed_article(2, "BRAF.").replace("</MedlineCitation></PubmedArticle>", "")
    path = write(tmp_path / "a.xml", pubmed_set(pubmed_article(1, "HER2."), broken, pubmed_article(3, "EGFR.")))
    docs, refusals = read_all(path)
    assert [doc.identifier for doc in docs] == ["PMID:1", "PMID:3"]
    assert [str(refusal).split(" is malformed")[0] for refusal in refusals] == [
        f"{path}: the article at line 4 (PMID 2)"
    ]


def test_what_belongs_to_no_pubmed_article_is_told(tmp_path: Path) -> None:
    text = pubmed_set(pubmed_article(1, "HER2."), "<PubmedArt", "half a tag &", pubmed_article(2, "EGFR."))
    docs, refusals = read_all(write(tmp_path / "a.xml", text))
    assert len(docs) == 2
    assert "bytes belong to no article; they are left out" in str(refusals[0])


def test_last_version_of_a_pubmed_article_is_read_and_no_deleted_one(tmp_path: Path) -> None:
    text = pubmed_set(
        pubmed_article(1, "HER2, second version.", version=2),
        pubmed_article(1, "HER2, first version."),
        pubmed_article(2, "EGFR, first sent."),
        pubmed_article(3, "BRAF, taken back."),
        pubmed_article(2, "EGFR, sent again."),
        '<DeleteCitation>\n<PMID Version="1">3</PMID>\n<PMID Version="1">4</PMID>\n</DeleteCitation>',
    )
    docs, refusals = read_all(write(tmp_path / "a.xml", text))
    assert [doc.text for doc in docs] == ["HER2, second version.", "EGFR, sent again."]
    assert [str(refusal).removeprefix(f"{tmp_path}/a.xml: the article at ") for refusal in refusals] == [
        "line 4 (PMID 1) is left out: a later version of it stands in the file",
        "line 5 (PMID 2) is left out: a later version of it stands in the file",
        "line 6 (PMID 3) is left out: the file says that it is deleted",
    ]


def test_pmid_of_a_comment_is_not_that_of_the_article(tmp_path: Path) -> None:
    comment = "<CommentsCorrectionsList><PMID>1</PMID></CommentsCorrectionsList></MedlineCitation>"
    text = pubmed_set(pubmed_article(1, "HER2."), pubmed_article(2, "EGFR.").replace("</MedlineCitation>", comment))
    docs, _ = read_all(write(tmp_path / "a.xml", text))
    assert [doc.identifier for doc in docs] == ["PMID:1", "PMID:2"]


def test_pubmed_files_put_together_are_one(tmp_path: Path) -> None:
    text = pubmed_set(pubmed_article(1, "HER2.")) + pubmed_set(pubmed_article(2, "EGFR."))
    docs, refusals = read_all(write(tmp_path / "a.xml", text))
    assert [doc.identifier for doc in docs] == ["PMID:1", "PMID:2"]
    assert not refusals


def test_huge_pubmed_article_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oncograph.documents.slices.MAX_SLICE", 2_000_000)
    huge = pubmed_article(2, "HER2 " * 2_000_000)
    path = write(tmp_path / "a.xml", pubmed_set(pubmed_article(1, "HER2."), huge, pubmed_article(3, "EGFR.")))
    docs, refusals = read_all(path)
    assert [doc.identifier for doc in docs] == ["PMID:1", "PMID:3"]
    assert "the article at line 4 is longer than 2 MB" in str(refusals[0])


def test_undefined_entity_costs_only_its_pubmed_article(tmp_path: Path) -> None:
    text = pubmed_set(pubmed_article(1, "TNF-&alpha;."), pubmed_article(2, "EGFR."))
    docs, refusals = read_all(write(tmp_path / "a.xml", text))
    assert [doc.text for doc in docs] == ["EGFR."]
    assert "an entity that is not defined" in str(refusals[0])


def test_other_language_abstract_is_not_read(tmp_path: Path) -> None:
    other = '<OtherAbstract Language="fre"><AbstractText>Le vemurafenib.</AbstractText></OtherAbstract>'
    text = pubmed_article(1, "HER2.").replace("</MedlineCitation>", other + "</MedlineCitation>")
    assert read_one(write(tmp_path / "a.xml", pubmed_set(text))).text == "HER2."


@pytest.mark.parametrize("size", [100, 1000, 5000])
def test_pubmed_reads_the_same_wherever_it_is_cut_into_chunks(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.xml", pubmed_set(*(pubmed_article(n, f"HER2 in study {n}.") for n in range(1, 60))))
    whole = read_all(path)
    monkeypatch.setattr("oncograph.documents.slices.CHUNK", size)
    assert read_all(path) == whole
    assert len(whole[0]) == 59


def test_pubmed_is_read_in_constant_memory(tmp_path: Path) -> None:
    path = tmp_path / "big.xml.gz"
    article = (
        "<PubmedArticle><MedlineCitation><PMID>{}</PMID><Article><ArticleTitle>HER2</ArticleTitle><Abstract>"
        "<AbstractText>" + "Trastuzumab targets HER2. " * 80 + "</AbstractText></Abstract></Article></MedlineCitation>"
        "<PubmedData><History/></PubmedData></PubmedArticle>\n"
    )
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write("<PubmedArticleSet>\n")
        file.writelines(article.format(number) for number in range(20_000))
        file.write("</PubmedArticleSet>\n")
    (found,) = find_documents([path])
    documents = read_documents(found)
    check_document(next(documents))
    sum(1 for _ in islice(documents, 1000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in documents) == 18_999
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_jats_gives_title_abstract_and_body() -> None:
    doc = read_one(ARTICLES / "jats.nxml")
    assert (doc.id, doc.identifier, doc.media_type) == ("jats", "jats.nxml", "application/jats+xml")
    assert outline(doc) == [
        ("title1", "PARP inhibitors in BRCA1-mutated cancer"),
        ("heading2", "Abstract"),
        ("paragraph", "Olaparib inhibits PARP1."),
        ("heading2", "Introduction"),
        (
            "paragraph",
            "Olaparib was approved, as Smith et al. (2019) said. Niraparib followed. See Figure 1.",
        ),
        ("heading3", "Drugs in use"),
        ("paragraph", "Three drugs are used:"),
        ("item1", "olaparib"),
        ("item1", "niraparib"),
        ("paragraph", "It is taken daily."),
        ("paragraph", "and others are studied."),
        ("paragraph", "PARP and DNA repair."),
        ("paragraph", "PARP1 binds broken DNA."),
        ("paragraph", "Drugs and targets."),
        ("paragraph", "Drug"),
        ("paragraph", "Target"),
        ("paragraph", "olaparib"),
        ("paragraph", "PARP1"),
        ("paragraph", "The dose was x mg per 10⁶ cells."),
    ]


@pytest.mark.parametrize("words", ["Gefitinib", "thank nobody", "picture nobody", "keyword", "foot note", "document}"])
def test_jats_back_matter_is_no_text(words: str) -> None:
    assert words not in read_one(ARTICLES / "jats.nxml").text


def test_jats_set_gives_a_document_an_article(tmp_path: Path) -> None:
    article = (ARTICLES / "jats.nxml").read_text()
    article = article[article.index("<article ") :]
    other = article.replace(">9000010<", ">PMC9000011<")
    nameless = article.replace("article-id", "custom-id")
    path = write(tmp_path / "set.xml", f"<pmc-articleset>{article}{other}{nameless}</pmc-articleset>")
    docs, refusals = read_all(path)
    assert [(doc.id, doc.identifier) for doc in docs] == [
        ("set/PMC9000010", "PMCID:PMC9000010"),
        ("set/PMC9000011", "PMCID:PMC9000011"),
    ]
    assert docs[0].text == read_one(ARTICLES / "jats.nxml").text
    assert "neither PMC, PubMed nor DOI number" in str(refusals[0])


def test_jats_in_a_namespace_reads_the_same(tmp_path: Path) -> None:
    article = (ARTICLES / "jats.nxml").read_text()
    article = article[article.index("<article ") :].replace("<article ", '<article xmlns="https://jats.nlm.nih.gov/" ')
    assert read_one(write(tmp_path / "a.xml", article)).text == read_one(ARTICLES / "jats.nxml").text


@pytest.mark.parametrize("name", ["bioc.xml", "bioc.json"])
def test_bioc_gives_a_document_each(name: str) -> None:
    docs, refusals = read_all(ARTICLES / name)
    assert not refusals
    assert [(doc.id, doc.identifier) for doc in docs] == [
        ("bioc/90000020", "PMID:90000020"),
        ("bioc/PMC9000021", "PMCID:PMC9000021"),
    ]
    assert outline(docs[0]) == [
        ("title1", "Vemurafenib in melanoma"),
        ("paragraph", "Vemurafenib inhibits BRAF V600E."),
    ]
    assert outline(docs[1]) == [
        ("title1", "Imatinib in leukaemia"),
        ("heading2", "Introduction"),
        ("paragraph", "Imatinib inhibits BCR-ABL. It is oral."),
    ]
    assert "Gefitinib" not in docs[1].text


@pytest.mark.parametrize("wrap", [lambda c: [c], lambda c: {"PubTator3": c["documents"]}, lambda c: c["documents"]])
def test_bioc_json_is_read_in_the_wrappers_that_services_use(tmp_path: Path, wrap: object) -> None:
    collection = json.loads((ARTICLES / "bioc.json").read_text())
    path = write(tmp_path / "bioc.json", json.dumps(wrap(collection)))  # type: ignore[operator]
    assert [doc.text for doc in read_all(path)[0]] == [doc.text for doc in read_all(ARTICLES / "bioc.json")[0]]


def test_bioc_in_json_lines_is_known(tmp_path: Path) -> None:
    documents = json.loads((ARTICLES / "bioc.json").read_text())["documents"]
    path = write(tmp_path / "a.jsonl", "\n".join(json.dumps(document) for document in documents))
    assert [doc.id for doc in read_all(path)[0]] == ["a/90000020", "a/PMC9000021"]


def test_bioc_document_without_text_is_refused_alone(tmp_path: Path) -> None:
    collection = {"documents": [{"id": "1", "passages": []}, {"id": "2", "passages": [{"text": "HER2."}]}]}
    docs, refusals = read_all(write(tmp_path / "a.json", json.dumps(collection)))
    assert [doc.text for doc in docs] == ["HER2."]
    assert "record 1 has no text" in str(refusals[0])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<doc><p>HER2</p></doc>", "is XML of a kind that is not read (its root is <doc>)"),
        ("<pmc-articleset></pmc-articleset>", "is a set of articles with none in it"),
        ("words only", "is malformed XML (line 1: "),
        ("<?xml version='1.0'?>", "is XML without an element"),
    ],
)
def test_other_xml_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    assert reason in refusal_of(write(tmp_path / "a.xml", text))


@pytest.mark.parametrize(
    ("name", "media_type"), [("pubmed.xml", "pubmed"), ("jats.nxml", "jats"), ("bioc.xml", "bioc")]
)
def test_xml_is_known_without_its_suffix(tmp_path: Path, name: str, media_type: str) -> None:
    docs, _ = read_all(write(tmp_path / "download", (ARTICLES / name).read_bytes()))
    assert {doc.media_type for doc in docs} == {f"application/{media_type}+xml"}
