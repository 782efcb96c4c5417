"""Do the names in a flow exist: what one part of the file says of another. Checked after every part is right by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from rag.guides.flow import Conditional, Flow, Section

Place = tuple[str | int, ...]
#: Names that the addresses of the pages use themselves.
RESERVED = ("stap", "na")


def check(flow: Flow) -> None:
    """Raises:
    PydanticCustomError: a name is taken or does not exist; its context holds the place under "at".
    """
    _questions(flow)
    for n, axis in enumerate(flow.profiel):
        for key in ("nu", "gewenst"):
            at = ("profiel", n, key)
            _known(flow, getattr(axis, key), (), at)
            question = flow.questions[getattr(axis, key)]
            if question.soort != "een" or question.minstens != 1 or any(o.waarde is None for o in question.opties):
                raise _wrong(at, f"de vraag '{question.id}' heeft precies één antwoord nodig, en elke optie een waarde")
    if len({a.id for a in flow.profiel}) < len(flow.profiel):
        raise _wrong(("profiel",), "twee regels hebben dezelfde id")
    for n, section in enumerate(flow.delen):
        _section(flow, section, ("delen", n))
    columns = [(n, s.per) for n, s in enumerate(flow.delen) if s.per]
    other = next((n for n, per in columns if per != columns[0][1]), None)
    if flow.tabel and other is not None:
        raise _wrong(("delen", other, "per"), "in een tabel hebben alle delen dezelfde vraag bij 'per'")


def _questions(flow: Flow) -> None:
    seen: set[str] = set()
    for p, page in enumerate(flow.paginas):
        for q, question in enumerate(page.vragen):
            at = ("paginas", p, "vragen", q)
            if question.id in seen:
                raise _wrong((*at, "id"), f"de vraag '{question.id}' komt vaker voor")
            if question.id in RESERVED:
                raise _wrong((*at, "id"), f"de naam '{question.id}' is bezet; kies een andere")
            seen.add(question.id)
            options = [o.id for o in question.opties]
            if len(set(options)) < len(options):
                raise _wrong((*at, "opties"), f"de vraag '{question.id}' heeft twee opties met dezelfde id")
            if question.minstens > (1 if question.soort == "een" else len(options)):
                raise _wrong((*at, "minstens"), f"bij de vraag '{question.id}' kan niemand zoveel antwoorden kiezen")


def _section(flow: Flow, section: Section, at: Place) -> None:
    if section.kloof and section.kloof not in {a.id for a in flow.profiel}:
        raise _wrong((*at, "kloof"), f"de regel '{section.kloof}' staat niet in het profiel")
    if bool(section.per) != bool(section.cellen):
        raise _wrong(at, "'per' en 'cellen' horen bij elkaar: geef beide of geen van beide")
    if section.per:
        _known(flow, section.per, section.cellen, (*at, "cellen"))
    for n, question in enumerate(section.antwoorden):
        _known(flow, question, (), (*at, "antwoorden", n))
    _conditions(flow, section, at)
    for n, remark in enumerate(section.opmerkingen):
        _conditions(flow, remark, (*at, "opmerkingen", n))
    for place, quoted in section.quoted():
        _conditions(flow, quoted, (*at, *place))


def _conditions(flow: Flow, part: Conditional, at: Place) -> None:
    for key in ("als", "als_een"):
        for question, options in getattr(part, key).items():
            _known(flow, question, options, (*at, key))


def _known(flow: Flow, question: str, options: Iterable[str], at: Place) -> None:
    if question not in flow.questions:
        raise _wrong(at, f"de vraag '{question}' bestaat niet")
    unknown = set(options) - {o.id for o in flow.questions[question].opties}
    if unknown:
        raise _wrong(at, f"de vraag '{question}' heeft geen optie '{sorted(unknown)[0]}'")


def _wrong(at: Place, told: str) -> PydanticCustomError:
    return PydanticCustomError("verwijzing", "{told}", {"told": told, "at": list(at)})
