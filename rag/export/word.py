"""What python-docx has no call for: links, bookmarks, page numbers, the language of a text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph

from rag.language.detect import split_title, title_language

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.text.run import Run

#: Colour of links and headings: contrast 7.3 on white.
BLUE = RGBColor(0x01, 0x59, 0x8F)
_LANGUAGES = {"nl": "nl-NL", "en": "en-GB", "de": "de-DE"}


def prepare(document: WordDocument, title: str, author: str, language: str) -> None:
    """Properties, language and type of a new document; headings and quotes dark enough to read."""
    about = document.core_properties
    about.title, about.author, about.language, about.comments = title, author, _LANGUAGES[language], ""
    about.created = about.modified = datetime.now(UTC).replace(tzinfo=None)
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    _set_language(defaults, language)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    for name in ("Title", "Heading 1", "Heading 2"):
        document.styles[name].font.color.rgb = BLUE
        document.styles[name].font.name = "Calibri"
    document.styles["Title"].font.size = Pt(20)
    document.styles["Quote"].font.color.rgb = RGBColor(0x33, 0x33, 0x33)


def run(paragraph: Paragraph, text: str, language: str = "nl") -> Run:
    """Text in its own language, so that a screen reader pronounces it and the spelling check fits."""
    made = paragraph.add_run(text)
    _set_language(made._r.get_or_add_rPr(), language)
    return made


def title(paragraph: Paragraph, text: str, address: str = "") -> None:
    """The title of a source, in its own language; a link where there is an address."""
    work, added = split_title(text)
    pieces = [(work, title_language(work)), (added, "nl")] if added else [(text, title_language(text))]
    if address:
        relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        _hyperlink(paragraph, pieces, "r:id", relation)
        return
    for piece, language in pieces:
        run(paragraph, piece, language)


def link(paragraph: Paragraph, text: str, address: str) -> None:
    """A link to an address outside the document."""
    relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    _hyperlink(paragraph, [(text, "")], "r:id", relation)


def link_within(paragraph: Paragraph, text: str, bookmark_name: str) -> None:
    """A link to a bookmark of the same document."""
    _hyperlink(paragraph, [(text, "")], "w:anchor", bookmark_name)


def bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """A place that links lead to, at what `paragraph` holds so far. `number` is unique in the document."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    start.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    end.set(qn("w:id"), str(number))
    paragraph._p.append(start)
    paragraph._p.append(end)


def boxed(paragraph: Paragraph) -> None:
    """A line beside the paragraph, so that a notice is not read as text of the answer."""
    borders, left = OxmlElement("w:pBdr"), OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", "24"), ("space", "8"), ("color", str(BLUE))):
        left.set(qn(f"w:{name}"), value)
    borders.append(left)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def page_numbers(document: WordDocument, text: str) -> None:
    """`text` followed by the number of the page at the foot of every page."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.add_run(text)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _hyperlink(paragraph: Paragraph, pieces: list[tuple[str, str]], attribute: str, value: str) -> None:
    """A link over `pieces`: text with its language, "" for that of the document."""
    element = OxmlElement("w:hyperlink")
    element.set(qn(attribute), value)
    for text, language in pieces:
        made = run(paragraph, text, language) if language else paragraph.add_run(text)
        made.font.color.rgb, made.font.underline = BLUE, True
        element.append(made._r)
    paragraph._p.append(element)


def _set_language(properties: BaseOxmlElement, language: str) -> None:
    """`properties` (w:rPr) in `language`."""
    found = properties.find(qn("w:lang"))
    if found is None:
        found = OxmlElement("w:lang")
        properties.append(found)
    found.set(qn("w:val"), _LANGUAGES[language])
