"""Questions of one's own from a spreadsheet: CSV with Dutch or English column names, as Excel and LibreOffice save it.

Separated by semicolon, comma or tab; in UTF-8 (with or without BOM), UTF-16 or Windows' own encoding. Only the question and something
that says what to expect of it must be there; whatever is not understood is told with its line, and never guessed at or dropped.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from eval.answers.dataset import GoldQuestion
from eval.exchange.gold import Imported, checked, shortened
from rag.errors import PpsError
from rag.language.words import fold
from rag.statuses import statuses

#: Field of a gold question → the column names that it may have, folded, with spaces for underscores.
COLUMNS = {
    "id": ("id", "nr", "nummer", "number"),
    "question": ("vraag", "question"),
    "expected_status": ("verwacht", "verwachte status", "expected status", "expected"),
    "documents": ("documenten", "document", "documents"),
    "key_points": ("kernpunten", "kernpunt", "key points", "key point"),
    "kind": ("soort", "kind"),
    "language": ("taal", "language"),
}
#: What people write for a status, beside its name and its Dutch label.
STATUSES = {
    "beantwoord": "answered",
    "ja": "answered",
    "gedeeltelijk": "partial",
    "deels": "partial",
    "niet gevonden": "not_in_corpus",
    "niet in de bronnen": "not_in_corpus",
    "nee": "not_in_corpus",
    "buiten het onderwerp": "out_of_scope",
    "onduidelijk": "clarification_needed",
    "persoonsgegevens": "refused_personal_data",
    "onveilig": "refused_unsafe",
}
#: Dutch for the kinds of eval/gold/README.md; any other kind is kept as it is written.
KINDS = {
    "feit": "factual",
    "feitelijk": "factual",
    "definitie": "definition",
    "procedure": "procedure",
    "vergelijking": "comparison",
    "meerdere bronnen": "multi_hop",
    "advies": "advice",
    "spelfouten": "misspelled",
    "spreektaal": "colloquial",
    "engels": "english",
    "deels": "partial",
    "bijna": "near_miss",
    "buiten het onderwerp": "out_of_scope",
    "persoonsgegevens": "personal_data",
    "onveilig": "unsafe",
    "eigen zaak": "legal_case",
    "injectie": "injection",
    "onduidelijk": "clarification",
}
DELIMITERS = ";,\t"
_ANSWERED = ("answered", "partial")


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the table with the number of its first line in the file."""

    number: int
    cells: list[str]


def load(path: Path) -> list[GoldQuestion]:
    """The questions of a CSV file; see `read`."""
    return read(path).questions


def read(path: Path) -> Imported:
    """The questions of a CSV file, with notes on columns that have no place in the gold format.

    Raises:
        PpsError: the file cannot be read as a table of questions; names the line and says what to do.
    """
    lines = _table(path, _text(path))
    fields = _fields(path, lines[0])
    unknown = [name.strip() for name, field in zip(lines[0].cells, fields, strict=True) if not field and name.strip()]
    notes = [f"Columns that gold questions have no place for: {shortened(unknown, 20)}."] if unknown else []
    if "language" in fields:
        notes.append("The language is seen from the question itself, so the column for it was not used.")
    questions: list[GoldQuestion] = []
    seen: dict[str, int] = {}
    for line in lines[1:]:
        question = _question(path, line, fields, len(questions) + 1)
        if question.id in seen:
            raise _wrong(path, line.number, f"the id {question.id} is used on line {seen[question.id]} too; give it another one")
        seen[question.id] = line.number
        questions.append(question)
    return Imported(checked(questions, path), notes)


def _text(path: Path) -> str:
    if not path.is_file():
        raise PpsError(f"{path} does not exist")
    data = path.read_bytes()
    if data[:2] == b"PK":
        raise PpsError(f"{path} is a spreadsheet. Save it as CSV (in Excel: CSV UTF-8).")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise PpsError(f"{path} is no text in UTF-8 or Windows' encoding. Save it as CSV UTF-8.")


def _table(path: Path, text: str) -> list[_Line]:
    """The rows that are not blank; the first holds the column names."""
    text = re.sub(r"\Asep=.\r?\n", lambda told: "\n", text)  # Excel's own hint; the line is kept, so that numbers stay right
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=lambda d: sum(bool(_field(name)) for name in next(csv.reader([first], delimiter=d), [])))
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[_Line] = []
    before = 0
    try:
        for cells in reader:
            if any(c.strip() for c in cells):
                lines.append(_Line(before + 1, cells))
            before = reader.line_num
    except csv.Error as error:
        hint = "a quotation mark is not closed, or stands in the middle of a cell; write it twice and put the cell in quotation marks"
        raise _wrong(path, before + 1, f"{hint} ({error})") from error
    if not lines:
        raise PpsError(f"{path} is empty. The first line names the columns: vraag, verwacht, documenten, kernpunten, soort.")
    return lines


def _field(name: str) -> str:
    """The field that a column holds; empty for one that has no place."""
    folded = " ".join(fold(name).replace("_", " ").split())
    return next((field for field, names in COLUMNS.items() if folded in names), "")


def _fields(path: Path, header: _Line) -> list[str]:
    fields = [_field(name) for name in header.cells]
    if "question" not in fields:
        told = ", ".join(c.strip() for c in header.cells)
        raise _wrong(path, header.number, f"no column vraag or question; the columns here are: {told}")
    if twice := [f for f in COLUMNS if fields.count(f) > 1]:
        raise _wrong(path, header.number, f"two columns hold the same thing ({twice[0]}); leave one out")
    return fields


def _question(path: Path, line: _Line, fields: list[str], count: int) -> GoldQuestion:
    if any(c.strip() for c in line.cells[len(fields) :]):
        found = f"{len(line.cells)} cells, but there are {len(fields)} columns"
        raise _wrong(path, line.number, f"{found}; put text that holds the separator in quotation marks")
    cells = {field: cell.strip() for field, cell in zip(fields, line.cells, strict=False) if field}
    if not cells.get("question"):
        raise _wrong(path, line.number, "there is no question in this row; fill it in or empty the row")
    documents = _parts(cells.get("documents", ""), ";|,")
    # where a | stands between key points, a ; is an ordinary character of them
    points = _parts(cells.get("key_points", ""), "|" if "|" in cells.get("key_points", "") else ";")
    status = _status(path, line.number, cells.get("expected_status", ""), bool(documents or points))
    if status not in _ANSWERED and points:
        raise _wrong(path, line.number, f"there are key points, but no answer is expected ({status}); change one of both")
    kind = cells.get("kind", "")
    return GoldQuestion(cells.get("id") or f"v{count:03}", cells["question"], KINDS.get(fold(kind), kind), documents, points, status)


def _parts(cell: str, separators: str) -> tuple[str, ...]:
    """The parts of a cell, each once. Lines of a cell are parts too."""
    found = (part.strip() for part in re.split(f"[{separators}\r\n]", cell))
    return tuple(dict.fromkeys(part for part in found if part))


def _status(path: Path, number: int, cell: str, has_answer: bool) -> str:
    if not cell:
        if has_answer:
            return "answered"
        raise _wrong(path, number, "nothing says whether this question has an answer; fill in verwacht, documenten or kernpunten")
    folded = " ".join(fold(cell).split())
    labels = {fold(s.label["nl"]): s.name for s in statuses().values()}
    found = folded.replace(" ", "_") if folded.replace(" ", "_") in statuses() else STATUSES.get(folded) or labels.get(folded)
    if not found:
        raise _wrong(path, number, f"“{cell}” is no status; write one of: {', '.join([*statuses(), *STATUSES])}")
    return found


def _wrong(path: Path, number: int, what: str) -> PpsError:
    return PpsError(f"{path}, line {number}: {what}.")
