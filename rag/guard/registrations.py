"""What registers know people by: number plates, case numbers, identity documents and dates of birth.

Every finder takes text from `legible_with_places` and gives (start, end) pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

# The forms that Dutch number plates have had since 1951 (X a letter, 9 a digit), and the Belgian one.
_SIDECODES = """XX-99-99 99-99-XX 99-XX-99 XX-99-XX XX-XX-99 99-XX-XX 99-XXX-9 9-XXX-99
    XX-999-X X-999-XX XXX-99-X X-99-XXX 9-XX-999 999-XX-9 9-XXX-999""".split()


def _plate_forms(dash: str) -> str:
    return "|".join("".join({"X": "[A-Z]", "9": r"\d", "-": dash}[c] for c in code) for code in _SIDECODES)


_PLATE = re.compile(rf"(?<![\w/-])(?:{_plate_forms('-')})(?![\w/-])")
# With spaces only in capitals: "auto in 2023" is no plate.
_LOOSE_PLATE = re.compile(rf"(?<![\w/-])(?:{_plate_forms('[ -]?')}|(?i:{_plate_forms('-?')}))(?![\w/-])")
_VEHICLE = re.compile(
    r"kenteken|nummerplaat|number plate|licen[cs]e plate"
    r"|\b(?:auto|wagen|bus|busje|bestelbus|voertuig|vrachtwagen|motor|scooter|rijdt|reed|car)\b",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"\d{4} ?[A-Z]{2}")
_MONTHS = "jan|feb|mrt|maa|apr|mei|jun|jul|aug|sep|okt|nov|dec|mar|may|oct"
_MONTH = re.compile(_MONTHS, re.IGNORECASE)

_CASE = re.compile(r"(?<![\w/.-])(?:\d{2}[/.-]\d{6}[.-]\d{2}|PL\d{4}[- ]?\d{6,10}(?:-\d{1,3})?)(?![\w/-])")
_CASE_LABELLED = re.compile(
    r"""\b(?:parket|zaaks?|dossier|mutatie|registratie|proces-?verbaal|pv|bvh|meldings?|aangifte|incident|onderzoeks?)
    [ -]?(?:nummer|nr\.?|no\.?)[\s:]{1,3}(?:is\s|van\s)?
    ((?=[\w/.-]{0,20}\d{3})[A-Z0-9][A-Z0-9/.-]{2,24}[A-Z0-9])""",
    re.IGNORECASE | re.VERBOSE,
)
# A Dutch document number is nine capitals and digits, a driving licence has ten digits; only behind a word that says so.
_DOCUMENT = re.compile(
    r"""(?i:paspoort|\bid-?kaart|\bid-?bewijs|identiteitskaart|identiteitsbewijs|identiteitsdocument|documentnummer
    |verblijfsdocument|verblijfsvergunning|rijbewijs|passport|v-nummer)
    [^.?!\n]{0,40}?(?<![\w-])((?=[A-Z0-9]{0,8}\d)[A-Z0-9]{9}|\d{10})(?![\w-])""",
    re.VERBOSE,
)
_IN_DIGITS = r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}|\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_DATE = rf"{_IN_DIGITS}|\d{{1,2}}(?:e|th|st|nd|rd)?\s(?:{_MONTHS})[a-z]{{0,6}}\.?,?\s\d{{4}}"
_BORN = r"\b(?:geboren|geboortedatum|geboortedag|geb|gebdat|verjaardag|date of birth|dob|born|birthday)\b|°"
_BIRTH = re.compile(rf"(?:{_BORN})[^\d\n]{{0,25}}({_DATE})(?!\d)", re.IGNORECASE)


def plates(text: str) -> Iterator[Span]:
    """Number plates with dashes; in any other form only behind a word for a vehicle."""
    for m in _PLATE.finditer(text):
        if not _MONTH.search(m[0]):
            yield m.span()
    for m in _LOOSE_PLATE.finditer(text):
        if _VEHICLE.search(text, max(0, m.start() - 45), m.start()) and not _MONTH.search(m[0]) and not _POSTCODE.fullmatch(m[0]):
            yield m.span()


def case_numbers(text: str) -> Iterator[Span]:
    """Numbers of criminal cases and police reports. An ECLI and a parliamentary paper are public, so not among them."""
    for m in _CASE.finditer(text):
        yield m.span()
    for m in _CASE_LABELLED.finditer(text):
        yield m.span(1)


def documents(text: str) -> Iterator[Span]:
    """Numbers of passports and other identity documents, behind a word that says so."""
    for m in _DOCUMENT.finditer(text):
        yield m.span(1)


def birth_dates(text: str) -> Iterator[Span]:
    """Dates that are said to be a date of birth."""
    for m in _BIRTH.finditer(text):
        yield m.span(1)
