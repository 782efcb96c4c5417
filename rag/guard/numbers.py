"""Identifying numbers with check digits (citizen service numbers, bank accounts, cards) and telephone numbers.

Every finder takes text from `legible_with_places` and gives (start, end) pairs. All repetitions are bounded or start at a
boundary only, so time grows with the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

# Nine digits: in one piece, in the groupings that forms use, or each apart. Not inside a longer number.
_BSN = re.compile(
    r"""(?<![\w+])(?<!\d[.,/-])
    (?: \d{9} | \d{3}([ .-])\d{3}\1\d{3} | \d{4}([ .-])\d{2}\2\d{3} | \d{4}([ .-])\d{3}\3\d{2}
      | \d{2}(?:[ .-]\d{2}){3}[ .-]\d | \d(?:[ .-]\d){8} )
    (?!\w|[.,/-]\d)""",
    re.VERBOSE,
)
_BSN_LABELLED = re.compile(
    r"(?:bsn|burger-?\s?service-?\s?nummers?|sofi-?(?:nummer)?|persoonsnummer)[^\d\n]{0,30}(\d(?:[ .-]?\d){7,8})(?!\d)", re.IGNORECASE
)
_NO_BSN_BEFORE = re.compile(r"(?:€|\b(?:eur|rsin|kvk|btw|kvk-nummer|fiscaal nummer))[\s:]{0,2}$", re.IGNORECASE)
_NO_BSN_AFTER = re.compile(
    r"\s?(?:€|(?:euro|eur|dollars?|transacties|wachtwoorden|records|accounts|personen|berichten|stuks|keer|inwoners)\b)", re.IGNORECASE
)

_IBAN_NL = re.compile(r"(?<![A-Z0-9])NL[ .-]?\d[ .-]?\d[ .-]?(?:[A-Z][ .-]?){4}(?:\d[ .-]?){9}\d(?![A-Z0-9])", re.IGNORECASE)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]){11,30}", re.IGNORECASE)
_IBAN_LENGTHS = {
    country: int(length)
    for length, countries in (
        line.split(":")
        for line in """15:NO/16:BE/18:DK FI/19:MK SI/20:AT BA EE LT LU XK/21:CH HR LI LV/22:BG DE GB GE IE ME RS/23:AE GI IL
        24:AD CZ ES MD RO SA SE SK TN/25:PT/26:IS TR/27:FR GR IT MC SM/28:AL CY HU MA PL/29:UA/31:MT""".replace("\n", "/").split("/")
    )
    for country in countries.split()
}
_ACCOUNT = re.compile(r"\brekening(?:-?\s?(?:nummer|nr\.?))?[\s:]{1,3}(?:is\s|van\s)?(\d(?:[ .]?\d){6,9})(?![\d,]|\s?euro)", re.IGNORECASE)
_CARD = re.compile(r"(?<![\w-])[2-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}(?![\w-])")

_GAP = r"[\s./-]{0,2}"
_MOBILE = re.compile(rf"(?<![\w+])(?:(?:\+|00)31{_GAP}(?:\(0\){_GAP})?|31|\(?0)6\)?[\s./-]{{0,3}}\d(?:{_GAP}\d){{7}}(?!\d)")
_LANDLINE = re.compile(r"(?<![\w+])(?<!\d[.,/-])\(?(?:0[1-57]\d{1,2}|08[457]|091)\)?[\s./-]{0,3}\d(?:[\s./-]?\d){5,7}(?!\d)")
_ABROAD = re.compile(rf"(?<![\w+])(?:\+\(?[1-9]|00(?:3[1-4]|4[49])){_GAP}\(?\d(?:[\s()./-]{{0,3}}\d){{6,13}}(?!\d)")
# Dutch service numbers with their country code; without it no pattern above finds them.
_SERVICE = re.compile(r"(?:00)?310?(?:88|800|900|90[69])")


def bsns(text: str) -> Iterator[Span]:
    """Citizen service numbers: nine digits that pass the eleven test; eight behind a label that says so."""
    for m in _BSN_LABELLED.finditer(text):
        if eleven_test(_digits(m[1]).zfill(9)):
            yield m.span(1)
    for m in _BSN.finditer(text):
        other = _NO_BSN_BEFORE.search(text[max(0, m.start() - 20) : m.start()]) or _NO_BSN_AFTER.match(text, m.end())
        if not other and eleven_test(_digits(m[0])):
            yield m.span()


def called_bsns(text: str) -> Iterator[Span]:
    """Numbers that are said to be a citizen service number but fail its test: mistyped, yet meant to point at somebody."""
    for m in _BSN_LABELLED.finditer(text):
        if not eleven_test(_digits(m[1]).zfill(9)):
            yield m.span(1)


def eleven_test(digits: str) -> bool:
    """Do nine digits pass the test that every citizen service number passes?"""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return len(digits) == 9 and digits.strip("0") != "" and sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11 == 0


def ibans(text: str) -> Iterator[Span]:
    """Bank accounts: Dutch ones by form alone (a typing error does not make them less personal), foreign ones that pass mod 97."""
    for m in _IBAN_NL.finditer(text):
        yield m.span()
    for m in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(m[0][:2].upper(), 0)
        places = [i for i, c in enumerate(m[0]) if c.isalnum()]
        if 0 < length <= len(places):
            end = places[length - 1] + 1
            if _mod_97(m[0][:end]) and not text[m.start() + end : m.start() + end + 1].isalnum():
                yield m.start(), m.start() + end
    for m in _ACCOUNT.finditer(text):
        yield m.span(1)


def cards(text: str) -> Iterator[Span]:
    """Payment cards: sixteen digits that pass the Luhn test."""
    for m in _CARD.finditer(text):
        digits = [int(d) for d in _digits(m[0])]
        if (sum(digits[1::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[::2])) % 10 == 0:
            yield m.span()


def phones(text: str) -> Iterator[Span]:
    """Telephone numbers of people: mobile, landline, abroad. Service numbers (0800, 0900, 088, 14 0xx) are not."""
    for m in _MOBILE.finditer(text):
        yield m.span()
    for m in _LANDLINE.finditer(text):
        if len(_digits(m[0])) == 10:
            yield m.span()
    for m in _ABROAD.finditer(text):
        digits = _digits(m[0])
        if 9 <= len(digits) <= 15 and not _SERVICE.match(digits):
            yield m.span()


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _mod_97(iban: str) -> bool:
    compact = re.sub(r"[^A-Z0-9]", "", iban.upper())
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1
