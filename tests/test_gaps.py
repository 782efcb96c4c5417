"""What is kept of a question without an answer, and how questions are grouped."""

from datetime import date

import pytest

from rag.gaps import Gap, GapLog, masked, themes
from rag.types import Answer


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("Mag ik gegevens van Jan de Vries delen?", "Mag ik gegevens van [naam] delen?"),
        ("Bel 06-12345678 of mail j.jansen@politie.nl", "Bel [nummer] of mail [e-mail]"),
        ("Staat rekening NL91 ABNA 0417 1643 00 op de lijst?", "Staat rekening [rekening] op de lijst?"),
        ("Wie rijdt in XX-123-Y?", "Wie rijdt in [kenteken]?"),
        ("Woont hij op 1234 AB 12?", "Woont hij op [postcode]?"),
        ("Wat doet het OM in 2024 met banken?", "Wat doet het OM in 2024 met banken?"),
        ("Kent Lantaarn een evaluatie?", "Kent Lantaarn een evaluatie?"),
        ("Zijn er cijfers over geldezels?", "Zijn er cijfers over geldezels?"),
    ],
)
def test_what_looks_personal_is_masked(question, kept):
    assert masked(question, lambda word: word in ("lantaarn", "om", "banken")) == kept


def test_only_unanswered_questions_are_kept_and_counted(tmp_path):
    log = GapLog(tmp_path)
    assert log.gaps() == []
    for day, status in ((1, "not_in_corpus"), (3, "not_in_corpus"), (4, "answered"), (5, "out_of_scope")):
        log.record(Answer("Zijn er cijfers?", status), lambda w: True, date(2026, 11, day))
    assert log.gaps() == [Gap("Zijn er cijfers?", "2026-11-01", "2026-11-03", 2, "")]
    log.record(Answer("Later?", "not_in_corpus"), lambda w: True, date(2027, 6, 1))
    assert [g.question for g in log.gaps()] == ["Later?"], "after half a year a question is forgotten"
    log.clear()
    assert log.gaps() == []


def test_questions_are_grouped_by_theme(encoder):
    about_mules = ["Hoeveel geldezels zijn er in Limburg?", "Hoeveel geldezels zijn veroordeeld?", "Welke straf krijgen geldezels?"]
    about_training = ["Welke opleiding is er voor PPS?", "Waar kan ik een opleiding over PPS volgen?"]
    found = themes([Gap(q, "2026-11-01", "2026-11-01", 1, "") for q in about_mules + about_training], encoder.encode_query)
    assert sorted(sorted(g.question for g in t.gaps) for t in found) == sorted([sorted(about_mules), sorted(about_training)])
    assert "geldezels" in found[0].name and found[0].times == 3
