"""`python -m eval import` and `export`: gold questions and runs in the formats of other tools.

Each prints what was written and what could not be carried over; with --json as one object.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

# What does the work is imported when it is asked for: these commands are on the command line of every task.
if TYPE_CHECKING:
    from eval.exchange.gold import Imported


def add(subparsers: argparse._SubParsersAction) -> None:
    """Add `import` and `export`. Each sets `run`, a function of the parsed arguments that gives the exit code and may raise PpsError."""
    importing = subparsers.add_parser("import", help="questions of your own, or of another tool, as a gold file")
    formats = importing.add_subparsers(required=True, metavar="format")
    told = {
        "csv": "a spreadsheet saved as CSV, with the columns vraag, verwacht, documenten, kernpunten, soort",
        "ragas": "RAGAS samples (.jsonl or .csv)",
        "beir": "a BEIR folder",
    }
    for name, text in told.items():
        one = formats.add_parser(name, help=text)
        one.add_argument("source", type=Path, help="the folder" if name == "beir" else "the file")
        one.add_argument("--out", type=Path, required=True, help="the gold file to write (JSONL)")
        _finish(one, _import, name)

    exporting = subparsers.add_parser("export", help="a run or the gold questions in the format of another tool")
    formats = exporting.add_subparsers(required=True, metavar="format")
    one = formats.add_parser("ragas", help="the answers of a run as RAGAS samples")
    one.add_argument("source", type=Path, help="folder of a run of the answers task")
    one.add_argument("--out", type=Path, required=True, help="the file to write (JSONL)")
    _finish(one, _export, "ragas")
    one = formats.add_parser("beir", help="the index and the gold questions as a BEIR folder")
    one.add_argument("--half", choices=("dev", "test"), default="test", help="which half of the gold set")
    one.add_argument("--dataset", type=Path, help="a gold file or CSV in place of a half")
    one.add_argument("--unit", choices=("documents", "passages"), default="documents", help="what is searched for (default: documents)")
    one.add_argument("--out", type=Path, required=True, help="the folder to write")
    _finish(one, _export, "beir")


def _finish(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int], name: str) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(run=run, format=name)


def _import(arguments: argparse.Namespace) -> int:
    from eval.exchange import beir, gold, questions_csv, ragas
    from rag.settings import get_settings

    index = get_settings().index_dir
    if arguments.format == "csv":
        found = questions_csv.read(arguments.source)
    else:
        found = (ragas if arguments.format == "ragas" else beir).load(arguments.source, index)
    gold.write_lines(arguments.out, map(gold.as_row, found.questions))
    return _told(arguments, found, [*found.notes, *gold.unknown_documents(found.questions, index)])


def _export(arguments: argparse.Namespace) -> int:
    from eval.answers.dataset import GOLD, load
    from eval.exchange import beir, ragas
    from rag.settings import get_settings

    index = get_settings().index_dir
    if arguments.format == "ragas":
        found = ragas.export(arguments.source, arguments.out, index)
    else:
        questions = load(arguments.dataset or GOLD / f"{arguments.half}.jsonl")
        found = beir.export(questions, arguments.out, index, arguments.unit)
    return _told(arguments, found, found.notes)


def _told(arguments: argparse.Namespace, found: Imported, notes: list[str]) -> int:
    if arguments.json:
        print(json.dumps({"written": str(arguments.out), "questions": len(found.questions), "notes": notes}, ensure_ascii=False))
        return 0
    print(f"{arguments.out}: {len(found.questions)} questions")
    for note in notes:
        print(f"  {note}")
    return 0
