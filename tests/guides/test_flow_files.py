"""A flow file with an error is told with the file, the line and the place; a good one is found, listed and may replace another."""

from __future__ import annotations

import pytest

from rag.errors import ConfigurationError, DocumentError
from rag.guides.__main__ import main
from rag.guides.load import SHIPPED, flow_folders, load_flows, read_flow
from rag.settings import get_settings

WRONG = [
    # (what stands there, what takes its place, what the message names)
    ("titel: Proefhulp\n", "", ["regel 2", "(titel)", "dit veld ontbreekt"]),
    ("titel: Proefhulp\n", "titel: Proefhulp\nkleur: rood\n", ["regel 4", "(kleur)", "deze sleutel bestaat niet"]),
    ("titel: Proefhulp\n", "titel: 12\n", ["regel 3", "(titel)", "hier hoort tekst"]),
    ("titel: Proefhulp\n", "titel: x\n", ["regel 3", "(titel)", "te kort"]),
    ("titel: Proefhulp\n", f"titel: {'x' * 601}\n", ["regel 3", "langer dan 600 tekens"]),
    ("titel: Proefhulp\n", "titel: Proefhulp\nvolgorde: eerst\n", ["regel 4", "(volgorde)", "heel getal"]),
    ("titel: Proefhulp\n", "titel: Proefhulp\ntabel: misschien\n", ["regel 4", "(tabel)", "kies true of false"]),
    ("titel: Proefhulp\n", "titel: [Proefhulp\n", ["regel 4", "geen geldige YAML"]),
    ("titel: Proefhulp\n", "titel: Proefhulp\ntitel: Ander\n", ["regel 4", "'titel' staat hier twee keer"]),
    ("naam: proef\n", "naam: iets\n", ["regel 2", "(naam)", "schrijf 'proef'"]),
    ("id: keus\n    vraag", "id: Mijn Keus\n    vraag", ["regel 8", "paginas.1.vragen.1.id", "kleine letter"]),
    ("id: keus\n    vraag", "id: stap\n    vraag", ["regel 8", "paginas.1.vragen.1.id", "'stap' is bezet"]),
    ("{id: doel, vraag", "{id: keus, vraag", ["regel 14", "paginas.1.vragen.2.id", "komt vaker voor"]),
    ("{id: hoog, tekst: Hoog, waarde: 4}", "{id: laag, tekst: Hoog, waarde: 4}", ["regel 11", "paginas.1.vragen.1.opties", "dezelfde id"]),
    ("waarde: 4}", "waarde: 5}", ["regel 13", "opties.2.waarde", "te groot (ten hoogste 4)"]),
    ("waarde: 4}", "waarde: -1}", ["regel 13", "opties.2.waarde", "te klein (ten minste 0)"]),
    ("    minstens: 2\n", "    minstens: 4\n", ["regel 20", "paginas.2.vragen.1.minstens", "kan niemand zoveel"]),
    ("    soort: meer\n", "    soort: veel\n", ["regel 19", "paginas.2.vragen.1.soort", "kies 'een' of 'meer'."]),
    ("nu: keus, gewenst", "nu: kies, gewenst", ["regel 28", "profiel.1.nu", "'kies' bestaat niet"]),
    ("nu: keus, gewenst", "nu: plaats, gewenst", ["regel 28", "profiel.1.nu", "precies één antwoord"]),
    ("- {id: as, kop: De as, nu: keus, gewenst: doel}", "- {id: as, kop: As, nu: keus, gewenst: doel}\n" * 2, ["(profiel)", "dezelfde id"]),
    ("  antwoorden: [keus]\n", "  antwoorden: [kies]\n", ["regel 31", "delen.1.antwoorden.1", "'kies' bestaat niet"]),
    ("{als: {keus: [laag]}, tekst", "{als: {keus: [diep]}, tekst", ["regel 33", "delen.1.opmerkingen.1.als", "geen optie 'diep'"]),
    ("{als: {keus: [hoog]}, doc", "{als: {kies: [hoog]}, doc", ["regel 36", "delen.1.bronnen.2.als", "'kies' bestaat niet"]),
    ("{als: {keus: [hoog]}, doc", "{als: {keus: []}, doc", ["regel 36", "delen.1.bronnen.2.als.keus", "ten minste 1 nodig"]),
    ("doel: [hoog]}", "doel: [best]}", ["delen.2.als_een", "geen optie 'best'"]),
    ("  kloof: as\n", "  kloof: bijl\n", ["delen.3.kloof", "'bijl' staat niet in het profiel"]),
    ("  per: plaats\n", "", ["(delen.4)", "horen bij elkaar"]),
    ("    haven:\n", "    meer:\n", ["delen.4.cellen", "geen optie 'meer'"]),
    ('zinnen: ["Bank Noord"]', "zinnen: []", ["delen.2.bronnen.1.zinnen", "ten minste 1 nodig"]),
    ('zinnen: ["Bank Noord"]', "zinnen: Bank Noord", ["delen.2.bronnen.1.zinnen", "hier hoort een lijst"]),
    ("- kop: Een bank\n", "- kop: Een bank\n  bronnn: []\n", ["delen.2.bronnn", "deze sleutel bestaat niet"]),
]


def test_the_flow_of_these_tests_is_right(write_flow):
    assert read_flow(write_flow()).naam == "proef"


@pytest.mark.parametrize(("there", "instead", "told"), WRONG, ids=[" ".join(w[2]) for w in WRONG])
def test_each_error_names_file_and_place(write_flow, flow_text, there, instead, told):
    assert there in flow_text
    with pytest.raises(DocumentError) as error:
        read_flow(write_flow(flow_text.replace(there, instead, 1)))
    message = str(error.value)
    assert message.startswith("proef.yml, regel ") and all(words in message for words in told), message


def test_a_table_has_one_kind_of_columns(write_flow, flow_text):
    other = "- kop: Per keus\n  per: keus\n  cellen: {laag: []}\n"
    assert read_flow(write_flow(flow_text + other))
    with pytest.raises(DocumentError, match=r"regel \d+ \(delen\.5\.per\): in een tabel"):
        read_flow(write_flow(flow_text.replace("naam: proef", "naam: proef\ntabel: true") + other))


def test_one_error_is_one_error(write_flow, flow_text):
    with pytest.raises(DocumentError) as error:
        read_flow(write_flow(flow_text.replace("    soort: meer\n", "    soort: veel\n")))
    assert "nog" not in str(error.value)


def test_more_errors_are_counted(write_flow, flow_text):
    with pytest.raises(DocumentError, match="Er is nog 1 fout"):
        read_flow(write_flow(flow_text.replace("titel: Proefhulp\nuitleg: Een kleine hulp.\n", "")))


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "leeg"), (b"\xff\xfe", "UTF-8"), (b"- a\n- b\n", "sleutels met een waarde"), (b"a: \x01", "YAML|gelezen")],
    ids=["empty", "no text", "a list", "a control character"],
)
def test_a_file_that_is_no_flow_at_all(tmp_path, content, told):
    path = tmp_path / "vreemd.yml"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=rf"^vreemd\.yml.*({told})"):
        read_flow(path)


def test_a_file_that_cannot_be_opened(tmp_path):
    (tmp_path / "map.yml").mkdir()
    with pytest.raises(DocumentError, match=r"map\.yml: het bestand kan niet worden gelezen"):
        read_flow(tmp_path / "map.yml")


def test_an_organisation_adds_and_replaces_flows(write_flow, flow_text, monkeypatch):
    folder = write_flow().parent
    write_flow(flow_text.replace("naam: proef", "naam: keuzehulp").replace("Proefhulp", "Onze keuzehulp"), "keuzehulp.yml")
    monkeypatch.setenv("PPS_GUIDES_DIR", str(folder))
    flows, wrong = load_flows()
    assert flow_folders() == [SHIPPED, folder] and wrong == []
    assert flows["keuzehulp"].titel == "Onze keuzehulp" and list(flows)[-1] == "proef" and "ambitie" in flows


def test_a_wrong_file_is_told_and_leaves_the_others(write_flow, flow_text, monkeypatch):
    monkeypatch.setenv("PPS_GUIDES_DIR", str(write_flow().parent))
    write_flow("naam: keuzehulp\n", "keuzehulp.yml")
    flows, wrong = load_flows()
    assert flows["keuzehulp"].titel.startswith("Keuzehulp") and "proef" in flows
    assert len(wrong) == 1 and wrong[0].startswith("keuzehulp.yml, regel 1")


def test_a_folder_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv("PPS_GUIDES_DIR", str(tmp_path / "weg"))
    with pytest.raises(ConfigurationError, match="PPS_GUIDES_DIR"):
        load_flows()


@pytest.fixture
def command(monkeypatch, index_dir):
    monkeypatch.setenv("PPS_INDEX_DIR", str(index_dir))
    get_settings.cache_clear()
    return main


def test_the_command_for_editors(command, store, write_flow, monkeypatch, capsys):
    monkeypatch.setattr("rag.guides.load.SHIPPED", write_flow().parent)
    assert command() == 0 and "Advieshulpen gelezen: 1. Problemen: 0." in capsys.readouterr().out


def test_the_command_tells_what_the_index_no_longer_holds(command, store, write_flow, flow_text, monkeypatch, capsys):
    monkeypatch.setattr("rag.guides.load.SHIPPED", write_flow(flow_text.replace('"Bank Noord"', '"Bank Oost"')).parent)
    write_flow("naam: x", "stuk.yml")
    assert command() == 1
    out = capsys.readouterr().out
    assert "stuk.yml, regel 1" in out and "proef.yml (delen.2.bronnen.1): geen bruikbare zin" in out and "Bank Oost" in out


def test_the_command_without_an_index(command, capsys):
    assert command() == 2 and "Er is nog geen index" in capsys.readouterr().err
