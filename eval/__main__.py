"""python -m eval TASK [--dataset PATH] [--out DIR] [--json]"""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from rag.errors import PpsError

#: Fields of rows that hold text of a data set.
TEXTS = {"claim", "text", "premise", "hypothesis", "question", "evidence"}


def main(argv: list[str] | None = None) -> int:
    """Run one task; 0 on success, 1 on a failure that is told."""
    parser = argparse.ArgumentParser(prog="python -m eval", description="Measures the advisor.")
    tasks = parser.add_subparsers(required=True, metavar="task")

    retrieval = tasks.add_parser("retrieval", help="nDCG, recall, MRR and latency per ranker on a BEIR folder")
    retrieval.add_argument("--dataset", type=Path, required=True, help="folder with corpus.jsonl, queries.jsonl and qrels")
    retrieval.add_argument("--limit", type=int, help="only the first so many queries")
    retrieval.add_argument("--langchain", action="store_true", help="also LangChain over Chroma, and its ensemble with BM25")
    retrieval.set_defaults(task="retrieval")

    speed = tasks.add_parser("speed", help="search and answer latency at several corpus sizes, beside LangChain")
    speed.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    speed.add_argument("--queries", type=int, default=100)
    speed.set_defaults(task="speed")

    indexing = tasks.add_parser("indexing", help="speed, memory and safety of index runs at scale, beside the bare embedder")
    indexing.add_argument("--documents", type=int, default=10_000, help="generated documents of ten passages")
    indexing.add_argument("--kills", type=int, default=50, help="kill -9 at so many random moments (0 leaves it out)")
    indexing.set_defaults(task="indexing")

    verifier = tasks.add_parser("verifier", help="is a claim supported by its evidence: balanced accuracy, macro F1, AUROC, what is caught")
    verifier.add_argument("--dataset", type=Path, help="JSONL of evidence, claim and label; left out: the Dutch set made from the corpus")
    verifier.add_argument("--half", choices=("dev", "test"), default="test", help="which half of the Dutch set")
    verifier.add_argument("--verifier", help="ingebouwd, llm, or name or path of a CrossEncoder")
    verifier.add_argument("--limit", type=int, help="only the first so many claims")
    verifier.set_defaults(task="verifier")

    guard = tasks.add_parser("guard", help="attacks stopped, harmless questions let through, personal data found")
    guard.add_argument("--dataset", type=Path, help="JSONL of text and label; left out: the Dutch set of this domain")
    guard.add_argument("--half", choices=("dev", "test", "late"), default="test", help="which part of the Dutch set")
    guard.add_argument("--guard-only", action="store_true", help="the checks alone, without asking the advisor what they let through")
    guard.set_defaults(task="guard")

    answers = tasks.add_parser("answers", help="faithfulness, citations, key points and abstention on gold questions")
    followups = tasks.add_parser("followups", help="recall of follow-up questions beside hand-written ones")
    for task in (answers, followups):
        task.add_argument("--dataset", type=Path, help="JSONL in the gold format; left out: a half of eval/gold")
        task.add_argument("--half", choices=("dev", "test"), default="test", help="which half of the gold set")
        task.add_argument("--llm", metavar="SPEC", help="answer with this language model: lokaal, or name@address")
        task.add_argument("--limit", type=int, help="only the first so many")
    answers.add_argument("--verifier", help="the judge: ingebouwd, llm, or name or path of a CrossEncoder")
    answers.set_defaults(task="answers")
    followups.set_defaults(task="followups")

    model = tasks.add_parser("model", help="time to evidence, first sentence and end with a language model, and what the advisor adds")
    model.add_argument("--llm", metavar="SPEC", default="lokaal", help="the language model (default: lokaal)")
    model.add_argument("--limit", type=int, default=20, help="questions (default: 20)")
    model.set_defaults(task="model")

    for task in (retrieval, speed, indexing, verifier, guard, answers, followups, model):
        task.add_argument("--out", type=Path, help="folder for parameters, rows and summary")
        task.add_argument("--json", action="store_true", help="one JSON object on standard output")
    arguments = parser.parse_args(argv)
    if arguments.task == "guard" and arguments.dataset is None:
        arguments.dataset = Path(__file__).parent / "gold" / "guard" / f"{arguments.half}.jsonl"
    try:
        summary, rows = import_module(f"eval.{arguments.task}.evaluate").run(arguments)
    except PpsError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments.out:
        write_run(arguments.out, summary, rows if _own(arguments) else [_without_text(n, row) for n, row in enumerate(rows, 1)])
    print(json.dumps(summary, ensure_ascii=False) if arguments.json else table(summary))
    return 0


def _own(arguments: argparse.Namespace) -> bool:
    """Are the texts measured on this project's own?"""
    dataset = getattr(arguments, "dataset", None)
    return dataset is None or Path(__file__).parent in dataset.resolve().parents


def _without_text(number: int, row: dict) -> dict:
    """A row of somebody else's data set: the number of the item in place of its text, which is not ours to keep here."""
    return {"item": number, **{k: v for k, v in row.items() if k not in TEXTS}}


def write_run(folder: Path, summary: dict, rows: list[dict]) -> None:
    """A run is a folder: what was measured (summary.json) and each row behind it (rows.jsonl)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "rows.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def table(summary: dict) -> str:
    """The systems of a summary as lines of text."""
    lines = [f"{summary['task']} — {summary['dataset']}, n = {summary['n']}"]
    for name, metrics in summary.get("systems", {}).items():
        lines.append(f"{name:<22} " + "  ".join(_cell(m, v) for m, v in metrics.items()))
    lines += [f"  {_cell(m, v)}" for m, v in summary.get("metrics", {}).items()]
    lines += [f"  {m}: {why}" for m, why in summary.get("reasons", {}).items()]
    return "\n".join(lines)


def _cell(name: str, metric: dict | None) -> str:
    if metric and "value" not in metric:  # a metric per kind
        return f"{name}: " + "  ".join(_cell(k, v) for k, v in metric.items())
    if not metric or metric["value"] is None:
        return f"{name} –"
    return f"{name} {metric['value']:.3f} [{metric['low']:.3f}–{metric['high']:.3f}]"


if __name__ == "__main__":
    raise SystemExit(main())
