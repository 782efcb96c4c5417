"""What an editor should look at: unreadable files, dead links, missing sources, near-duplicates, expired dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from rag.errors import DocumentError
from rag.knowledge.documents import FrontMatter
from rag.knowledge.duplicates import near_duplicates
from rag.knowledge.isolation import IsolatedReader
from rag.knowledge.readers import check_size, corpus_files
from rag.knowledge.reading import Parsed
from rag.language.dates import dutch_date
from rag.types import Passage


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong ("fout") or deserves a look ("let op"), and where."""

    level: Literal["fout", "let op"]
    where: str
    message: str
    kind: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class CheckResult:
    documents: int
    passages: int
    findings: list[Finding]

    @property
    def ok(self) -> bool:
        return not any(f.level == "fout" for f in self.findings)

    def as_dict(self) -> dict:
        return {"ok": self.ok, "documents": self.documents, "passages": self.passages, "findings": [f.as_dict() for f in self.findings]}


def check(folders: list[Path], max_file_mb: int = 200, file_limit_s: float = 60.0, today: date | None = None) -> CheckResult:
    """Read every file of the corpus and list what is wrong with it; the index is neither needed nor touched.

    Raises:
        DocumentError: a corpus folder does not exist.
    """
    today = today or date.today()
    findings: list[Finding] = []
    documents: dict[str, Parsed] = {}
    with IsolatedReader(max_file_mb, file_limit_s) as reader:
        for path in corpus_files(folders):
            try:
                check_size(path, max_file_mb)
            except DocumentError as error:
                findings.append(Finding("fout", path.name, str(error), "leesbaar"))
                continue
            contents = reader.read(path)
            findings += [Finding("fout", name, message, "leesbaar") for name, message in contents.failures]
            for parsed in contents.documents:
                i = parsed.meta.id
                if i in documents:
                    other = Path(documents[i].path).name
                    findings.append(
                        Finding("fout", Path(parsed.path).name, f"Het id '{i}' is al van {other}. Kies een ander id.", "kenmerken")
                    )
                else:
                    documents[i] = parsed
    passages = [p for parsed in documents.values() for p in parsed.passages]
    for parsed in documents.values():
        findings += _links(parsed, set(documents), {p.id.rsplit(".", 1)[-1] for p in passages})
        findings += _sources(parsed)
        findings += _dates(parsed.meta, today)
    findings += _duplicates(passages)
    findings.sort(key=lambda f: (f.level != "fout", f.kind, f.where))
    return CheckResult(len(documents), len(passages), findings)


def _links(parsed: Parsed, documents: set[str], passages: set[str]) -> Iterator[Finding]:
    for link in parsed.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or not parts.path:
            continue
        target = unquote(parts.path)
        if target.startswith("/bron/"):
            wanted = parts.query.removeprefix("passage=") if parts.query.startswith("passage=") else ""
            alive = target.removeprefix("/bron/") in documents and (not wanted or wanted in passages)
        else:
            alive = (Path(parsed.path.split("!/")[0]).parent / target).exists()
        if not alive:
            yield Finding("fout", parsed.meta.id, f"De link naar {link} gaat nergens heen.", "link")


def _sources(parsed: Parsed) -> Iterator[Finding]:
    meta = parsed.meta
    if all(not entry.url for entry in meta.bronnen):
        name = Path(parsed.path).name
        yield Finding("let op", meta.id, f"Bron en kenmerken zijn geraden uit de bestandsnaam. Leg ze vast in {name}.yml.", "bron")
        return
    sentences = [s for p in parsed.passages for s in p.sentences if s.kind != "lead"]
    if not any(s.sources for s in sentences):
        return  # the document as a whole rests on its sources: a PDF or Word file with a description beside it
    without = [s.text for s in sentences if not s.sources]
    if without:
        yield Finding("fout", meta.id, f"{len(without)} zin(nen) zonder bron; de eerste: “{without[0][:100]}”", "bron")
    used = {i for s in sentences for i in s.sources}
    for entry in meta.bronnen:
        if entry.id not in used:
            yield Finding("let op", meta.id, f"De bron '{entry.id}' staat in de lijst, maar geen zin verwijst ernaar.", "bron")


def _dates(meta: FrontMatter, today: date) -> Iterator[Finding]:
    if meta.laatst_gecontroleerd > today:
        yield Finding("fout", meta.id, f"laatst_gecontroleerd ligt in de toekomst ({dutch_date(meta.laatst_gecontroleerd)}).", "datum")
    if meta.geldig_tot and meta.geldig_tot < today and meta.status == "actueel":
        message = (
            f"Geldig tot {dutch_date(meta.geldig_tot)}; antwoorden gebruiken dit document niet meer. Werk het bij of zet status: vervallen."
        )
        yield Finding("let op", meta.id, message, "datum")
    elif meta.status == "actueel" and meta.review_by < today:
        message = f"Had voor {dutch_date(meta.review_by)} gecontroleerd moeten zijn (laatst: {dutch_date(meta.laatst_gecontroleerd)})."
        yield Finding("let op", meta.id, message, "datum")


def _duplicates(passages: list[Passage]) -> Iterator[Finding]:
    sections = {p.id: f"{p.document_id} (“{p.headings[-1]}”)" for p in passages}
    for pair in near_duplicates(passages):
        message = f"Zegt voor {pair.shared:.0%} hetzelfde als {sections[pair.second]}. Laat de tekst op één plek staan."
        yield Finding("let op", sections[pair.first], message, "dubbel")
