"""python -m eval TASK [--dataset PATH] [--out DIR] [--json]; docs/evaluation.md says how to run, read and compare."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from eval import card
from eval.exchange import commands as exchange
from eval.show import table
from rag.errors import PpsError

#: Exit codes: told and not measured; measured, but something failed, is missing or is significantly worse.
CANNOT, NOT_GOOD = 1, 3
#: Tasks that measure the machine in one go: their runs are neither gone on with nor scored apart.
AT_ONCE = ("speed", "indexing", "model", "load", "page")


def main(argv: list[str] | None = None) -> int:
    """Run one command. 0 on success, 1 on a failure that is told, 2 on wrong usage, 3 when a measurement failed or a comparison found
    something significantly worse, 130 when interrupted."""
    arguments = _parser().parse_args(argv)
    try:
        return arguments.run(arguments)
    except PpsError as error:
        print(error, file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        print("Stopped. With --out, the same command goes on from here.", file=sys.stderr)
        return 130


def _task(arguments: argparse.Namespace) -> int:
    from eval.tasks import measure

    summary, _ = measure(arguments.task, arguments)
    print(json.dumps(summary, ensure_ascii=False) if arguments.json else table(summary))
    return NOT_GOOD if summary.get("failed") else 0


def _later(module: str) -> Callable[[argparse.Namespace], int]:
    """The `command` of a module that is only imported when it is asked for."""
    return lambda arguments: import_module(module).command(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="Measures the advisor.")
    tasks = parser.add_subparsers(required=True, metavar="task")
    _add_tasks(tasks)

    everything = tasks.add_parser("all", help="every task that needs no outside data, with a report in HTML")
    everything.add_argument("--half", choices=("dev", "test"), default="test", help="which half of the gold data (default: test)")
    everything.add_argument("--llm", metavar="SPEC", help="answer with this language model: lokaal, or name@address")
    everything.add_argument("--verifier", help="the judge: ingebouwd, llm, or name or path of a CrossEncoder")
    everything.add_argument("--fast", action="store_true", help="a fixed part of the slowest tasks, for a check at every change")
    everything.add_argument("--limit", type=int, help="only the first so many of every task, to try it out")
    everything.add_argument("--out", type=Path, required=True, help="folder for a run of every task, summary.json and report.html")
    _add_output(everything, _later("eval.all"))

    compare = tasks.add_parser("compare", help="what got better or worse between two runs, and whether that beats noise")
    compare.add_argument("a", type=Path, metavar="RUN_A", help="folder of the earlier run: of one task, or of all")
    compare.add_argument("b", type=Path, metavar="RUN_B", help="folder of the later run")
    compare.add_argument("--anyway", action="store_true", help="also where the two runs asked different data")
    compare.add_argument("--changes", type=int, default=20, metavar="N", help="changed questions shown per task (default: 20; 0 is all)")
    compare.add_argument("--out", type=Path, metavar="FILE_OR_DIR", help="also a page to read: this .html file, or compare.html there")
    compare.add_argument("--json", action="store_true", help="one JSON object on standard output, with every change")
    compare.set_defaults(run=_later("eval.compare"))

    report = tasks.add_parser("report", help="make report.html of a run of all anew")
    report.add_argument("folder", type=Path, help="folder of a run of all")
    report.set_defaults(run=_later("eval.report"))

    card.add(tasks)
    exchange.add(tasks)
    return parser


def _add_tasks(tasks: argparse._SubParsersAction) -> None:
    retrieval = tasks.add_parser("retrieval", help="nDCG, recall, MRR and latency per ranker, on gold questions or a BEIR folder")
    retrieval.add_argument("--dataset", type=Path, help="folder with corpus.jsonl, queries.jsonl and qrels; left out: the gold questions")
    retrieval.add_argument("--half", choices=("dev", "test"), default="test", help="which half of the gold questions")
    retrieval.add_argument("--langchain", action="store_true", help="also LangChain over Chroma, and its ensemble with BM25")
    retrieval.add_argument("--limit", type=int, help="only the first so many queries")

    speed = tasks.add_parser("speed", help="search and answer latency at several corpus sizes, beside LangChain")
    speed.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    speed.add_argument("--queries", type=int, default=100)

    indexing = tasks.add_parser("indexing", help="speed, memory and safety of index runs at scale, beside the bare embedder")
    indexing.add_argument("--documents", type=int, default=10_000, help="generated documents of ten passages")
    indexing.add_argument("--kills", type=int, default=50, help="kill -9 at so many random moments (0 leaves it out)")

    verifier = tasks.add_parser("verifier", help="is a claim supported by its evidence: balanced accuracy, macro F1, AUROC, what is caught")
    verifier.add_argument("--dataset", type=Path, help="JSONL of evidence, claim and label; left out: the Dutch set made from the corpus")
    verifier.add_argument("--half", choices=("dev", "test"), default="test", help="which half of the Dutch set")
    verifier.add_argument("--verifier", help="ingebouwd, llm, or name or path of a CrossEncoder")
    verifier.add_argument("--limit", type=int, help="only the first so many claims")

    guard = tasks.add_parser("guard", help="attacks stopped, harmless questions let through, personal data found")
    guard.add_argument("--dataset", type=Path, help="JSONL of text and label; left out: the Dutch set of this domain")
    guard.add_argument("--half", choices=("dev", "test", "late", "second"), default="test", help="which part of the Dutch set")
    guard.add_argument("--guard-only", action="store_true", help="the checks alone, without asking the advisor what they let through")
    guard.add_argument("--limit", type=int, help="only the first so many texts")

    answers = tasks.add_parser("answers", help="faithfulness, citations, key points and abstention on gold questions")
    citations = tasks.add_parser(
        "citations", help="of answers: citation recall and precision, quotes found verbatim, right documents cited"
    )
    faithfulness = tasks.add_parser("faithfulness", help="of answers: sentences supported, not supported, and questions abstained on")
    correctness = tasks.add_parser("correctness", help="of answers: key points held and contradicted, where an answer is to be given")
    abstention = tasks.add_parser("abstention", help="of answers: wrongly answered, wrongly refused, and the calibration of that decision")
    parts = (citations, faithfulness, correctness, abstention)
    followups = tasks.add_parser("followups", help="recall of follow-up questions beside hand-written ones")
    robustness = tasks.add_parser("robustness", help="does the outcome hold when the same question is put differently")
    recipe = tasks.add_parser("recipe", help="the same questions through the advisor and through a plain LangChain recipe")
    for task in (answers, *parts, followups, robustness, recipe):
        task.add_argument("--dataset", type=Path, help="JSONL in the gold format; left out: a half of eval/gold")
        task.add_argument("--half", choices=("dev", "test"), default="test", help="which half of the gold set")
        task.add_argument("--llm", metavar="SPEC", help="answer with this language model: lokaal, or name@address")
        task.add_argument("--limit", type=int, help="only the first so many")
    for task in parts:
        task.add_argument("--answers", type=Path, metavar="DIR", help="score the answers of this earlier run of answers; ask nothing")
    for task in (answers, citations, faithfulness, correctness, recipe):
        task.add_argument("--verifier", help="the judge: ingebouwd, llm, or name or path of a CrossEncoder")

    model = tasks.add_parser("model", help="time to evidence, first sentence and end with a language model, and what the advisor adds")
    model.add_argument("--llm", metavar="SPEC", default="lokaal", help="the language model (default: lokaal)")
    model.add_argument("--limit", type=int, default=20, help="questions (default: 20)")

    load = tasks.add_parser("load", help="how long readers wait when they are many, of real processes (two minutes)")
    load.add_argument("--seconds", type=float, default=30, help="seconds that the crowd asks; the others ask a part of that (default: 30)")
    load.add_argument("--users", type=int, nargs=2, default=[50, 200], help="readers of a crowd, and too many (default: 50 200)")
    load.add_argument("--pause", type=float, default=10, help="seconds that a reader reads, for the crowd that reads (default: 10)")
    load.add_argument("--replicas", type=int, default=1, help="processes over one index (default: 1)")
    load.add_argument("--url", help="an advisor that runs already, in place of one started here")
    page = tasks.add_parser("page", help="how long until the opened chat can be used, in Chromium (two minutes)")
    page.add_argument("--slow", type=float, nargs="+", default=[1, 4], help="times that the browser's processor is slowed (default: 1 4)")
    page.add_argument("--times", type=int, default=8, help="times the chat is opened at each (default: 8)")
    page.add_argument("--url", help="an advisor that runs already, in place of one started here")

    for name, task in tasks.choices.items():
        goes_on = name not in AT_ONCE
        told = "; a run that was broken off goes on" if goes_on else ""
        task.add_argument("--out", type=Path, help=f"folder for parameters, rows and summary{told}")
        task.set_defaults(task=name)
        _add_output(task, _task, goes_on)


def _add_output(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int], goes_on: bool = True) -> None:
    if goes_on:
        parser.add_argument("--restart", action="store_true", help="throw away what the folder holds of a run")
        parser.add_argument("--score-only", action="store_true", help="ask nothing; score anew what the run in the folder has stored")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(run=run)


if __name__ == "__main__":
    raise SystemExit(main())
