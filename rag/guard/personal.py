"""Personal data in a text: found, named for the reader, and masked. No value ever leaves this room."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.guard import numbers, registrations
from rag.guard.characters import legible_with_places
from rag.guard.mail import emails
from rag.guard.names import persons

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of personal data. `start` and `end` count characters in the text that was given."""

    type: str  # a key of KINDS
    start: int
    end: int

    @property
    def kind(self) -> str:
        """What it is, for a Dutch reader."""
        return KINDS[self.type][0]

    @property
    def kind_en(self) -> str:
        """What it is, for an English reader."""
        return KINDS[self.type][1]


#: Type → its name in Dutch and in English, and the mark that stands for it in a masked text.
KINDS = {
    "iban": ("rekeningnummer (IBAN)", "account number (IBAN)", "[rekening]"),
    "card": ("nummer van een betaalkaart", "payment card number", "[betaalkaart]"),
    "email": ("e-mailadres", "e-mail address", "[e-mailadres]"),
    "case": ("zaak- of parketnummer", "case number", "[zaaknummer]"),
    "birth": ("geboortedatum", "date of birth", "[geboortedatum]"),
    "document": ("nummer van een identiteitsbewijs", "identity document number", "[documentnummer]"),
    "phone": ("telefoonnummer", "telephone number", "[telefoonnummer]"),
    "bsn": ("burgerservicenummer (BSN)", "citizen service number (BSN)", "[bsn]"),
    "number": ("nummer dat een persoon aanwijst", "number that points at a person", "[nummer]"),
    "plate": ("kenteken", "number plate", "[kenteken]"),
    "address": ("adres", "address", "[adres]"),
    "postcode": ("postcode", "postal code", "[postcode]"),
    "name": ("naam van een persoon", "name of a person", "[naam]"),
}
# In this order: what is found first keeps its place.
_FINDERS: tuple[tuple[str, Callable[[str], Iterator[Span]]], ...] = (
    ("iban", numbers.ibans),
    ("card", numbers.cards),
    ("email", emails),
    ("case", registrations.case_numbers),
    ("birth", registrations.birth_dates),
    ("document", registrations.documents),
    ("phone", numbers.phones),
    ("bsn", numbers.bsns),
    ("number", numbers.called_bsns),
    ("plate", registrations.plates),
)
_STREET = re.compile(
    r"\b[A-ZÀ-Þ][\w'’.-]{0,30}(?:straat|laan|weg|plein|kade|gracht|dijk|singel|hof|steeg|pad|dreef|park|plantsoen|markt|wal|baan|ring|hoek|veld|akker|werf|boulevard|burg)"
    r"(?: (?:Noord|Zuid|Oost|West))? \d{1,5}(?: ?[a-zA-Z](?!\w)|[-/]\d{1,4})?(?!\w)(?P<postcode>,? {0,2}(?:in |te )?\d{4} ?[A-Z]{2}(?!\w))?"
)
_DWELLING = re.compile(r"\b(?:woont|wonen|woon|woonachtig|wonende|adres|woonadres|verblijft|lives|living|address|huurt)\b", re.IGNORECASE)
_POSTCODE = re.compile(r"(?<![\w-])[1-9]\d{3} ?[A-Z]{2}(?![\w-])")
_ROUNDS = 5


def find(text: str) -> tuple[Finding, ...]:
    """The personal data in `text`, in order, without overlap. Hidden characters and odd digits or dashes do not hide any."""
    clean, places = legible_with_places(text)
    taken: list[tuple[str, Span]] = []
    covered = bytearray(len(clean))

    def take(kind: str, spans: Iterator[Span]) -> None:
        for start, end in spans:
            if not any(covered[start:end]):
                covered[start:end] = b"\1" * (end - start)
                taken.append((kind, (start, end)))

    for kind, finder in _FINDERS:
        take(kind, finder(clean))
    identifiers = [span for _, span in taken]
    take("address", _addresses(clean, bool(identifiers)))
    take("name", persons(clean, [span for _, span in taken]))
    if taken:
        take("postcode", (m.span() for m in _POSTCODE.finditer(clean)))
    return tuple(Finding(kind, places[s], places[e - 1] + 1) for kind, (s, e) in sorted(taken, key=lambda t: t[1]))


def mask(text: str) -> str:
    """`text` with a mark such as [bsn] in place of each piece of personal data; in the result none is left to find."""
    for _ in range(_ROUNDS):
        found = find(text)
        if not found:
            return text
        for finding in reversed(found):
            text = text[: finding.start] + KINDS[finding.type][2] + text[finding.end :]
    return text


def _addresses(text: str, identified: bool) -> Iterator[Span]:
    """Streets with a number, where a postcode follows, somebody lives there or another identifier stands in the text."""
    for m in _STREET.finditer(text):
        if m["postcode"] or identified or _DWELLING.search(text, max(0, m.start() - 40), m.start()):
            yield m.span()
