"""What doctor says of language models: the engine, the model on this machine, and the endpoint of the settings."""

from __future__ import annotations

import httpx

from rag.compose.chat_models import is_local, load_chat_model
from rag.doctor import Check
from rag.errors import PpsError
from rag.models import engine
from rag.models.catalogue import Catalogue
from rag.models.folder import ModelFolder
from rag.settings import Settings


def language_models(settings: Settings, deep: bool) -> list[Check]:
    """A missing local model is only a fault where the settings ask for one. `deep` reads its whole file."""
    wanted = bool(settings.llm and is_local(settings.llm))
    try:
        return [_engine(wanted), *_files(settings, wanted, deep), _configured(settings)]
    except PpsError as error:
        return [Check("taalmodel", False, str(error), "Verbeter de genoemde instelling of het genoemde bestand.")]


def _engine(wanted: bool) -> Check:
    found = engine.installed()
    if found:
        return Check("pakket xllamacpp", True, found)
    told = "niet geïnstalleerd" + ("" if wanted else " (mag)")
    return Check("pakket xllamacpp", not wanted, told, engine.HOW if wanted else "")


def _files(settings: Settings, wanted: bool, deep: bool) -> list[Check]:
    catalogue, folder = Catalogue(settings.models_dir), ModelFolder(settings.models_dir)
    checks = []
    for model in catalogue.models.values():
        found = folder.condition(model)
        name = f"taalmodel {model.name}"
        if found.state == "ready":
            try:
                if deep:
                    folder.verify(model, deep=True)
                told = "gecontroleerd" if deep and model.sha256 else "aanwezig"
                checks.append(Check(name, True, f"{told}: {folder.file(model)}"))
            except PpsError as error:
                checks.append(Check(name, False, str(error)))
        elif found.state == "damaged":
            checks.append(Check(name, False, found.note, f"Doe: python -m rag models pull {model.name}"))
        elif model.name == catalogue.default:
            needed = wanted and settings.llm == "lokaal"
            checks.append(Check(name, not needed, "niet opgehaald" + ("" if needed else " (mag)"), found.note if needed else ""))
    return checks


def _configured(settings: Settings) -> Check:
    if not settings.llm:
        return Check("taalmodel", True, "geen: antwoorden bestaan uit zinnen uit de bronnen (mag)")
    try:
        load_chat_model(settings.llm, settings)
    except PpsError as error:
        return Check("taalmodel", False, str(error))
    if is_local(settings.llm):
        return Check("taalmodel", True, f"{settings.llm}: start bij de eerste vraag")
    return _endpoint(settings)


def _endpoint(settings: Settings) -> Check:
    address = settings.llm.rpartition("@")[2]
    headers = {k: v.get_secret_value() for k, v in settings.llm_headers.items()}
    if settings.llm_api_key:
        headers["Authorization"] = f"Bearer {settings.llm_api_key.get_secret_value()}"
    try:
        reply = httpx.get(f"{address.rstrip('/')}/models", timeout=5, headers=headers, params=settings.llm_query)
    except httpx.HTTPError as error:
        return Check("taalmodel", False, f"{address}: {type(error).__name__}", "Start het taalmodel of verbeter PPS_LLM.")
    ok = reply.status_code < 400
    return Check("taalmodel", ok, f"{address} antwoordt met {reply.status_code}", "" if ok else "Controleer PPS_LLM en PPS_LLM_API_KEY.")
