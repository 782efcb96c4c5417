"""A model on this machine as chat model: its file, the server that runs it, and LangChain's client of that server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rag.errors import ConfigurationError
from rag.models import engine
from rag.models.catalogue import Catalogue
from rag.models.endpoint import chat_openai
from rag.models.folder import ModelFolder
from rag.models.server import Options
from rag.models.supervisor import COMMAND, Endpoint, Supervisor
from rag.settings import Settings


class LocalRunner:
    """Runs one GGUF file for all threads. `check` gives its path when it is certain that the file is the right one."""

    def __init__(self, name: str, check: Callable[[], Path], settings: Settings, command: Sequence[str] = COMMAND) -> None:
        self._settings, self._check, self.name = settings, check, name
        self._supervisor = Supervisor(name, self._options, settings.models_dir / f"{name}.log", command=command)
        self._client: tuple[Endpoint, Any] | None = None

    def _options(self, key: str) -> Options:
        s = self._settings
        return Options(str(self._check().resolve()), key, s.llm_context, s.threads, s.llm_parallel)

    def chat(self, wait_s: float, stopped: Callable[[], bool] = lambda: False) -> Any:  # noqa: ANN401 - ChatOpenAI
        """The client of the running server. A server that was started anew has another address and key, so another client.

        Raises:
            ModelError: the model cannot be started, or not in time.
        """
        endpoint = self._supervisor.endpoint(wait_s, stopped)
        known = self._client  # read once: another thread may replace it
        if known is None or known[0] != endpoint:
            body = {"cache_prompt": True}
            chat = chat_openai(f"{endpoint.address}/v1", self.name, endpoint.key, self._settings.llm_local_timeout_s, body=body, local=True)
            known = self._client = (endpoint, chat)
        return known[1]

    def close(self) -> None:
        self._supervisor.close()


def local_model(name: str, file: Path | None, settings: Settings) -> tuple[str, LocalRunner]:
    """Name and runner of a model of the catalogue, or of a GGUF `file`. Nothing is started yet.

    Raises:
        ConfigurationError: there is no such model, its file is not here, or the engine is not installed.
    """
    if file is not None:
        if not file.is_file() or file.suffix != ".gguf":
            raise ConfigurationError(f"PPS_LLM: {file} is geen GGUF-bestand dat hier staat.")
        name, check = file.stem, lambda: file
    else:
        model, folder = Catalogue(settings.models_dir).get(name), ModelFolder(settings.models_dir)
        found = folder.condition(model)
        if found.state != "ready":
            raise ConfigurationError(f"Het taalmodel {model.name} staat hier niet of niet helemaal: {found.note}.")
        name, check = model.name, lambda: folder.verify(model)
    if not engine.installed():
        raise ConfigurationError(f"Het onderdeel dat taalmodellen op deze machine draait, ontbreekt. {engine.HOW}.")
    return name, LocalRunner(name, check, settings)
