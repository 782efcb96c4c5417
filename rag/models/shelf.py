"""The language models that a reader can choose between: none, those on this machine, and the endpoint of the settings."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.errors import ConfigurationError, PpsError
from rag.models import engine
from rag.models.catalogue import Catalogue, Model
from rag.models.folder import ModelFolder, Progress, State, readable_size, silent
from rag.models.pull import pull
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.compose.chat_models import ChatModel

NONE, CONFIGURED, LOCAL = "geen", "ingesteld", "lokaal"
INSTALL = "onderdeel installeren"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of the shelf. `name` is that of the model; `state` is as in rag.models.folder, with `done` in percent of what is fetched.
    A model that is fetched and not ready lacks the part that runs it."""

    key: str
    name: str
    ready: bool
    state: State = "ready"
    done: int = 0


class ModelShelf:
    """Gives the model that belongs to a key. Safe for many threads: each model is loaded once and shared.

    `configured` is the model of PPS_LLM, where there is one: it is shown beside the others, and never loaded a second time.
    """

    def __init__(self, settings: Settings, configured: ChatModel | None = None) -> None:
        self.settings = settings
        self._configured = configured
        self._folder = ModelFolder(settings.models_dir)
        self._loaded: dict[str, ChatModel] = {}
        self._lock = threading.Lock()

    @property
    def default(self) -> str:
        """The key that is chosen until the reader chooses: the model of the settings, else none."""
        return CONFIGURED if self._configured else NONE

    @property
    def may_fetch(self) -> bool:
        """Whether readers may fetch a model: only where the one who reads is the one who runs the advisor."""
        return self.settings.host in LOOPBACK

    def choices(self) -> list[Choice]:
        """What there is now. A model that was fetched a moment ago is ready at the next call."""
        found = [Choice(NONE, "", True)]
        if self._configured:
            found.append(Choice(CONFIGURED, self._configured.name, True))
        if self._configured is None or self._configured.runner is None:
            found += self._local_choices()
        return found

    def get(self, key: str) -> ChatModel | None:
        """The model of `key`; None for answering without one.

        Raises:
            ConfigurationError: there is no such choice, or it is not ready; the message says what to do.
        """
        if key == NONE:
            return None
        if key == CONFIGURED and self._configured:
            return self._configured
        if key != LOCAL and not key.startswith(f"{LOCAL}:"):
            raise ConfigurationError("Dit taalmodel is er niet (meer). Kies een ander bij ‘Taalmodel’.")
        from rag.compose.chat_models import load_chat_model

        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = load_chat_model(key, self.settings)
            return self._loaded[key]

    def warm(self, key: str) -> None:
        """Start loading the model of `key` and return at once. What goes wrong is told to whoever asks it a question."""
        with suppress(PpsError):
            if model := self.get(key):
                threading.Thread(target=_warm, args=(model,), daemon=True).start()

    def fetch(self, progress: Progress = silent) -> Choice:
        """Install the engine and fetch the default model, as far as either is missing; the choice, which is ready then.

        Raises:
            PpsError: not allowed on this address, or it did not work; the message says what to do.
        """
        if not self.may_fetch:
            raise PpsError("Een taalmodel ophalen kan alleen op de machine van de adviseur zelf. Vraag uw beheerder.")
        model = self._model()
        if not engine.installed():
            progress(INSTALL, 0, 1)
            engine.install()
        pull(model, self._folder, progress=progress)
        return next(c for c in self._local_choices() if c.key == LOCAL)

    def to_fetch(self) -> str | None:
        """The size of the model that `fetch` would get, as readers see it; None when there is nothing to get."""
        model = self._model()
        if not model.parts or (self._folder.condition(model).state == "ready" and engine.installed()):
            return None
        return readable_size(model.size or 0)

    def close(self) -> None:
        """Stop the models that this shelf loaded."""
        with self._lock:
            loaded, self._loaded = self._loaded, {}
        for model in loaded.values():
            model.close()

    def _model(self) -> Model:
        return Catalogue(self.settings.models_dir).get()

    def _local_choices(self) -> list[Choice]:
        catalogue = Catalogue(self.settings.models_dir)
        usable = engine.installed() is not None
        found = []
        for model in catalogue.models.values():
            condition = self._folder.condition(model)
            is_default = model.name == catalogue.default
            if condition.state != "ready" and not is_default:
                continue
            ready = condition.state == "ready" and usable
            key, done = LOCAL if is_default else f"{LOCAL}:{model.name}", 100 * condition.done // (model.size or 1)
            found.append(Choice(key, model.title or model.name, ready, condition.state, done))
        return found


def _warm(model: ChatModel) -> None:
    with suppress(PpsError):
        model.warm()
