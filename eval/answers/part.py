"""One way of looking at answers: ask (or take those of an earlier run), judge what this way needs, and score."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval import provenance, runs
from eval.answers.dataset import GOLD, GoldQuestion
from eval.answers.rows import earlier
from eval.judge_errors import known_errors
from rag.advisor import Advisor
from rag.errors import PpsError
from rag.search.embedder import Embedder
from rag.settings import Settings, get_settings
from rag.verify.load import load_verifier
from rag.verify.verifier import Verifier, threshold


@dataclass(frozen=True, slots=True)
class Part:
    """What a task makes of answers.

    `questions` (of a file, up to a limit) and `one` say what is asked and how. `scored` gives metrics, reasons and counts of all rows; it
    is told the judge's fingerprint too, empty without a judge. `judged` is what a judge finds of a row; None where no judge is needed.
    """

    task: str
    questions: Callable[[Path, int | None], list[GoldQuestion]]
    one: Callable[[GoldQuestion, Advisor], dict]
    scored: Callable[[list[dict], str], dict]
    judged: Callable[[dict, Verifier], dict] | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    """Where answers come from. `parameters` decide what they are, `first` is called before the first is asked for."""

    parameters: dict
    answer: Callable[[GoldQuestion], dict]
    settings: Settings
    embedder: Embedder | None = None
    first: Callable[[], Any] | None = None


def run(part: Part, arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask the questions of `--dataset` (or of a half of the gold set), or take their answers from the run `--answers`, and score them.

    Raises:
        PpsError: nothing can be asked, or the earlier run does not answer these questions.
    """
    path = arguments.dataset or GOLD / f"{arguments.half}.jsonl"
    questions = part.questions(path, arguments.limit)
    record = runs.of(arguments)
    with ExitStack() as stack:
        if folder := getattr(arguments, "answers", None):
            source = _earlier(folder, path, questions, arguments)
        else:
            source = _asking(part, questions, arguments, stack)
        judge = load_verifier(arguments.verifier, source.settings, source.embedder) if part.judged else None
        fingerprint = provenance.of_judge(judge) if judge else ""
        record.open(part.task, path.name, provenance.of_file(path), source.parameters, _judging(judge, fingerprint) if judge else {})
        if found := record.finished():
            return found
        rows = record.generate(questions, lambda q: q.id, source.answer, "answers", source.first)
    if judge and part.judged:
        judged = part.judged
        rows = record.score(rows, lambda row: judged(row, judge), "verdicts")
    return record.summary(rows, part.scored(rows, fingerprint)), rows


def _asking(part: Part, questions: Sequence[GoldQuestion], arguments: argparse.Namespace, stack: ExitStack) -> _Source:
    advisor = Advisor.from_settings(llm=arguments.llm, no_llm=arguments.llm is None)
    stack.callback(advisor.close)
    embedder = advisor.searcher.embedder
    parameters = {
        "model": provenance.of_model(advisor.chat_model, advisor.settings),
        "limit": arguments.limit,
        "embedder": embedder.fingerprint,
        "corpus_version": advisor.searcher.snapshot().corpus_version,
    }
    return _Source(parameters, lambda q: part.one(q, advisor), advisor.settings, embedder, lambda: advisor.ask(questions[0].question))


def _earlier(folder: Path, path: Path, questions: Sequence[GoldQuestion], arguments: argparse.Namespace) -> _Source:
    if arguments.llm:
        raise PpsError("--answers takes answers that were given before: leave --llm out")
    parameters, rows = earlier(folder, path, questions)
    return _Source(parameters | {"limit": arguments.limit}, lambda q: rows[q.id], get_settings())


def _judging(judge: Verifier, fingerprint: str) -> dict:
    return {
        "judge": judge.name,
        "threshold": threshold(),
        "judge_fingerprint": fingerprint,
        "judge_error": known_errors(fingerprint),
    }
