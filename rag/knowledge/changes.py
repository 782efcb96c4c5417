"""What differs between the corpus folders and the index. Reads files, writes nothing: also the dry run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import DocumentError
from rag.knowledge.isolation import IsolatedReader
from rag.knowledge.readers import file_hash, file_stamp
from rag.knowledge.reading import FileContents, Parsed
from rag.knowledge.splitter import VERSION as SPLITTER

#: Of a document in the index: its id, path, hash and stamp.
Known = tuple[str, str, str, str]
Progress = Callable[[str, int, int], None]


@dataclass
class Report:
    """What one run did, by document id, and which files could not be used."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)
    documents: int = 0
    passages: int = 0
    corpus_version: str = ""

    def as_dict(self) -> dict:
        counts = {k: len(getattr(self, k)) for k in ("created", "updated", "skipped", "deleted")}
        totals = {"documents": self.documents, "passages": self.passages, "corpus_version": self.corpus_version}
        return {**counts, **totals, "errors": self.errors}


@dataclass(frozen=True)
class Change:
    """A new or changed document with the hash of its file, and the file's size and time."""

    parsed: Parsed
    digest: str
    stamp: str


class Comparison:
    """Files against what the index knows. A file that cannot be read keeps its older version.

    `known` is what the index holds, `failed` the failures of the run before, so that a file that could not be read is
    not tried again until it changes. After `changes` is exhausted `report`, `failures` and `kept` are complete.
    """

    def __init__(self, known: list[Known], failed: dict[str, list[tuple[str, str, str]]], report: Report) -> None:
        self.report = report
        self.kept: list[str] = []
        self.failures: list[tuple[str, str, str, str]] = []
        self._known = {i for i, *_ in known}
        self._failed = failed
        self._taken: dict[str, str] = {}
        self._by_file: dict[str, list[Known]] = {}
        for entry in known:
            self._by_file.setdefault(_file_of(entry[1]), []).append(entry)

    def changes(self, paths: list[Path], reader: IsolatedReader, max_mb: int, progress: Progress) -> Iterator[Change]:
        """Every new or changed document, file by file."""
        for n, path in enumerate(paths, 1):
            progress("Lezen", n, len(paths))
            yield from self._file(path, reader, max_mb)
        self.report.deleted += sorted(i for i in self._known if i not in self._taken)

    def _file(self, path: Path, reader: IsolatedReader, max_mb: int) -> Iterator[Change]:
        old = [entry for entry in self._by_file.get(str(path), []) if entry[0] not in self._taken]
        try:
            stamp = file_stamp(path)
            same_stamp = bool(old) and stamp and all(entry[3] == stamp for entry in old)
            digest = old[0][2] if same_stamp else f"{file_hash(path, max_mb)}:{SPLITTER}"
        except (DocumentError, OSError) as error:
            self._keep(old, path.name)
            self._fail(path.name, str(error))
            return
        before = [f for f in self._failed.get(str(path), []) if f[1] == digest]
        unchanged = all(entry[2] == digest for entry in old)
        if (old or before) and unchanged and len(old) == len(self._by_file.get(str(path), [])):
            contents = FileContents([], [(name, message) for name, _, message in before])
            self.report.skipped += [entry[0] for entry in old]
            self._keep(old, path.name)
        else:
            contents = reader.read(path)
        for name, message in contents.failures:
            self._fail(name, message, str(path), digest)
        for parsed in contents.documents:
            yield from self._document(parsed, path, digest, stamp)
        names = {name for name, _ in contents.failures}
        self._keep([e for e in old if path.name in names or any(e[1].endswith(name) for name in names)], path.name)

    def _document(self, parsed: Parsed, path: Path, digest: str, stamp: str) -> Iterator[Change]:
        i = parsed.meta.id
        if i in self._taken:
            self._fail(path.name, f"{path.name}: het id '{i}' is al van {self._taken[i]}. Kies een ander id.")
            return
        self._taken[i] = path.name
        (self.report.updated if i in self._known else self.report.created).append(i)
        yield Change(parsed, digest, stamp)

    def _keep(self, entries: list[Known], name: str) -> None:
        for i, *_ in entries:
            if i not in self._taken:
                self._taken[i] = name
                self.kept.append(i)

    def _fail(self, name: str, message: str, path: str = "", digest: str = "") -> None:
        self.report.errors.append({"file": name, "message": message})
        if path:
            self.failures.append((path, name, digest, message))


def _file_of(path: str) -> str:
    """The file of a stored path; a document inside a zip is stored as "map.zip!/naam.md"."""
    return path.split("!/", 1)[0]
