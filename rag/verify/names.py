"""Names of organisations, laws, people and places that a sentence states, and whether its evidence holds them."""

from __future__ import annotations

import re

import simplemma

from rag.language.abbreviations import shortened, with_both_forms
from rag.language.words import STOP_WORDS, fold

_TOKEN = re.compile(r"[^\W_]+(?:[-'’&][^\W_]+)*")
_START = re.compile(r"^[\W_]*|(?<=[.!?:])\s+|(?<=[‘“\"'(])")
#: Capitalised by spelling, and not a name of something that a source must hold.
_NOT_NAMES = frozenset(
    """nederland nederlands nederlandse nederlandser europees europese europa engels engelse januari februari maart april mei juni juli
    augustus september oktober november december wet sindsdien slechts maandag dinsdag woensdag donderdag vrijdag
    zaterdag zondag i ii iii iv v de het een dutch english monday tuesday wednesday thursday friday saturday sunday january february
    march may june july august october december duiding""".split()
)


#: A country, its people and its capital stand for one another.
_PLACES = {
    form: row
    for row in (
        ("verenigd koninkrijk", "brits", "britse", "uk", "engeland", "londen"),
        ("verenigde staten", "amerikaans", "amerikaanse", "vs", "us"),
        ("zweden", "zweeds", "zweedse"),
        ("duitsland", "duits", "duitse"),
        ("belgie", "belgisch", "belgische"),
        ("frankrijk", "frans", "franse"),
        ("australie", "australisch", "australische"),
        ("canada", "canadees", "canadese"),
        ("noorwegen", "noors", "noorse"),
        ("denemarken", "deens", "deense"),
        ("singapore", "singaporees", "singaporese"),
    )
    for form in row
}
_JOINING = frozenset("voor van de het en der den tot of and for".split())


def names(sentence: str) -> list[str]:
    """The names in `sentence`, as written and in order: words with a capital, but not the first word unless no dictionary knows it."""
    starts = {m.end() for m in _START.finditer(sentence)}
    found: list[str] = []
    for match in _TOKEN.finditer(sentence):
        word = match[0]
        if not word[0].isupper() and not re.match(r"[a-z]{1,2}[A-Z]{2}", word):
            continue
        bare = fold(word)
        if bare in _NOT_NAMES or len(word) == 1:
            continue
        inner_capital = any(c.isupper() for c in word[1:])
        if match.start() in starts and not inner_capital and _ordinary(bare):
            continue
        found.append(word)
    return list(dict.fromkeys(found))


def unsupported_names(sentence: str, evidence: str) -> list[str]:
    """Names that `sentence` states and `evidence` does not hold, in any spelling of an abbreviation or with an ending."""
    stated = names(shortened(sentence))
    if not stated:
        return []
    held = fold(with_both_forms(evidence))
    squeezed = re.sub(r"[^\w]+", "", held)
    missing = [n for n in stated if not _held(n, held, squeezed)]
    if not missing:
        return []
    initials = "".join(w[0] for w in _TOKEN.findall(evidence) if w[0].isupper())
    abbreviations = {w for w in _TOKEN.findall(evidence) if len(w) >= 2 and w.isupper()}
    written_out = _written_out(sentence, missing, abbreviations)
    return [n for n in missing if n not in written_out and not (n.isupper() and len(n) >= 2 and n in initials)]


def _written_out(sentence: str, missing: list[str], abbreviations: set[str]) -> set[str]:
    """Missing names that together are an abbreviation of the evidence written out: "De Nederlandsche Bank" where it says DNB."""
    found: set[str] = set()
    run: list[str] = []
    for token in [*_TOKEN.findall(sentence), "."]:
        if token[:1].isupper():
            run.append(token)
        elif token not in _JOINING:
            letters = "".join(t[0] for t in run)
            if any(len(a) >= 2 and a in (letters, letters.replace("D", "", 1)) for a in abbreviations):
                found.update(run)
            run = []
    return found & set(missing)


def _held(name: str, held: str, squeezed: str) -> bool:
    bare = re.sub(r"['’]s$|['’]en$", "", fold(name))
    compact = re.sub(r"[^\w]+", "", bare)
    if len(compact) <= 3:
        return bool(re.search(rf"\b{re.escape(bare)}(?:['’]?s|en)?\b", held))
    if compact in squeezed:
        return True
    if len(compact) >= 5 and compact.rstrip("s") in squeezed:  # RIEC's, Denemarkens
        return True
    if any(form in held for form in _PLACES.get(compact, ())):
        return True
    if len(compact) >= 6 and re.search(rf"\b{re.escape(compact[:-2])}", held):  # Veluwse, Overijsselse
        return True
    # "OM-overleg" names the OM, "FIU-Nederland" the FIU
    named = [fold(p) for p in re.split(r"[-&]", name) if any(c.isupper() for c in p) and fold(p) not in _NOT_NAMES]
    return "-" in name and all(re.search(rf"\b{re.escape(p)}", held) for p in named)


def _ordinary(word: str) -> bool:
    """Is a word at the start of a sentence no name: known, or a compound that ends in a known word?"""
    if word in STOP_WORDS or len(word) <= 3 or any(simplemma.is_known(word, lang=lang) for lang in ("nl", "en")):
        return True
    return any(simplemma.is_known(word[n:], lang="nl") for n in range(3, len(word) - 4))
