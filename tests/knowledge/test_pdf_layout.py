"""Columns, running heads and broken words, on real PDFs drawn in the least helpful order."""

import pytest
from reportlab.pdfgen.canvas import Canvas

from rag.knowledge.readers import read_document

LEFT = ["De linkerkolom begint met een", "zin over de samenwerking van", "gemeente en politie in de stad", "en over de afspraken die zij"]
LEFT += ["samen maken met ondernemers", "op het bedrijventerrein daar."]
RIGHT = ["De rechterkolom gaat over wat", "de douane doet in de haven en", "hoe zij containers controleert", "samen met de terminals en de"]
RIGHT += ["zeehavenpolitie die elke dag", "op het water aanwezig is."]


def two_columns(canvas, left, right):
    """Row by row over both columns, as some programs write them."""
    for n, (a, b) in enumerate(zip(left, right, strict=True)):
        canvas.drawString(60, 700 - 14 * n, a)
        canvas.drawString(320, 700 - 14 * n, b)


@pytest.fixture
def draw(tmp_path):
    path = tmp_path / "blad.pdf"
    canvas = Canvas(str(path))

    def finish():
        canvas.save()
        return read_document(path)

    return canvas, finish


def test_two_columns_are_read_one_after_the_other(draw):
    canvas, finish = draw
    canvas.setFont("Helvetica-Bold", 18)
    canvas.drawString(60, 740, "Een titel over de volle breedte van het hele blad heen")
    canvas.setFont("Helvetica", 10)
    two_columns(canvas, LEFT, RIGHT)
    text = " ".join(b.text for b in finish().blocks)
    assert text.index(" ".join(LEFT)) < text.index(" ".join(RIGHT))


def test_a_table_is_read_row_by_row(draw):
    canvas, finish = draw
    canvas.setFont("Helvetica", 10)
    for n in range(8):
        canvas.drawString(60, 700 - 14 * n, f"Jaar 20{10 + n}")
        canvas.drawString(320, 700 - 14 * n, f"{100 + n} zaken")
    text = " ".join(b.text for b in finish().blocks)
    assert text.index("Jaar 2010") < text.index("100 zaken") < text.index("Jaar 2011")


def test_running_heads_and_page_numbers_are_left_out(draw):
    canvas, finish = draw
    for n in range(1, 6):
        canvas.setFont("Helvetica", 9)
        canvas.drawString(60, 800, f"Jaarverslag samenwerking | {n}")
        canvas.drawString(290, 30, f"Pagina {n} van 5")
        canvas.setFont("Helvetica", 11)
        for i in range(6):
            canvas.drawString(60, 700 - 15 * i, f"Blad {'abcdef'[n]} regel {'abcdef'[i]} van de lopende tekst over samenwerking.")
        canvas.showPage()
    document = finish()
    text = " ".join(b.text for b in document.blocks)
    assert "Jaarverslag" not in text and "van 5" not in text
    assert "Blad d regel a" in text and {b.page for b in document.blocks} == {1, 2, 3, 4, 5}


def test_broken_words_are_whole_again_and_real_hyphens_stay(draw):
    canvas, finish = draw
    canvas.setFont("Helvetica", 11)
    lines = [
        "De publiek-private aanpak werkt met een samenwer-",
        "kingsconvenant dat de partners tekenen, en die publiek-",
        "private afspraken gelden twee jaar.",
    ]
    for n, line in enumerate(lines):
        canvas.drawString(60, 700 - 15 * n, line)
    text = finish().blocks[0].text
    assert "samenwerkingsconvenant" in text and text.count("publiek-private") == 2


def test_a_heading_is_known_by_its_size(draw):
    canvas, finish = draw
    canvas.setFont("Helvetica-Bold", 15)
    canvas.drawString(60, 720, "afspraken over gegevens in 2024")
    canvas.setFont("Helvetica", 11)
    for n in range(5):
        canvas.drawString(60, 690 - 15 * n, "De partners leggen vast welke gegevens zij delen en met wie.")
    assert finish().blocks[0].headings == ("afspraken over gegevens in 2024",)
