"""Finds and reads flow files: those of the product and, from the folder PPS_GUIDES_DIR, those of the organisation itself."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import ConfigurationError, DocumentError
from rag.guides.flow import Flow
from rag.guides.yaml_places import Marked, read_marked, told

SHIPPED = Path(__file__).parent / "flows"


class GuideSettings(BaseSettings):
    """Where an organisation keeps its own flows."""

    model_config = SettingsConfigDict(env_prefix="PPS_", env_file=".env", extra="ignore", env_ignore_empty=True)

    guides_dir: Path | None = Field(None, description="Map met eigen advieshulpen (*.yml), naast die van het product")


def flow_folders() -> list[Path]:
    """The folders with flows, the product's own first.

    Raises:
        ConfigurationError: the folder of the setting does not exist.
    """
    own = GuideSettings().guides_dir
    if own and not own.is_dir():
        raise ConfigurationError(f"PPS_GUIDES_DIR: de map {own} bestaat niet. Maak de map, of haal de instelling weg.")
    return [SHIPPED, *([own] if own else [])]


def load_flows(folders: list[Path] | None = None) -> tuple[dict[str, Flow], list[str]]:
    """All flows by name in the order in which they are listed, and what is wrong with files that are none.

    A flow of a later folder replaces one of the same name; a wrong file leaves the one before it.

    Raises:
        ConfigurationError: the folder of the setting does not exist.
    """
    flows: dict[str, Flow] = {}
    wrong: list[str] = []
    for path in flow_files(folders):
        try:
            flows[path.stem] = read_flow(path)
        except DocumentError as error:
            wrong.append(str(error))
    return dict(sorted(flows.items(), key=lambda item: (item[1].volgorde, item[0]))), wrong


def flow_files(folders: list[Path] | None = None) -> list[Path]:
    """The flow files, folder by folder."""
    return [path for folder in (flow_folders() if folders is None else folders) for path in sorted(folder.glob("*.yml"))]


def read_flow(path: Path) -> Flow:
    """The flow of one file.

    Raises:
        DocumentError: it is no flow; the message names the file, the line and the place.
    """
    marked = read_marked(path)
    try:
        flow = Flow.model_validate(marked.value)
    except ValidationError as error:
        raise DocumentError(_first(path, marked, error)) from error
    if flow.naam != path.stem:
        raise DocumentError(f"{path.name}, regel {marked.line(('naam',))} (naam): schrijf '{path.stem}', zoals het bestand heet.")
    return flow


def _first(path: Path, marked: Marked, error: ValidationError) -> str:
    errors = error.errors()
    own = [e for e in errors if e["type"] != "too_short" or not _holds_an_error(e["loc"], errors)]
    at = tuple(own[0].get("ctx", {}).get("at", own[0]["loc"]))
    place = f" ({marked.place(at)})" if at else ""
    more = len(own) - 1
    rest = f" Er {'is' if more == 1 else 'zijn'} nog {more} {'fout' if more == 1 else 'fouten'}." if more else ""
    return f"{path.name}, regel {marked.line(at)}{place}: {told(own[0])}.{rest}"


def _holds_an_error(at: tuple[int | str, ...], errors: list[ErrorDetails]) -> bool:
    """A wrong entry of a list also makes the list too short: that is no error of its own."""
    return any(e["loc"][: len(at)] == at and len(e["loc"]) > len(at) for e in errors)
