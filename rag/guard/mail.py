"""E-mail addresses of people, also when written around ("piet [at] example punt nl"); the public ones of organisations are not."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Each begins where its local part begins, so a long text is scanned once.
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+@(?:[\w-]+\.)+[^\W\d_]{2,}")
_AT = r"(?:[\[({]\s?(?:at|apenstaart(?:je)?|a)\s?[\])}])"
_DOT = r"(?:\.|\s?[\[({]\s?(?:dot|punt)\s?[\])}]\s?|\s(?:dot|punt)\s)"
_WRITTEN_AROUND = re.compile(rf"(?<![\w.+-])[\w.+-]+\s?{_AT}\s?[\w-]+(?:{_DOT}[\w-]+)+", re.IGNORECASE)
_SPELLED = re.compile(
    r"(?<![\w.+-])[\w.+-]+\s(?:at|apenstaart(?:je)?)\s[\w-]{2,40}\s(?:dot|punt)\s(?:nl|com|org|net|be|eu|de)\b", re.IGNORECASE
)
_PUBLIC = frozenset(
    """info contact pers press meldpunt klantenservice support helpdesk servicedesk service fiu postbus secretariaat redactie privacy fg
    avg noreply aangifte algemeen balie bestuur communicatie woordvoering woordvoerder vragen vraag meldingen melden melding receptie
    kantoor office mail post webmaster kcc gemeente bezwaar klachten loket administratie abuse security cert csirt fraude phishing
    valse-email spam nieuwsbrief sales verkoop hr vacatures studentenzaken bibliotheek hallo hello team no-reply pvo riec liec dpo
    fiod politie om""".split()
)
_PERSONAL_HOSTS = ("gmail.", "hotmail.", "outlook.", "live.", "ziggo.", "kpnmail.", "icloud.", "yahoo.", "xs4all.", "planet.", "proton")


def emails(text: str) -> Iterator[tuple[int, int]]:
    """Where the addresses of people stand in `text`."""
    for m in _EMAIL.finditer(text):
        local, _, host = m[0].lower().partition("@")
        public = local in _PUBLIC or local.split(".")[0] == "info"
        if not public or host.startswith(_PERSONAL_HOSTS):
            yield m.span()
    for pattern in (_WRITTEN_AROUND, _SPELLED):
        for m in pattern.finditer(text):
            yield m.span()
