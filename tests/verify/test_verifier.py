"""The built-in verifier on sentences of the field: what it must accept, and what it must never let through."""

import pytest

from rag.verify.checks import problems
from rag.verify.contrasts import overstated, turned_round
from rag.verify.entailment import LABELS, EntailmentHead
from rag.verify.names import names, unsupported_names
from rag.verify.polarity import contradictions
from rag.verify.verifier import PENALTY, BuiltinVerifier, probability

EVIDENCE = [
    "Het convenant van project Lantaarn is op 3 oktober 2023 getekend.",
    "De politie mag volgens artikel 20 Wpg gegevens verstrekken aan drie banken.",
    "De partijen delen geen persoonsgegevens met de gemeente.",
]


@pytest.fixture(scope="module")
def verifier(encoder):
    return BuiltinVerifier(encoder.tokens())


@pytest.mark.parametrize("claim", EVIDENCE)
def test_a_sentence_of_the_evidence_is_supported(verifier, claim):
    verdict = verifier.judge(claim, EVIDENCE)
    assert verdict.supported and verdict.problems == () and verdict.support > 0.8


@pytest.mark.parametrize(
    "claim",
    [
        "Project Lantaarn heeft een convenant, dat in oktober 2023 is getekend.",
        "Volgens artikel 20 Wpg mag de politie aan 3 banken gegevens verstrekken.",
        "Met de gemeente delen de partijen geen persoonsgegevens.",
    ],
)
def test_an_honest_paraphrase_is_supported(verifier, claim):
    assert verifier.judge(claim, EVIDENCE).supported


@pytest.mark.parametrize(
    ("claim", "problem"),
    [
        ("Het convenant van project Lantaarn is op 3 oktober 2024 getekend.", "numbers"),
        ("De politie mag volgens artikel 21 Wpg gegevens verstrekken aan drie banken.", "numbers"),
        ("De FIOD mag volgens artikel 20 Wpg gegevens verstrekken aan drie banken.", "names"),
        ("De politie moet volgens artikel 20 Wpg gegevens verstrekken aan drie banken.", "modality"),
        ("De politie mag volgens artikel 20 Wpg geen gegevens verstrekken aan drie banken.", "negation"),
        ("De partijen delen persoonsgegevens met de gemeente.", "negation"),
        ("De politie mag volgens artikel 20 Wpg altijd gegevens verstrekken aan drie banken.", "strength"),
    ],
)
def test_one_wrong_word_is_a_problem(verifier, claim, problem):
    verdict = verifier.judge(claim, EVIDENCE)
    assert problem in verdict.problems and not verdict.supported and verdict.support <= PENALTY


def test_something_else_is_not_supported(verifier):
    assert not verifier.judge("De haven van Rotterdam verwerkt veel containers met fruit.", EVIDENCE).supported
    assert verifier.judge("", EVIDENCE).support == 0.0 and verifier.judge(EVIDENCE[0], []).support == 0.0


def test_an_english_sentence_over_dutch_evidence(verifier):
    assert verifier.judge("The covenant of project Lantaarn was signed on 3 October 2023.", EVIDENCE).supported
    assert not verifier.judge("The covenant of project Lantaarn was signed on 4 October 2023.", EVIDENCE).supported
    assert not verifier.judge("The port handles a lot of fruit every summer.", EVIDENCE).supported


def test_the_same_claim_gets_the_same_verdict(verifier):
    claim = "Project Lantaarn heeft een convenant."
    assert verifier.judge(claim, EVIDENCE) == verifier.judge(claim, list(EVIDENCE))


def test_more_shared_words_never_lower_the_support():
    base = {"cosine": 0.5, "coverage": 0.5, "coverage_all": 0.5, "alignment": 0.5, "entailment": 0.2, "contradiction": 0.1}
    base |= {"numbers": 0.0, "names": 0.0}
    for name in ("cosine", "coverage", "coverage_all", "alignment", "entailment"):
        for crossing in (False, True):
            assert probability(base | {name: 0.9}, crossing) >= probability(base, crossing)
    for name in ("numbers", "names", "contradiction"):
        assert probability(base | {name: 1.0}, False) <= probability(base, False)


def test_the_entailment_head_tells_the_three_apart(encoder):
    head = EntailmentHead(encoder.tokens())
    pairs = [
        ("Een man speelt gitaar op het podium", "Een man speelt op een instrument"),
        ("Een man speelt gitaar op het podium", "Er speelt geen man gitaar op het podium"),
        ("Een man speelt gitaar op het podium", "Een vrouw snijdt een ui in de keuken"),
    ]
    found = [LABELS[n] for n in head.probabilities(pairs).argmax(axis=1)]
    assert found == ["entailment", "contradiction", "neutral"]
    assert head.probabilities([]).shape == (0, 3)


def test_token_vectors_give_the_encoders_own_sentence_vector(encoder):
    for text in ("Een korte zin.", "x", "De politie mag volgens artikel 20 Wpg gegevens verstrekken aan drie banken. " * 3):
        assert float(encoder.tokens().encode(text).vector @ encoder.encode_query(text)) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("De FIOD werkt samen met ABN AMRO.", ["FIOD", "ABN", "AMRO"]),
        ("Samenwerken kost tijd.", []),
        ("Bankanalisten mogen niets doorgeven.", []),
        ("Rabobank doet mee.", ["Rabobank"]),
        ("In januari begon het.", []),
    ],
)
def test_names(sentence, found):
    assert names(sentence) == found


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("De Financial Intelligence Unit kreeg meldingen.", "De FIU kreeg meldingen."),
        ("De Nederlandsche Bank hield toezicht.", "DNB hield toezicht."),
        ("Banken delen kennis in de CDA.", "De Cyber Defence Alliance deelt kennis."),
        ("Britse banken doen mee.", "Banken uit het Verenigd Koninkrijk doen mee."),
        ("De RIEC's helpen.", "Een RIEC helpt."),
        ("Het OM-overleg loopt.", "Het OM overlegt."),
    ],
)
def test_a_name_written_another_way_is_held(claim, evidence):
    assert unsupported_names(claim, evidence) == []


@pytest.mark.parametrize(
    ("claim", "evidence", "found"),
    [
        ("Alle banken doen mee.", "Enkele banken doen mee.", ["all"]),
        ("Niet alle banken doen mee.", "Enkele banken doen mee.", []),
        ("Alleen de politie mag dit.", "De politie mag dit.", ["only"]),
        ("TNO ziet PPS niet als de enige manier.", "PPS is volgens TNO maar één manier.", []),
        ("Alle partijen tekenen.", "Elke partij tekent.", []),
    ],
)
def test_overstated(claim, evidence, found):
    assert overstated(claim, evidence) == found


def test_turned_round():
    assert turned_round("Het aantal meldingen steeg in 2020.", "Het aantal meldingen daalde in 2020.")
    assert not turned_round("Het aantal meldingen daalde.", "Er was een daling van het aantal meldingen.")


def test_another_way_to_say_no_is_no_contradiction():
    assert contradictions("Burgernet gebruikt sinds 2023 geen sms meer.", ["Sms kostte veel en stopte in 2023."]) == []
    assert contradictions("Delen is verboden zonder grondslag.", ["Delen is niet toegestaan zonder grondslag."]) == []


def test_problems_say_which_check_fired():
    assert problems("In 2020 deden 7 banken mee.", ["In 2019 deden 5 banken mee."], ["In 2019 deden 5 banken mee."]) == ("numbers",)
