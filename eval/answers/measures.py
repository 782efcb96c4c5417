"""What is measured of answers, row by row (docs/evaluation.md says what each means)."""

from __future__ import annotations

from eval.measures import Measure
from eval.metrics import percentile
from rag.context import EXTRACTIVE

ANSWERED = ("answered", "partial")


def _told(row: dict) -> bool:
    return row["status"] in ANSWERED


def _answerable(row: dict) -> bool:
    return row["expected_status"] in ANSWERED


def _share(values: list) -> tuple[float, ...]:
    return (sum(values) / len(values),) if values else ()


def _documents_matched(row: dict) -> tuple[float, ...]:
    if not _told(row) or not row["documents"]:
        return ()
    return (float(bool({c["document_id"] for c in row["citations"]} & set(row["documents"]))),)


def _key_points(row: dict) -> list[float]:
    """Points of a question that was not answered are not held."""
    return [float(c) for c in row["covered"] or [False] * len(row["key_points"])] if _answerable(row) else []


def _fell_back(row: dict) -> tuple[float, ...]:
    return (float(row["model"] == EXTRACTIVE),) if row.get("model_asked") and _told(row) else ()


def _time(name: str):  # noqa: ANN202
    return lambda row: [row["ms"][name]] if name in row["ms"] and (name == "answer" or _told(row)) else []


PLAIN = (
    Measure("faithfulness", lambda r: r["supported"] if _told(r) else ()),
    Measure("citation_recall", lambda r: _share(r["supported"]) if _told(r) else ()),
    Measure("citation_precision", lambda r: _share(r["useful"]) if _told(r) else ()),
    Measure("quotes_verbatim", lambda r: r["verbatim"] if _told(r) else ()),
    Measure("documents_matched", _documents_matched),
    Measure("key_point_recall", _key_points),
    Measure("key_point_recall_when_answered", lambda r: r["covered"] if _answerable(r) else (), gate=False),
    Measure(
        "key_points_contradicted",
        lambda r: [float(c) for c in r.get("contradicted", ()) if c is not None] if _answerable(r) else (),
        higher_is_better=False,
        gate=False,
        undefined="no key point of an answered question was weighed",
    ),
    Measure("wrongly_answered", lambda r: () if _answerable(r) else (float(_told(r)),), higher_is_better=False),
    Measure(
        "wrongly_answered_without_caution", lambda r: () if _answerable(r) else (float(r["status"] == "answered"),), higher_is_better=False
    ),
    Measure("wrongly_refused", lambda r: (float(not _told(r)),) if _answerable(r) else (), higher_is_better=False),
    Measure("status_right", lambda r: (float(r["status"] == r["expected_status"]),)),
    Measure("evidence_ms", _time("evidence"), percentile(50), higher_is_better=False, gate=False),
    Measure("first_sentence_ms", _time("sentence"), percentile(50), higher_is_better=False, gate=False),
    Measure("p50_ms", _time("answer"), percentile(50), higher_is_better=False, gate=False),
    Measure("p95_ms", _time("answer"), percentile(95), higher_is_better=False, gate=False),
)
#: Only of answers that a language model was asked for.
OF_MODEL = (Measure("fell_back_on_sources", _fell_back, higher_is_better=False, undefined="the language model was never needed"),)
MEASURES = (*PLAIN, *OF_MODEL)


def chosen(rows: list[dict]) -> tuple[Measure, ...]:
    """The measures that these rows can have."""
    return MEASURES if any(row.get("model_asked") for row in rows) else PLAIN
