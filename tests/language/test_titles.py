"""The language of titles, held against every title of the shipped corpus as a reader judged it (data/english_titles.txt)."""

from pathlib import Path

import pytest

from rag.knowledge.markdown import parse_front_matter
from rag.language.detect import split_title, title_language

ROOT = Path(__file__).parents[2]
ENGLISH = set((ROOT / "tests/data/english_titles.txt").read_text(encoding="utf-8").splitlines())
#: Names that are told wrong: dictionaries have these words in both languages.
MISTAKES = {"CyFin Program", "EC3 Partners (advisory groups)"}


def titles() -> set[str]:
    found = set()
    for path in ROOT.glob("corpus/*.md"):
        if path.name != "README.md":
            meta, _ = parse_front_matter(path.read_text(encoding="utf-8"), path.name)
            found |= {meta.titel, *(entry.titel for entry in meta.bronnen)}
    return found


def test_titles_of_the_corpus_are_told_apart_but_for_a_few():
    found = titles()
    told = {t for t in found if title_language(split_title(t)[0]) == "en"}
    assert len(found) > 700 and found >= ENGLISH
    assert told ^ ENGLISH <= MISTAKES
    assert {t for t in found if title_language(t) == "de"} == {"EU-Rat AI Act Omnibus endgültig verabschiedet"}


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Shared intelligence", ("Shared intelligence", "")),
        ("Modes of Network Governance (artikelgegevens)", ("Modes of Network Governance", " (artikelgegevens)")),
        ("Regulation (EU) 2022/991", ("Regulation (EU) 2022/991", "")),
        ("(zonder titel)", ("(zonder titel)", "")),
    ],
)
def test_what_was_added_in_brackets_stands_apart(title, parts):
    assert split_title(title) == parts
