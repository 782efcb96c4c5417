"""Command line: python -m rag questions — the kept questions, for whoever runs the advisor."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import PpsError
from rag.settings import get_settings
from rag.statuses import statuses

if TYPE_CHECKING:
    from rag.store.questions import KeptQuestion, QuestionStore

COLUMNS = ("moment", "status", "composer", "total_ms", "document_ids", "corpus_version", "question")
#: What a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands to those of `python -m rag`."""
    parts = commands.add_parser("questions", help="bewaarde vragen (PPS_QUESTIONS)").add_subparsers(required=True, metavar="opdracht")
    counts = parts.add_parser("counts", help="tel per week hoe vragen eindigden")
    counts.set_defaults(run=_counts)
    export = parts.add_parser("export", help="geef alle bewaarde vragen als CSV, zonder wie ze stelde")
    export.add_argument("--out", type=Path, metavar="BESTAND", help="schrijf naar dit bestand (anders naar standaarduitvoer)")
    export.set_defaults(run=_export)
    clear = parts.add_parser("clear", help="wis alle bewaarde vragen nu")
    clear.set_defaults(run=_clear)
    for command in (counts, clear):
        command.add_argument("--json", action="store_true", help="uitvoer als JSON")


@contextmanager
def _store() -> Iterator[QuestionStore]:
    from rag.store.database import Database
    from rag.store.questions import QuestionStore

    settings = get_settings()
    database = Database(settings.database)
    try:
        yield QuestionStore(database, settings.questions, settings.questions_days)
    finally:
        database.close()


def _counts(arguments: argparse.Namespace) -> int:
    with _store() as store:
        weeks = store.counts()
    if arguments.json:
        print(json.dumps({"mode": store.mode, "weeks": [{"week": week, "counts": counts} for week, counts in weeks]}))
        return 0
    for week, counts in weeks:
        print(f"Week van {week}: {sum(counts.values())}")
        for status, n in counts.items():
            label = statuses()[status].label["nl"] if status in statuses() else status
            print(f"  {n:>7}  {label} ({status})")
    if not weeks:
        print("Er zijn geen vragen bewaard." + (" Dat staat uit (PPS_QUESTIONS=uit)." if store.mode == "uit" else ""))
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from rag.store.audit import AT_THE_MACHINE, Act, write

    with _store() as store:
        with store.database.session() as session:
            write(session, Act(AT_THE_MACHINE, "vragen.opgehaald"))
        try:
            target = arguments.out.open("w", encoding="utf-8", newline="") if arguments.out else nullcontext(sys.stdout)
        except OSError as error:
            raise PpsError(f"{arguments.out} kan niet worden geschreven: {error.strerror}.") from error
        with target as file:
            rows = csv.writer(file)
            rows.writerow(COLUMNS)
            rows.writerows(map(_row, store.listed()))
    return 0


def _row(kept: KeptQuestion) -> list[str]:
    found = kept.as_dict()
    total = kept.timings_ms.get("total")
    found |= {"total_ms": "" if total is None else str(total), "document_ids": " ".join(kept.document_ids)}
    return [f"'{found[c]}" if found[c].startswith(_FORMULA) else found[c] for c in COLUMNS]


def _clear(arguments: argparse.Namespace) -> int:
    from rag.store.audit import AT_THE_MACHINE, Act, write

    with _store() as store, store.database.session() as session:
        count = store.clear(session)
        write(session, Act(AT_THE_MACHINE, "vragen.gewist"))
    print(json.dumps({"cleared": count}) if arguments.json else f"{count} bewaarde vragen zijn gewist.")
    return 0
