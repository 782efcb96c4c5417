"""A follow-up ("en voor de FIOD?", "waarom?", "ja graag") rewritten into a question that stands alone, by rules.

What a follow-up leaves out is what the last question was about. So the rules decide whether a question leans on the one before it, and
what of that one it takes over: its subject, or all of it with one part replaced.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from rag.compose.matching import likeness, words_of
from rag.language.detect import detect_language
from rag.language.words import STOP_WORDS, content_words, fold
from rag.types import Turn
from rag.verify.names import names

#: A question with at least this many content words of its own, one of them a name, is about its own subject.
_OWN_WORDS = 5
_SUBJECT_WORDS = 6
_EMPTY = frozenset(
    """vertel meer geef leg uit voorbeeld voorbeelden noem kort zeggen vraag antwoord bedoel weten wil graag tell give explain example name
    we wij ik u je jij jullie ons onze mijn eigenlijk nou dan levert opgeleverd werkt werken doen doet mee gaan gaat zit komt
    krijgt betekent verschil rol even terug laten lui geven nee zo'n hoezo hoeverre straks sinds eentje allemaal grootste verhoudt
    zitten staan""".split()
)
#: Words of its own that neither the last question nor its sources hold make a question one on another subject; so many more where a word
#: in it points back, which may be to another word in it.
_NEW_WORDS, _OWN_BESIDE_POINTING = 2, 3
#: A word is held where one is this much like it.
_HELD = 0.6
_DEFINITION = re.compile(r"(?:wat|what) (?:is|zijn|betekent|are)\b")
_OPENS_AS_FOLLOW_UP = re.compile(r"(?:en|maar|dus|and|but|so)\b")
_PRONOMINAL = re.compile(r"(?:daar|hier|er)(?:aan|achter|bij|door|in|mee|om|op|over|tegen|toe|uit|van|voor)")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """`text` stands alone. `follows` says whether it leans on an earlier turn; `perhaps` that only its words tell (see turns_away)."""

    text: str
    follows: bool = False
    perhaps: bool = False


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    data = yaml.safe_load(Path(__file__).with_name("followups.yml").read_text(encoding="utf-8"))
    return {name: re.compile(pattern, re.I) for name, pattern in data.items()}


def stand_alone(question: str, turns: tuple[Turn, ...]) -> Rewritten:
    """`question` as it would be asked without `turns`, of which the last is the most recent."""
    if not turns:
        return Rewritten(question)
    last = turns[-1].standalone
    patterns = _patterns()
    if match := patterns["new_subject"].match(question):
        return Rewritten(question[match.end() :])
    bare = _bare(fold(question))
    english = detect_language(question) == "en"
    if patterns["more"].fullmatch(bare):
        return Rewritten(_more(last, english), True)
    if match := patterns["correction"].fullmatch(bare):
        start = match.start("meant") if match["meant"] else match.start("other")
        return Rewritten(_replaced(_without_place(last, bare[start:]), _as_typed(question, bare, start)), True)
    if patterns["bare"].fullmatch(bare):
        return Rewritten(_about(question, last), True)
    match = patterns["ellipsis"].fullmatch(bare)
    if match and len(content_words(match["part"])) <= 4 and not _has_verb(match["part"]):
        return Rewritten(_replaced(last, _as_typed(question, bare, match.start("part"))), True)
    if _leans(question, bare):
        return Rewritten(_about(question, last), True, perhaps=not _OPENS_AS_FOLLOW_UP.match(bare))
    return Rewritten(question)


def turns_away(question: str, last: Turn, said: Collection[str]) -> bool:
    """Is a question that perhaps leans on `last` about another subject? It is where its own words stand neither in that question nor among
    the words `said` in the sources of its answer: "welke bendes roven winkels leeg" after an answer on ransomware."""
    bare = _bare(fold(question))
    known = words_of(last.standalone) | set(said)
    own = [w for w in dict.fromkeys(_own(question)) if w not in _general() and not _PRONOMINAL.fullmatch(w)]
    new = [w for w in own if max((likeness(w, k) for k in known), default=0.0) < _HELD]
    if _patterns()["pointing"].search(bare):
        return len(new) >= _NEW_WORDS and len(own) >= _OWN_BESIDE_POINTING
    return len(new) >= _NEW_WORDS or bool(new) and new == own and bool(_DEFINITION.match(bare))


@lru_cache(maxsize=1)
def _general() -> frozenset[str]:
    data = yaml.safe_load(Path(__file__).with_name("general_words.yml").read_text(encoding="utf-8"))
    return frozenset(" ".join(data.values()).split()) | _EMPTY


def is_vague(question: str) -> bool:
    """Does a question that opens a conversation lean on something that was never said ("Mag dat?", "En het convenant?"), or does it not
    say what it is about ("Wat is de volgende stap?")?"""
    patterns = _patterns()
    bare = _bare(fold(question))
    if names(question):
        return False
    own = [w for w in _own(question) if not _PRONOMINAL.fullmatch(w)]
    if all(w in _general() for w in own):
        return True
    if patterns["more"].fullmatch(bare) or patterns["bare"].fullmatch(bare):
        return True
    opens = re.match(r"(?:en|maar|and|but|hoe zit het (?:dan )?met|what about|how about)\b", bare)
    asked = re.sub(r"\ber een\b", "een", bare)  # "is er een voorbeeld van" points at nothing
    points = patterns["pointing"].search(asked) or patterns["pointing_weak"].search(asked)
    points = points and not bare.startswith(tuple(own))  # "ferm, wat is dat?" points at what it names itself
    return bool(len(own) <= 1 and (opens or points) or len(own) == 2 and opens and len(bare.split()) <= 5)


def without_pointers(question: str) -> str:
    """A question that got its subject in brackets, without the words that pointed at it: "wie doen daaraan mee? (Melissa)"."""
    asked, known = _split(question)
    return f"{_patterns()['pointing'].sub(' ', asked)} {' '.join(known)}".strip() if known else question


def _bare(question: str) -> str:
    """White space folded, without closing punctuation."""
    return re.sub(r"\s+", " ", question).strip(" ?.!,…")


def _own(question: str) -> list[str]:
    """The content words that say something of their own."""
    return [w for w in content_words(question) if w not in _EMPTY]


def _split(question: str) -> tuple[str, list[str]]:
    """A question as it was asked, and the subject that `_about` put behind it in brackets."""
    match = re.search(r"\s*\(([^()]*)\)\s*$", question)
    return (question[: match.start()], match[1].split()) if match else (question, [])


def _as_typed(question: str, bare: str, start: int) -> str:
    """The end of the question from a place in its folded form, with its capitals."""
    typed = _bare(question)
    return typed[start:] if len(typed) == len(bare) else bare[start:]


def _leans(question: str, bare: str) -> bool:
    """Does the question need the one before it?"""
    patterns = _patterns()
    own = _own(question)
    named = [n for n in names(question) if fold(n) not in STOP_WORDS]
    points = bool(patterns["pointing"].search(bare))
    if points and not (named and len(own) >= _OWN_WORDS):
        return True
    if patterns["pointing_weak"].search(bare) and not named:
        return True
    if _OPENS_AS_FOLLOW_UP.match(bare) and not (named and len(own) >= _OWN_WORDS):
        return True
    # Who turns to another subject names it; a question without a name that says little leans on what was said.
    return not named and len(own) <= _OWN_WORDS - 1


def subject(question: str) -> list[str]:
    """What a question is about: its names with the words that go with them, else its content words. As typed, in order."""
    plain, known = _split(question)
    tokens = re.findall(r"[^\W_]+(?:[-'’.&][^\W_]+)*", plain)
    named = {fold(n) for n in names(plain)}
    kept = [
        t for n, t in enumerate(tokens) if fold(t) not in STOP_WORDS and fold(t) not in _EMPTY and (n or fold(t) in named or len(t) > 3)
    ]
    if known:  # the subject came along from before: of what was said since, only names
        kept = [t for t in kept if fold(t) in named]
    elif named:
        near = [t for t in kept if fold(t) in named or t[:1].isupper()]
        kept = near + [t for t in kept if t not in near]
    return list(dict.fromkeys([*kept, *known] if known else kept))[:_SUBJECT_WORDS]  # what was named last comes first


def _about(question: str, last: str) -> str:
    """The question with the last one's subject behind it."""
    told = {fold(w) for w in content_words(question)}
    missing = [w for w in subject(last) if fold(w) not in told]
    return f"{question.strip()} ({' '.join(missing)})" if missing else question


def _more(last: str, english: bool) -> str:
    found = " ".join(subject(last)) or last
    return f"Tell me more about {found}" if english else f"Vertel meer over {found}"


def _without_place(last: str, meant: str) -> str:
    """The last question without its closing "op vakantieparken", where what is meant begins like that: "nee, bij boeren"."""
    if not re.match(r"(?:op|in|bij|voor|met|tegen|aan|door|for|in|with|at)\b", meant):
        return last
    return re.sub(r"\s(?:op|in|bij|voor|met|tegen|aan|door|for|in|with|at)\s[^?]+(?=\??$)", "", last.strip(" ?."))


def _replaced(last: str, part: str) -> str:
    """The last question with `part` in place of what is of its kind, or behind it where nothing is."""
    base = _split(last)[0].strip(" ?.")
    new = re.sub(r"^(?:dan|hoe zit het|hoe is het|is dat)\s+", "", part).strip(" ?.")
    core = re.sub(r"^(?:(?:met|voor|bij|in|van|door|naar|op|aan|over|for|with|of|at|to|the|de|het|een)\s+)+", "", new)
    old = _counterpart(base, core) or _actor(base, new)
    if not old:
        return f"{base} {new}?"
    typed = re.search(rf"(?:\b(?:de|het|een)\s+)?{re.escape(core)}", part)
    match = re.search(rf"(\b(?:de|het|een)\s+)?{re.escape(old)}", base)
    assert match is not None
    with_article = typed[0] if typed and match[1] else core  # "het Verenigd Koninkrijk" gives way to "Australië", "de politie" to "het OM"
    return f"{base[: match.start()]}{with_article}{base[match.end() :]}?"


def _actor(base: str, new: str) -> str:
    """Where `new` is a party ("het OM", "aan een gemeente"): the party in `base` in whose place it comes, after the same preposition or
    after none; empty where there is not just one."""
    actor, place = _patterns()["actor"], r"(?:\b(aan|voor|bij|met|van|door|tegen)\s+)?(?:\b(?:de|het|een)\s+)?"
    asked = re.fullmatch(f"{place}({actor.pattern})", new, re.I)
    if not asked:
        return ""
    found = [m for m in re.finditer(f"{place}({actor.pattern})", base, re.I) if (m[1] or "").lower() == (asked[1] or "").lower()]
    return found[0][2] if len(found) == 1 and fold(found[0][2]) != fold(asked[2]) else ""


def _counterpart(base: str, core: str) -> str:
    """What in `base` is of the kind of `core`: a year for a year, a name for a name; empty where nothing is."""
    if re.fullmatch(r"(?:19|20)\d\d", core):
        years = re.findall(r"\b(?:19|20)\d\d\b", base)
        return years[-1] if years else ""
    if names(f"x {core}"):
        found = list(dict.fromkeys(_whole(base, n) for n in names(base) if likeness(fold(n), fold(core)) < 0.5))
        return found[0] if len(found) == 1 else ""  # of two names the rules cannot tell which is meant: both stay
    return ""


def _whole(base: str, name: str) -> str:
    """The run of capitalised words around `name` in `base`."""
    match = re.search(rf"(?:[A-ZÀ-Ý][\w’'-]*\s+)*{re.escape(name)}(?:\s+[A-ZÀ-Ý][\w’'-]*)*", base)
    found = match[0] if match else name
    return found if not base.startswith(found) or " " not in found else found.split(" ", 1)[1]


def _has_verb(part: str) -> bool:
    """Is the part a clause of its own ("wie betaalt dat", "is er bewijs")?"""
    return bool(
        re.match(
            r"(?:wie|wat|waar|wanneer|waarom|hoe|welke?|hoeveel|is|zijn|was|waren|mag|kan|moet|heeft|doet|wordt|sinds|vanaf|who|what|why|how|when|is|are|does|do|can)\b",
            part,
            re.I,
        )
    )
