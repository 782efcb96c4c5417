import pytest

from rag.guard.legal import legal_case


@pytest.mark.parametrize(
    "text",
    [
        "In mijn zaak is bewijs van een winkelier gebruikt. Mag dat?",
        "Mag ik in het onderzoek tegen mijn cliënt gegevens van de bank gebruiken?",
        "Is het bewijs in deze zaak onrechtmatig?",
        "Moet ik deze verdachte aanhouden?",
        "Wat moet ik in dit dossier adviseren?",
        "Kan ik hoger beroep instellen?",
        "Ik ben gedagvaard voor witwassen, wat nu?",
        "Should I appeal my conviction?",
    ],
)
def test_advice_on_one_case(text):
    assert legal_case(text)


@pytest.mark.parametrize(
    "text",
    [
        "Mag de politie gegevens delen met een bank?",
        "Wanneer is een convenant nodig?",
        "Mag ik als gemeente gegevens van een bedrijf opvragen?",
        "Mogen wij camerabeelden delen met winkeliers?",
        "Is onrechtmatig verkregen bewijs van een burger bruikbaar?",
        "Moet een verdachte weten dat zijn gegevens zijn gedeeld?",
        "Kan een betrokkene in beroep tegen registratie in een waarschuwingsregister?",
        "Welke straf staat er op schending van de geheimhoudingsplicht?",
    ],
)
def test_general_questions_of_law_pass(text):
    assert not legal_case(text)
