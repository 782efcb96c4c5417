import pytest

from rag.guard.personal import find, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Verdachte Jan de Vries ontkent.", "Verdachte [naam] ontkent."),
        ("Mijn cliënt mevrouw A. Bakker wil inzage.", "Mijn cliënt mevrouw [naam] wil inzage."),
        ("De heer Jansen heeft gefraudeerd.", "De heer [naam] heeft gefraudeerd."),
        ("Is Erik de Boer bekend bij de politie?", "Is [naam] bekend bij de politie?"),
        ("Heeft de politie informatie over Mohammed el Amrani?", "Heeft de politie informatie over [naam]?"),
        ("Zoek op Petra van den Berg.", "Zoek op [naam]."),
        ("De politie verdenkt Omar Aziz van heling.", "De politie verdenkt [naam] van heling."),
        ("Getuige mevrouw De Wit is bang.", "Getuige mevrouw [naam] is bang."),
        ("verdachte jan de vries woont daar", "verdachte [naam] woont daar"),
        ("Staat Kees van der Meulen in het waarschuwingsregister?", "Staat [naam] in het waarschuwingsregister?"),
        ("Is de verdachte Mohamed B. aangehouden?", "Is de verdachte [naam] aangehouden?"),
    ],
)
def test_people_in_a_case_are_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Is Project Melissa bekend bij de politie?",
        "Wat schreef Van der Meij over PPS?",
        "Heeft de politie informatie over het Financieel Expertisecentrum?",
        "Heeft minister Yeşilgöz de Wgs ondertekend?",
        "Wat heeft lector Nicolien Kop onderzocht?",
        "Is Danske Bank veroordeeld voor witwassen?",
        "Verdachte transacties bij Nederlandse banken: wie meldt ze?",
        "Zoek naar Stop Heling en Check Je Hack.",
        "Is klant Jansen & Jansen BV verdacht?",
        "Wordt de Rabobank verdacht van iets?",
        "mevrouw heeft gefraudeerd",
    ],
)
def test_public_names_pass(text):
    assert find(text) == ()


def test_a_name_beside_another_identifier_is_personal():
    assert [f.type for f in find("Karin Bos betaalde via NL15TEST4378142630.")] == ["name", "iban"]
    assert find("Karin Bos schreef een rapport.") == ()
