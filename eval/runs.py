"""A run: asking and scoring as separate steps that go on where they were broken off.

A task asks its items with `generate` and scores what came with `score`; both append every result to the run's folder as it comes. A run
without a folder does the same in memory. An item whose measurement raises is a row with `failed`, never a gap, and is measured anew when
the run is called again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from eval import provenance, run_files
from eval.row_keys import differences, distinct, row_key
from rag.errors import ConfigurationError, IndexMissingError, PpsError

T = TypeVar("T")
#: What stops a run: without index or model no item at all can be measured.
FATAL = (IndexMissingError, ConfigurationError)
_ASKING, _SCORING = "asking", "scoring"


class Run:
    """One run, in `folder` or in memory.

    `restart` throws away what the folder holds of a run; `score_only` asks nothing and scores what is stored.
    """

    def __init__(self, folder: Path | None = None, *, restart: bool = False, score_only: bool = False) -> None:
        if score_only and (folder is None or restart):
            raise PpsError("--score-only scores what a run has stored: name its folder with --out, and leave --restart out")
        self.folder, self.restart, self.score_only = folder, restart, score_only
        self.about: dict = {}
        self._lock: FileLock | None = None
        self._known: dict[str, list[dict]] = {}

    def open(self, task: str, dataset: str, sha256: str, parameters: dict, scoring: dict | None = None) -> None:
        """Begin or go on with a run of this make. `parameters` decide what is asked, `scoring` how it is judged.

        Raises:
            PpsError: the folder holds a run of another make, or another process is writing it.
        """
        about = {"task": task, "dataset": {"name": dataset, "sha256": sha256}, "parameters": parameters, "scoring": scoring or {}}
        self.about = about | {"code": provenance.code(), "versions": provenance.versions()}
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._take()
        if self.restart:
            for name in run_files.ALL:
                (self.folder / name).unlink(missing_ok=True)
        self._compare_with_stored()
        run_files.replace(self.folder / run_files.ABOUT, json.dumps(self.about, ensure_ascii=False, indent=1) + "\n")
        self._known = self._stored()

    def finished(self) -> tuple[dict, list[dict]] | None:
        """Summary and rows where the folder holds the whole run, without failures; None where something is left to do."""
        whole = self.folder and (self.folder / run_files.SUMMARY).is_file() and not (self.folder / run_files.GENERATED).is_file()
        if not whole or self.score_only:
            return None
        summary = run_files.read_summary(self.folder)
        return None if summary.get("failed") else (summary, run_files.read_rows(self.folder))

    def generate(
        self,
        items: Sequence[T],
        key: Callable[[T], str],
        one: Callable[[T], dict | list[dict]],
        what: str,
        first: Callable[[], Any] | None = None,
    ) -> list[dict]:
        """The rows of all items, in their order; each row's `id` is the key of its item. Only items that are not stored are asked.

        `first` is called before the first item that is asked, so that loading is not measured.
        """
        keys = distinct([key(item) for item in items])
        todo = [(k, item) for k, item in zip(keys, items, strict=True) if k not in self._known]
        if self.score_only and todo:
            raise PpsError(
                f"{self.folder} has stored {len(keys) - len(todo)} of {len(keys)} {what}; ask the rest without --score-only first"
            )
        if todo and first:
            first()
        with self._appending(run_files.GENERATED if todo else None) as append:
            for k, item in _progress(todo, what, len(keys)):
                found = _attempt(_ASKING, k, lambda item=item: one(item))
                self._known[k] = [{"id": k} | row | {"id": k} for row in (found if isinstance(found, list) else [found])]
                append({"item": k, "rows": self._known[k]})
        return [row for k in keys for row in self._known[k]]

    def score(self, rows: list[dict], one: Callable[[dict], dict], what: str) -> list[dict]:
        """Every row with what `one` makes of it added; rows that failed to be asked stay as they are."""
        known = self._scored()
        scored = []
        with self._appending(run_files.SCORED) as append:
            for k, row in _progress(list(zip(distinct([row_key(r) for r in rows]), rows, strict=True)), what, len(rows)):
                if str(row.get("failed", "")).startswith(_ASKING):
                    scored.append(row)
                    continue
                if k not in known:
                    known[k] = _attempt(_SCORING, row["id"], lambda row=row: one(row))
                    append({"item": k, "found": known[k]})
                scored.append({k: v for k, v in row.items() if k != "failed"} | known[k])
        return scored

    def write(self, summary: dict, rows: list[dict]) -> None:
        """The finished run; what was kept for going on is cleared away."""
        if self.folder is None:
            return
        if not self.about:  # a task that keeps no run of its own
            self.about = {"task": summary["task"], "dataset": {"name": summary["dataset"]}, "parameters": summary["parameters"]}
            self.about |= {"code": provenance.code(), "versions": provenance.versions()}
        run_files.write(self.folder, self.about, summary, rows)
        for name in (run_files.GENERATED, run_files.SCORED):
            (self.folder / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Let another process write the folder."""
        if self._lock and self.folder:
            self._lock.release()
            with suppress(OSError):
                (self.folder / run_files.LOCK).unlink()
            self._lock = None

    def summary(self, rows: list[dict], found: dict) -> dict:
        """The summary of a task: who it is, and `found` (metrics or systems, reasons, counts)."""
        about = self.about
        head = {"task": about["task"], "dataset": about["dataset"]["name"], "dataset_sha256": about["dataset"]["sha256"]}
        head |= {"n": len(rows), "failed": sum(bool(r.get("failed")) for r in rows)}
        return head | {"parameters": about["parameters"] | about["scoring"]} | found

    def _take(self) -> None:
        assert self.folder
        lock = FileLock(self.folder / run_files.LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise PpsError(f"another process is writing the run in {self.folder}; wait for it, or choose another --out") from None
        self._lock = lock

    def _compare_with_stored(self) -> None:
        assert self.folder
        stored = run_files.read_about(self.folder)
        if stored is None:
            if any((self.folder / name).is_file() for name in run_files.ALL):
                raise PpsError(f"{self.folder} holds a run of another kind. Throw it away with --restart, or choose another --out")
            return
        matters = ("task", "dataset", "parameters") if self.score_only else tuple(self.about)
        if found := differences({k: stored.get(k) for k in matters}, {k: self.about[k] for k in matters}):
            told = "; ".join(f"{name}: {a} there, {b} now" for name, a, b in found)
            raise PpsError(f"The run in {self.folder} was made otherwise ({told}). Throw it away with --restart, or choose another --out")

    def _stored(self) -> dict[str, list[dict]]:
        """Item → rows of what was asked before, without items that failed."""
        assert self.folder
        path = self.folder / run_files.GENERATED
        run_files.cut_torn_line(path)
        known: dict[str, list[dict]] = {}
        if (self.folder / run_files.ROWS).is_file():
            for row in run_files.read_rows(self.folder):
                known.setdefault(row["id"], []).append(row)
        if path.is_file():
            known |= {line["item"]: line["rows"] for _, line in run_files.lines(path)}
        return {k: rows for k, rows in known.items() if not any(str(r.get("failed", "")).startswith(_ASKING) for r in rows)}

    def _scored(self) -> dict[str, dict]:
        if self.folder is None:
            return {}
        path = self.folder / run_files.SCORED
        if self.score_only:
            path.unlink(missing_ok=True)
        run_files.cut_torn_line(path)
        found = run_files.lines(path) if path.is_file() else []
        return {line["item"]: line["found"] for _, line in found if not line["found"].get("failed")}

    @contextmanager
    def _appending(self, name: str | None) -> Iterator[Callable[[dict], None]]:
        """Adds lines to a file of the run, each on disk before the next item begins."""
        if self.folder is None or name is None:
            yield lambda line: None
            return
        with (self.folder / name).open("a", encoding="utf-8") as stream:

            def append(line: dict) -> None:
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
                stream.flush()

            yield append


def of(arguments: argparse.Namespace) -> Run:
    """The run that the command line began; one in memory for a task that is called from code."""
    return getattr(arguments, "record", None) or Run()


def _attempt(step: str, key: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - a row or rows
    """What `work` gives; where it raises, a row that says so."""
    try:
        return work()
    except FATAL:
        raise
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one item must not cost the others; it is counted and shown
        return {"id": key, "failed": f"{step}: {type(error).__name__}: {error}"}


def _progress(todo: list, what: str, total: int) -> Any:  # noqa: ANN401 - tqdm's iterator
    """A bar on standard error, from where the run was; none where nobody is looking."""
    from tqdm import tqdm

    return tqdm(todo, desc=what, initial=total - len(todo), total=total, disable=None, file=sys.stderr)
