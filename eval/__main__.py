"""python -m eval TASK [--dataset PATH] [--out DIR] [--json]"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rag.errors import PpsError


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

    for task in (retrieval, speed, indexing):
        task.add_argument("--out", type=Path, help="folder for parameters, rows and summary")
        task.add_argument("--json", action="store_true", help="one JSON object on standard output")
    arguments = parser.parse_args(argv)
    try:
        if arguments.task == "retrieval":
            from eval.retrieval.evaluate import run
        elif arguments.task == "speed":
            from eval.speed.evaluate import run
        else:
            from eval.indexing.evaluate import run
        summary, rows = run(arguments)
    except PpsError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments.out:
        write_run(arguments.out, summary, rows)
    print(json.dumps(summary, ensure_ascii=False) if arguments.json else table(summary))
    return 0


def write_run(folder: Path, summary: dict, rows: list[dict]) -> None:
    """A run is a folder: what was measured (summary.json) and each row behind it (rows.jsonl)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "rows.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def table(summary: dict) -> str:
    """The systems of a summary as lines of text."""
    lines = [f"{summary['task']} — {summary['dataset']}, n = {summary['n']}"]
    for name, metrics in summary["systems"].items():
        cells = [
            f"{m} {v['value']:.3f} [{v['low']:.3f}–{v['high']:.3f}]" if v and v.get("value") is not None else f"{m} –"
            for m, v in metrics.items()
        ]
        lines.append(f"{name:<22} " + "  ".join(cells))
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
