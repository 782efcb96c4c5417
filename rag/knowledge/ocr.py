"""Optical recognition of scanned pages: an optional extra that uses the system's tesseract with Dutch."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from importlib.util import find_spec

#: Pixels per inch at which a page is drawn for recognition; tesseract's own advice.
DPI = 300
LANGUAGES = ("nld", "eng")


@lru_cache(maxsize=1)
def recogniser() -> str:
    """The languages that can be recognised, as tesseract wants them; empty where something is missing."""
    if not find_spec("pytesseract") or not shutil.which("tesseract"):
        return ""
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False).stdout.split()
    return "+".join(x for x in LANGUAGES if x in listed) if "nld" in listed else ""


def page_texts(pdf, numbers: list[int]) -> dict[int, str]:  # noqa: ANN001 - pypdfium2 document
    """The recognised text of these pages (from 0)."""
    import pytesseract

    found = {}
    for number in numbers:
        image = pdf[number].render(scale=DPI / 72, grayscale=True).to_pil()
        found[number] = pytesseract.image_to_string(image, lang=recogniser())
    return found
