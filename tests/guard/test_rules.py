import pytest

from rag.guard.phrases import PhraseBook, Words
from rag.guard.rules import RuleBook, rule_book
from rag.guard.scores import Score, score


def book(*rules, **groups) -> RuleBook:
    return RuleBook({"groups": groups or {"a": "an"}, "families": {"f": {"weight": 2, "rules": list(rules)}}})


def fires(rule, text: str, **groups) -> bool:
    return bool(book(rule, **groups).fired(Words.of(text)))


def test_elements_follow_each_other_directly_unless_a_gap_says_otherwise():
    assert fires("een twee", "een twee") and not fires("een twee", "een en twee")
    assert fires("een .. twee", "een a b c d twee") and not fires("een .. twee", "een a b c d e twee")
    assert fires("een ... twee", "een a b c d e twee")
    assert not fires("een .. twee", "twee een")


def test_a_gap_does_not_cross_a_sentence_but_a_dot_in_a_name_ends_none():
    assert not fires("een .. twee", "een. twee") and fires("een .. twee", "een a.b twee")


def test_optional_elements_stems_alternatives_and_groups():
    assert fires("een de? kat", "een de kat") and fires("een de? kat", "een kat")
    assert fires("kat*", "katten") and not fires("kat", "katten")
    assert fires("<dier>|huis", "een huis", dier="kat, hond") and fires("<dier>|huis", "een hond", dier="kat, hond")
    assert fires("<dier> blaft", "de grote hond blaft", dier="grote hond")


def test_both_parts_in_one_sentence_or_anywhere():
    assert fires("een & twee", "twee en een") and not fires("een & twee", "een. twee")
    assert fires("een && twee", "een. twee")


def test_unless_silences_the_same_sentence_only():
    rule = {"match": "steel", "unless": "goed"}
    assert not fires(rule, "ik voorkom dat ik steel", goed="voorkom")
    assert fires(rule, "ik voorkom veel. ik steel", goed="voorkom")


def test_families_weigh_once():
    rules = book("een", "twee")
    assert rules.weight(rules.fired(Words.of("een twee"))) == 2


def test_mistakes_in_rules_are_told():
    with pytest.raises(ValueError, match="unknown groups: nergens"):
        book("<nergens>")
    with pytest.raises(ValueError, match="may be absent"):
        book("de? kat")
    with pytest.raises(ValueError, match="too short"):
        PhraseBook({"a": "b*"})


def test_a_score_counts_each_group_once_over_two_sentences():
    signs = Score(
        {
            "threshold": 3,
            "needs": "a",
            "groups": {"a": {"weight": 1, "phrases": "een"}, "b": {"weight": 2, "phrases": "twee"}, "c": {"weight": -2, "phrases": "niet"}},
        }
    )
    assert [signs.of(Words.of(t)) for t in ("een een", "een. twee", "een. x. twee", "twee", "een twee niet", "")] == [1, 3, 1, 0, 1, 0]
    assert signs.reached(Words.of("twee en een"))


@pytest.mark.parametrize("name", ["injection", "crime", "harm", "legal"])
def test_the_shipped_rules_are_read(name):
    assert rule_book(name).rules


@pytest.mark.parametrize("name", ["unsafe", "injection"])
def test_the_shipped_signs_are_read(name):
    assert score(name).threshold > 0
