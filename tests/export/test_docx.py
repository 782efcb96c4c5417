"""The Word document as python-docx and, where it matters, as LibreOffice reads it."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pypdfium2
import pytest
from docx import Document

from rag.export.docx import answer_docx, memo_docx, turns_docx
from rag.export.paper import clean
from rag.export.words import WORDS
from rag.types import Source
from tests.export.conftest import BASE, FIRST, HOSTILE, hostile

ADDRESS = f"{BASE}/bron/lantaarn?passage=abc123#passage"


def read(content):
    return Document(BytesIO(content))


def targets(document):
    return {r.target_ref for r in document.part.rels.values() if r.is_external}


def convert(content, kind, folder):
    """What LibreOffice makes of a document; a profile of its own, so that it does not join one that runs already."""
    program = shutil.which("soffice")
    assert program, "no LibreOffice: run tests/install-system.sh"
    (folder / "x.docx").write_bytes(content)
    command = [program, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to", kind, "--outdir", folder]
    subprocess.run([*command, folder / "x.docx"], check=True, capture_output=True, timeout=120)
    return folder / f"x.{kind.split(':')[0]}"


def links_in(path):
    """The links that LibreOffice holds, read from its own format: addresses outside, names of places within."""
    with ZipFile(path) as held:
        root = ElementTree.fromstring(held.read("content.xml"))
    found = [a.get("{http://www.w3.org/1999/xlink}href") for a in root.iter("{urn:oasis:names:tc:opendocument:xmlns:text:1.0}a")]
    marks = (e for e in root.iter() if e.tag.endswith(("}bookmark", "}bookmark-start")))
    places = {m.get("{urn:oasis:names:tc:opendocument:xmlns:text:1.0}name") for m in marks}
    return {a for a in found if not a.startswith("#")}, {a[1:] for a in found if a.startswith("#")}, places


def test_a_title_in_english_is_told_to_be_so(answer):
    english = Source("a", "Shared intelligence (masterscriptie)", url="https://example.org/a")
    cited = tuple(replace(c, sources=(english,)) for c in answer.citations[:1])
    document = read(answer_docx(replace(answer, citations=(*cited, *answer.citations[1:])), BASE))
    (line,) = [p for p in document.paragraphs if p.text.startswith("Shared intelligence")]
    runs = {r.text: r.element.xml for r in line.hyperlinks[0].runs}
    assert 'w:lang w:val="en-GB"' in runs["Shared intelligence"] and 'w:lang w:val="nl-NL"' in runs[" (masterscriptie)"]
    assert line.hyperlinks[0].address == "https://example.org/a"


def test_an_answer_as_a_word_document(answer):
    document = read(answer_docx(answer, BASE, date(2026, 11, 25)))
    styles = [(p.style.name, p.text) for p in document.paragraphs]
    assert styles[0] == ("Title", "Antwoord van de Adviseur publiek-private samenwerking")
    assert [t for s, t in styles if s.startswith("Heading")] == ["Vraag: Wanneer en wie?", "Wanneer?", "Wie?", "Bronnen"]
    assert ("List Bullet", "Bank Zuid [2] [1]") in styles and ("Quote", "• Bank Noord") in styles
    assert ("Normal", f"{FIRST} [1]") in styles and ("Normal", "[1] Project Lantaarn — Ondertekening, bladzijde 4") in styles
    assert ("List Bullet", "Eerste bron (Uitgever A, 3 april 2024)") in styles and ("List Bullet", "Tweede bron (Uitgever B)") in styles
    assert targets(document) == {ADDRESS, "https://example.org/a"}
    about = document.core_properties
    assert about.title == styles[0][1] and about.language == "nl-NL" and about.author == "Adviseur publiek-private samenwerking"


def test_marks_lead_to_the_list_of_sources(answer):
    xml = read(answer_docx(answer, BASE)).element.xml
    anchors, names = set(re.findall(r'w:anchor="([^"]+)"', xml)), re.findall(r'w:bookmarkStart [^>]*w:name="([^"]+)"', xml)
    assert anchors == set(names) == {"bron_1", "bron_2"} and len(names) == 2


@pytest.mark.parametrize("text", [*HOSTILE, "a\x00b\x0b\x1f\ufffec", "</w:t></w:r><w:p>"])
def test_hostile_text_stays_text(text):
    turn, library = hostile(text)
    document = read(turns_docx([turn], BASE, library))
    assert targets(document) == {f"{BASE}/bron/vreemd?passage=abc#passage", "https://example.org/a"}
    assert sum(clean(text) in p.text for p in document.paragraphs) >= 4  # question, sentence, place, title


def test_what_a_model_wrote_in_english_says_so_to_the_spelling_check(answer):
    english = replace(answer, language="en")
    assert 'w:val="en-GB"' in read(answer_docx(replace(english, model="een-model"), BASE)).element.xml
    assert 'w:val="en-GB"' not in read(answer_docx(english, BASE)).element.xml  # sentences of the sources stay Dutch
    assert 'w:val="en-GB"' not in read(answer_docx(replace(answer, model="een-model"), BASE)).element.xml


def test_libreoffice_opens_it_and_the_links_are_there(answer, library, tmp_path):
    turns = [{"question": answer.question, "answer": answer.as_dict()}, {"question": "Klopt <b>dit</b>?", "answer": answer.as_dict()}]
    content = turns_docx(turns, BASE, library, date(2026, 11, 25))
    text = convert(content, "txt:Text (encoded):UTF8", tmp_path).read_text(encoding="utf-8-sig")
    assert "Vraag 2: Klopt <b>dit</b>?" in text and f"{FIRST} [1]" in text and "Gemaakt op 25 november 2026" in text
    addresses, within, places = links_in(convert(content, "odt", tmp_path))
    assert addresses == {ADDRESS, "https://example.org/a"} and within == {"bron_1", "bron_2"} == places
    document = pypdfium2.PdfDocument(convert(content, "pdf", tmp_path))
    pages = " ".join(page.get_textpage().get_text_range() for page in document)
    assert "bladzijde 1" in pages and f"bladzijde {len(document)}" in pages and "Bank Noord [2]" in pages


def test_an_english_document_is_one_with_dutch_sentences_in_it(answer):
    document = read(answer_docx(answer, BASE, date(2026, 11, 25), WORDS["en"]))
    texts = [p.text for p in document.paragraphs]
    assert document.core_properties.language == "en-GB" and "Sources" in texts and "[1] Project Lantaarn — Ondertekening, page 4" in texts
    (line,) = [p for p in document.paragraphs if p.text == f"{FIRST} [1]"]
    (quote,) = [p for p in document.paragraphs if p.text == FIRST]
    assert all('w:lang w:val="nl-NL"' in p.runs[0]._r.xml for p in (line, quote))
    assert document.sections[0].footer.paragraphs[0].text == "Advisor on public-private partnership · page "


def test_libreoffice_opens_a_memo(memo, tmp_path):
    content = memo_docx(memo, BASE)
    text = convert(content, "txt:Text (encoded):UTF8", tmp_path).read_text(encoding="utf-8-sig")
    assert "Keuzehulp: <b>PPS</b>?" in text and "De bronnen zeggen hierover niets." in text
    assert links_in(convert(content, "odt", tmp_path))[0] == {ADDRESS, "https://example.org/a"}
