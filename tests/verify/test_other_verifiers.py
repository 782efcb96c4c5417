"""The verifiers that may take the built-in one's place: a saved CrossEncoder, and a language model over real HTTP."""

import pytest

from rag.compose.chat_models import load_chat_model
from rag.errors import ConfigurationError, ModelError
from rag.settings import Settings
from rag.verify.load import load_verifier
from rag.verify.model_judge import ModelVerifier
from rag.verify.verifier import BuiltinVerifier
from tests.fakes import ModelServer
from tests.search.test_models import tiny_bert  # noqa: F401 - a fixture

EVIDENCE = ["Het convenant is in 2023 getekend.", "De banken delen geen namen."]


@pytest.fixture
def server():
    made = ModelServer()
    yield made
    made.close()


def saved(bert, folder, labels):
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(str(bert), num_labels=len(labels), device="cpu")
    model.config.id2label = dict(enumerate(labels))
    model.config.label2id = {label: n for n, label in enumerate(labels)}
    model.save(str(folder))
    return str(folder)


def test_a_saved_entailment_model_judges_and_the_checks_stay(tiny_bert, tmp_path):  # noqa: F811
    path = saved(tiny_bert, tmp_path / "nli", ["contradiction", "entailment", "neutral"])
    verifier = load_verifier(path, Settings(_env_file=None))
    verdict = verifier.judge(EVIDENCE[0], EVIDENCE)
    assert verifier.name == path and 0 < verdict.support < 1 and verdict.problems == ()
    assert "numbers" in verifier.judge("Het convenant is in 2031 getekend.", EVIDENCE).problems
    assert verifier.judge("", EVIDENCE).support == verifier.judge("Iets.", []).support == 0.0


def test_a_model_without_entailment_is_refused(tiny_bert, tmp_path):  # noqa: F811
    path = saved(tiny_bert, tmp_path / "sentiment", ["negative", "neutral", "positive"])
    with pytest.raises(ConfigurationError, match="nodig is entailment"):
        load_verifier(path, Settings(_env_file=None))
    with pytest.raises(ConfigurationError, match="kan niet worden geladen"):
        load_verifier(str(tmp_path / "weg"), Settings(_env_file=None))


@pytest.mark.parametrize(("said", "support"), [("JA", 1.0), ("Ja.", 1.0), ("NEE", 0.0), ("Dat weet ik niet", 0.0)])
def test_a_language_model_judges(server, said, support):
    server.script.pieces = [said]
    verifier = ModelVerifier(load_chat_model(f"rechter@{server.url}", Settings(_env_file=None)))
    assert verifier.judge("De banken delen geen namen.", EVIDENCE).support == support
    assert verifier.name == "llm:rechter"
    asked = server.script.history[0]["messages"]
    assert "JA" in asked[0]["content"] and EVIDENCE[1] in asked[1]["content"]


def test_a_language_model_that_says_yes_does_not_override_the_checks(server):
    server.script.pieces = ["JA"]
    verifier = ModelVerifier(load_chat_model(f"rechter@{server.url}", Settings(_env_file=None)))
    verdict = verifier.judge("De banken delen namen.", EVIDENCE)
    assert verdict.problems == ("negation",) and not verdict.supported


def test_a_judge_that_fails_says_so(server):
    server.script.status = 500
    with pytest.raises(ModelError):
        ModelVerifier(load_chat_model(f"rechter@{server.url}", Settings(_env_file=None))).judge("De banken delen geen namen.", EVIDENCE)


def test_which_verifier_a_setting_gives(encoder):
    settings = Settings(_env_file=None)
    assert isinstance(load_verifier(None, settings, encoder), BuiltinVerifier)
    assert isinstance(load_verifier("ingebouwd", settings, encoder), BuiltinVerifier)
    with pytest.raises(ConfigurationError, match="PPS_LLM"):
        load_verifier("llm", settings)
