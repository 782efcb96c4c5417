import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from rag.errors import DocumentError
from rag.knowledge.readers import read_document
from rag.knowledge.splitter import split_document


@pytest.fixture
def pdf(tmp_path):
    path = tmp_path / "Beleid PPS.pdf"
    style = getSampleStyleSheet()
    story = [
        Paragraph("Doel van het beleid", style["Heading1"]),
        Paragraph("De gemeente werkt samen met ondernemers. " + "Het doel is een veilig bedrijventerrein. " * 8, style["BodyText"]),
        PageBreak(),
        Paragraph("Rollen van de partners", style["Heading1"]),
        Paragraph("De burgemeester heeft de regie. De politie adviseert.", style["BodyText"]),
    ]
    SimpleDocTemplate(str(path), pagesize=A4, title="Beleidsplan samenwerking").build(story)
    return path


def test_text_headings_and_page_numbers(pdf):
    document = read_document(pdf)
    assert document.meta.id == "beleid-pps" and document.meta.titel == "Beleidsplan samenwerking"
    block = next(b for b in document.blocks if "burgemeester" in b.text)
    assert (block.page, block.headings) == (2, ("Rollen van de partners",))
    assert document.text[block.start : block.end].startswith("De burgemeester")


def test_passages_and_their_sentences_keep_the_page(pdf):
    passages = split_document(read_document(pdf))
    assert passages[0].page == 1
    sentence = next(s for p in passages for s in p.sentences if "burgemeester" in s.text)
    assert sentence.page == 2


def test_sidecar_gives_front_matter(pdf):
    sidecar = pdf.with_name(pdf.name + ".yml")
    sidecar.write_text(
        "id: beleid\ntitel: Beleid\nsoort: kennis\ndomein: [lokaal]\nrol: [gemeente]\nfase: [inrichten]\nlaatst_gecontroleerd: 2026-01-01\n"
        'bronnen:\n  - {id: gem, titel: Beleid, uitgever: Gemeente, datum: "2025", url: "https://example.org"}\n',
        encoding="utf-8",
    )
    assert read_document(pdf).meta.domein == ["lokaal"]


def test_a_scan_is_told(tmp_path):
    path = tmp_path / "scan.pdf"
    canvas = Canvas(str(path))
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.save()
    with pytest.raises(DocumentError, match="scan.pdf: .*bevat geen tekst"):
        read_document(path)


@pytest.mark.parametrize(("name", "content"), [("leeg.pdf", b""), ("kapot.pdf", b"%PDF-1.7\nniets"), ("anders.pdf", b"hallo")])
def test_a_broken_pdf_is_told(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=name):
        read_document(path)


def test_a_locked_pdf_is_told(tmp_path):
    from reportlab.lib.pdfencrypt import StandardEncryption

    path = tmp_path / "slot.pdf"
    canvas = Canvas(str(path), encrypt=StandardEncryption("geheim"))
    canvas.drawString(100, 700, "Tekst achter slot en grendel, lang genoeg om te tellen.")
    canvas.save()
    with pytest.raises(DocumentError, match="wachtwoord"):
        read_document(path)
