"""This advisor, this advisor with a language model, and the plain LangChain recipe with the same model, side by side.

One judge and one scoring for all, those of eval/answers. A judge compares a claim with sentences, so quotes and chunks are cut into
sentences for it first; a whole chunk at once would blur the comparison and count against the recipe.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from eval import measures, provenance, runs
from eval.answers.dataset import ANSWERED, GOLD, load
from eval.answers.evaluate import judged
from eval.answers.measures import MEASURES
from eval.faithfulness.evaluate import corrections
from eval.judge_errors import known_errors
from eval.measures import Measure, Sample
from eval.recipe.chain import CHUNK, HUMAN, OVERLAP, REFUSALS, SYSTEM, Chunk, K, Recipe, langchain_model, split
from eval.recipe.dataset import SAMPLE, SEED, corpus_texts, sample
from eval.recipe.generate import WARM_UP, AdvisorSystem, RecipeSystem, System, one
from rag.advisor import Advisor
from rag.compose.chat_models import load_chat_model
from rag.errors import PpsError
from rag.language.sentences import split_sentences
from rag.search.searcher import Searcher
from rag.verify.load import load_verifier
from rag.verify.verifier import Verdict, Verifier, threshold

ADVISOR, WITH_MODEL, RECIPE = "advisor", "advisor_local_model", "langchain_recipe"
#: Measures of what only the advisor has: quotes, sentences of the sources to fall back on, and statuses finer than answered or not.
_OWN, _LEFT_OUT = {"fell_back_on_sources", "quotes_verbatim"}, {"status_right"}
Texts = Callable[[dict], list[str]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that `run` reads, but for --out."""
    parser.add_argument("--dataset", type=Path, help="JSONL in the gold format, or CSV; left out: a half of eval/gold")
    parser.add_argument("--half", choices=("dev", "test"), default="test", help="which half of the gold set")
    parser.add_argument("--llm", metavar="SPEC", default="lokaal", help="the language model of both (default: lokaal)")
    parser.add_argument("--verifier", help="the judge: ingebouwd, llm, or name or path of a CrossEncoder")
    parser.add_argument("--limit", type=int, default=SAMPLE, help=f"size of the sample, of each kind in proportion (default: {SAMPLE})")


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask a sample of the gold questions of all three systems and score what they answered. With --score-only no model is started.

    `arguments.limit` is the size of the sample: of each kind in proportion, and always the same.
    """
    path = getattr(arguments, "dataset", None) or GOLD / f"{arguments.half}.jsonl"
    questions = sample(load(path), getattr(arguments, "limit", None) or SAMPLE)
    spec = getattr(arguments, "llm", None) or "lokaal"
    record = runs.of(arguments)
    advisor = Advisor.from_settings(no_llm=True)
    chunks = split(corpus_texts(advisor.settings.corpus))
    judge = BySentence(load_verifier(getattr(arguments, "verifier", None), advisor.settings, advisor.searcher.embedder))
    record.open("recipe", path.name, provenance.of_file(path), _asked(advisor, spec, chunks, len(questions)), _judging(judge))
    if found := record.finished():
        return found
    systems: list[System] = []
    with ExitStack() as stack:
        start = partial(_start, systems, stack, advisor, spec, chunks)
        rows = record.generate(questions, lambda q: q.id, lambda q: one(q, systems), "questions", start)
    texts = {RECIPE: _chunk_texts(chunks)} | dict.fromkeys((ADVISOR, WITH_MODEL), _passage_texts(advisor.searcher))
    rows = record.score(rows, lambda row: verdicts(row, judge, texts[row["system"]]), "verdicts")
    found = summarised(rows) | {
        "corrected": {name: corrections(own, provenance.of_judge(judge.inner)) for name, own in by_system(rows).items()}
    }
    return record.summary(rows, found) | {"n": len(questions)}, rows


def _asked(advisor: Advisor, spec: str, chunks: list[Chunk], count: int) -> dict:
    """The parameters that decide what is answered, and how fast."""
    settings, chat = advisor.settings, load_chat_model(spec, advisor.settings)
    made = {"chunk": CHUNK, "overlap": OVERLAP, "k": K, "chunks": len(chunks), "prompt": provenance.of_text(SYSTEM, HUMAN, *REFUSALS)}
    return {
        "sample": count,
        "seed": SEED,
        "model": provenance.of_model(chat, settings),
        "threads": settings.threads,
        "answer_limit_s": chat.timeout_s,
        "embedder": advisor.searcher.embedder.fingerprint,
        "corpus_version": advisor.searcher.snapshot().corpus_version,
        "recipe": made,
    }


def _judging(judge: BySentence) -> dict:
    own = provenance.of_judge(judge.inner)
    return {"judge": judge.name, "threshold": threshold(), "judge_fingerprint": own, "judge_error": known_errors(own)}


def _start(systems: list[System], stack: ExitStack, advisor: Advisor, spec: str, chunks: list[Chunk]) -> None:
    """Make the three systems, and have them load. Each with a model has a server of its own: sharing one, every question would push the
    other's instructions out of the prompt cache."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    mine, theirs = (load_chat_model(spec, advisor.settings) for _ in range(2))
    stack.callback(mine.close)
    stack.callback(theirs.close)
    recipe = Recipe(chunks, advisor.searcher.embedder, folder, langchain_model(theirs))
    with_model = Advisor(advisor.searcher, mine, advisor.settings)
    systems += [AdvisorSystem(ADVISOR, advisor), AdvisorSystem(WITH_MODEL, with_model), RecipeSystem(RECIPE, recipe, theirs.name)]
    one(WARM_UP, systems)


class BySentence:
    """A verifier that gets its evidence sentence by sentence, as it was made for."""

    def __init__(self, inner: Verifier) -> None:
        self.inner, self.name = inner, inner.name

    def judge(self, claim: str, evidence: list[str], about: str = "") -> Verdict:
        """As Verifier.judge."""
        return self.inner.judge(claim, cut(evidence), about)


def cut(texts: list[str]) -> list[str]:
    """The sentences of texts; a line never runs on in the next."""
    return [s for text in texts for line in text.splitlines() for s in split_sentences(line.lstrip("#- "))]


def _chunk_texts(chunks: list[Chunk]) -> Texts:
    by_id = {c.id: c.text for c in chunks}
    return lambda row: [by_id[p["passage_id"]] for p in row["passages"]]


def _passage_texts(searcher: Searcher) -> Texts:
    def texts(row: dict) -> list[str]:
        ids = [p["passage_id"] for p in row["passages"]]
        found = searcher.store.passages(ids)
        if missing := [i for i in ids if i not in found]:
            raise PpsError(f"passage {missing[0]} is no longer in the index; ask again with --restart")
        return [found[i].text for i in ids]

    return texts


def verdicts(row: dict, judge: Verifier, texts: Texts) -> dict:
    """As `judged` of eval/answers; and `grounded`, per sentence whether all that was retrieved supports it, cited or not.

    A citation without a quote, as the recipe's are, cites its whole chunk.
    """
    retrieved = texts(row)
    whole = dict(zip([p["passage_id"] for p in row["passages"]], retrieved, strict=True))
    citations = [c if "quote" in c else c | {"quote": whole[c["passage_id"]]} for c in row["citations"]]
    about = " ".join(dict.fromkeys(p["title"] for p in row["passages"]))
    grounded = [
        any(s["text"] in text for text in retrieved) or (bool(retrieved) and judge.judge(s["text"], retrieved, about).supported)
        for s in row["sentences"]
    ]
    return judged(row | {"citations": citations}, judge) | {"grounded": grounded}


def _told(row: dict) -> bool:
    return row["status"] in ANSWERED


SIDE_BY_SIDE = (
    Measure("grounded_in_retrieved", lambda r: r["grounded"] if _told(r) else ()),
    Measure("sentences_with_citation", lambda r: [float(bool(s["citations"])) for s in r["sentences"]] if _told(r) else ()),
    *(replace(m, undefined="does not apply to this system") if m.name in _OWN else m for m in MEASURES if m.name not in _LEFT_OUT),
)


def by_system(rows: list[dict]) -> dict[str, list[dict]]:
    """The rows of each system, in order."""
    per: dict[str, list[dict]] = {}
    for row in rows:
        per.setdefault(row["system"], []).append(row)
    return per


def summarised(rows: list[dict]) -> dict:
    """`systems` with their metrics; `reasons` and `counts` by system and metric; `differences` of the advisor's systems with the recipe."""
    per = by_system(rows)
    found = {name: measures.score(own, SIDE_BY_SIDE) for name, own in per.items()}
    return {
        "systems": {name: f["metrics"] for name, f in found.items()},
        "reasons": {f"{name}.{metric}": why for name, f in found.items() for metric, why in f["reasons"].items()},
        "counts": {name: f["counts"] for name, f in found.items()},
        "differences": {name: _differences(own, per.get(RECIPE, [])) for name, own in per.items() if name != RECIPE},
    }


def _differences(mine: list[dict], theirs: list[dict]) -> dict:
    """System minus recipe over the questions that both answered without failing, drawn in pairs; null where one of both is undefined."""
    by_id = {r["id"]: r for r in measures.measured(theirs)}
    pairs = [(r, by_id[r["id"]]) for r in measures.measured(mine) if r["id"] in by_id]
    found: dict[str, dict | None] = {}
    for m in SIDE_BY_SIDE:
        a, b = (Sample(m, side) for side in zip(*pairs, strict=True)) if pairs else (None, None)
        if a is None or b is None or not a.defined or not b.defined:
            found[m.name] = None
            continue
        drawn = np.concatenate([a.at(d) - b.at(d) for d in measures.draws(len(pairs))])
        low, high = measures.bounds(drawn)
        found[m.name] = {"value": a.value() - b.value(), "low": low, "high": high}
    return found
