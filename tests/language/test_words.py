from rag.language.detect import detect_language
from rag.language.words import content_words, fold, grams, term, terms


def test_fold_removes_case_and_diacritics():
    assert fold("Coöperatie ÉÉN") == "cooperatie een"


def test_content_words_leave_out_stop_words_and_question_words():
    assert content_words("Wat zijn de alternatieven voor PPS?") == ["alternatieven", "pps"]


def test_inflections_share_a_term():
    assert term("convenanten") == term("convenant")
    assert term("samenwerkingen") == term("samenwerking")


def test_terms_keep_repetitions():
    assert terms("bank en bank") == [term("bank")] * 2


def test_grams_mark_word_borders():
    assert grams("om") == ("_om_",)
    assert grams("bank") == ("_ban", "bank", "ank_", "_bank", "bank_")


def test_language_of_a_question():
    assert detect_language("Wat is PPS volgens TNO?") == "nl"
    assert detect_language("What does TNO mean by public-private partnership?") == "en"
    assert detect_language("JMLIT") == "nl"
    assert detect_language("Hoeveel medewerkers had project Lantaarn in 2031?") == "nl"
    assert detect_language("artikel 8a justitiele gegevens gelezen?") == "nl"
