"""Words of a Dutch text as the lexical index sees them: surface form, term (lemma, then stem) and stop words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import simplemma
import Stemmer
from bm25s.stopwords import STOPWORDS_DUTCH

_WORD = re.compile(r"\w+(?:[.'’]\w+)*")
_COMBINING = re.compile("[" + "".join(chr(c) for c in range(0x10000) if unicodedata.combining(chr(c))) + "]")
_QUESTION_WORDS = """wat wie waar wanneer waarom hoe welk welke hoeveel waarvoor waarmee waarover waaruit mag kan moet kun
kunnen mogen moeten zijn is volgens graag vertel leg uit vaak lang veel precies eigenlijk nog al alle bestaat bestaan gaat
what who where when why how which the of is are does do did can
may should in to a an and for on with it""".split()
STOP_WORDS = frozenset(STOPWORDS_DUTCH) | frozenset(_QUESTION_WORDS)
#: Part of the index's fingerprint: a change here rebuilds the lexical index.
VERSION = "words-2"
_stemmer = Stemmer.Stemmer("dutch")


def fold(text: str) -> str:
    """Lower case, without diacritics, so that "coöperatie" and "cooperatie" are one word."""
    lowered = text.lower()
    return lowered if lowered.isascii() else _COMBINING.sub("", unicodedata.normalize("NFKD", lowered))


def words(text: str) -> list[str]:
    """All words of `text` in order, folded; "j.m." and "o.b.v" stay one word, a decimal number too."""
    return _WORD.findall(fold(text))


def content_words(text: str) -> list[str]:
    """The words of `text` that are not stop words or question words."""
    return [w for w in words(text) if w not in STOP_WORDS]


@lru_cache(maxsize=200_000)
def term(word: str) -> str:
    """The index term of one folded word: its lemma (simplemma, Dutch), then its stem (Snowball Dutch)."""
    return _stemmer.stemWord(simplemma.lemmatize(word, lang="nl").lower())


def terms(text: str) -> list[str]:
    """The index terms of `text`, stop words left out, repetitions kept."""
    return [term(w) for w in content_words(text)]


@lru_cache(maxsize=200_000)
def grams(word: str) -> tuple[str, ...]:
    """Character 4- and 5-grams of a word with its borders marked; a shorter word is one gram."""
    marked = f"_{word}_"
    found = tuple(marked[i : i + n] for n in (4, 5) for i in range(len(marked) - n + 1))
    return found or (marked,)
