"""The command `models`: list, pull and remove language models."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rag.errors import PpsError
from rag.models import engine
from rag.models.bar import progress_bar
from rag.models.catalogue import Catalogue, Model
from rag.models.folder import ModelFolder, readable_size
from rag.settings import get_settings

STATES = {"absent": "niet opgehaald", "partial": "deels opgehaald", "ready": "klaar", "damaged": "beschadigd"}


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add `models` with its parts to the command line."""
    models = commands.add_parser("models", help="taalmodellen die op deze machine draaien: tonen, ophalen, verwijderen")
    parts = models.add_subparsers(required=True, metavar="onderdeel")
    listing = parts.add_parser("list", help="toon de modellen en hoe ver ze zijn")
    listing.set_defaults(run=_list)
    getting = parts.add_parser("pull", help="haal een model op; gaat verder waar het was gebleven")
    getting.add_argument("name", metavar="naam", nargs="?", default="", help="naam van het model (standaard het model van ‘lokaal’)")
    getting.add_argument("--from", dest="source", type=Path, metavar="MAP", help="map met de pakketten of het GGUF-bestand, zonder netwerk")
    getting.set_defaults(run=_pull)
    removing = parts.add_parser("remove", help="verwijder een model van deze machine")
    removing.add_argument("name", metavar="naam")
    removing.set_defaults(run=_remove)
    for command in (listing, getting, removing):
        command.add_argument("--json", action="store_true", help="uitvoer als JSON")


def _list(arguments: argparse.Namespace) -> int:
    folder = ModelFolder(get_settings().models_dir)
    catalogue = Catalogue(folder.path)
    rows = [_row(m, folder, m.name == catalogue.default) for m in catalogue.models.values()]
    if arguments.json:
        print(json.dumps({"engine": engine.installed(), "models": rows}, ensure_ascii=False))
        return 0
    for row in rows:
        size = readable_size(row["size"]) if row["size"] else "grootte onbekend"
        told = f": {row['note']}" if row["note"] else ""
        print(f"{row['name']}{' (lokaal)' if row['default'] else ''} — {row['title']}, {size}, licentie {row['licence']}")
        print(f"    {STATES[row['state']]}{told}\n    {row['path']}")
    if not engine.installed():
        print(f"\nHet onderdeel dat de modellen draait, ontbreekt. {engine.HOW}.")
    return 0


def _row(model: Model, folder: ModelFolder, is_default: bool) -> dict:
    found = folder.condition(model)
    return {
        "name": model.name,
        "title": model.title or model.name,
        "licence": model.licence,
        "size": model.size or (found.done if found.state == "ready" else None),
        "sha256": model.sha256,
        "default": is_default,
        "state": found.state,
        "bytes": found.done,
        "path": str(folder.file(model)),
        "note": found.note,
    }


def _pull(arguments: argparse.Namespace) -> int:
    from rag.models.pull import pull

    folder = ModelFolder(get_settings().models_dir)
    model = Catalogue(folder.path).get(arguments.name)
    with progress_bar(not arguments.json) as progress:
        path = pull(model, folder, source=arguments.source, progress=progress)
    if arguments.json:
        print(json.dumps(_row(model, folder, False) | {"path": str(path)}, ensure_ascii=False))
        return 0
    print(f"Het taalmodel {model.name} staat klaar: {path}")
    if not engine.installed():
        print(f"Het onderdeel dat het draait, ontbreekt nog. {engine.HOW}.", file=sys.stderr)
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    folder = ModelFolder(get_settings().models_dir)
    model = Catalogue(folder.path).get(arguments.name)
    if not (freed := folder.remove(model)):
        raise PpsError(f"Het taalmodel {model.name} staat hier niet.")
    told = f"Het taalmodel {model.name} is verwijderd; {readable_size(freed)} vrijgemaakt."
    print(json.dumps({"removed": model.name, "bytes": freed}) if arguments.json else told)
    return 0
