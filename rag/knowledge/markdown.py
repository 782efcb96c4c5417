"""Markdown with front matter → Document.

The corpus uses a small part of Markdown: headings, paragraphs, lists, tables, emphasis, links and source markers
`[@bron-id]`. A Markdown library would give the structure but not the character positions of each block, which a citation
needs; so blocks are read here line by line.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from pydantic import ValidationError

from rag.errors import DocumentError
from rag.knowledge.documents import Block, Document, FrontMatter

#: The C loader is ten times as fast; both are safe loaders.
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n---[ \t]*\r?\n", re.S)
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+")
_TABLE_RULE = re.compile(r"\s*\|?[\s:|-]+\|?\s*$")
_MARKER = re.compile(r"\s*\[(@[a-z0-9-]+(?:\s*;\s*@[a-z0-9-]+)*)\]")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_LINK = re.compile(r"!?\[([^\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_TARGET = re.compile(r"!?\[[^\]\n]*\]\(<?([^()\s>]+)>?")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1|(?<![\w*])([*_])(?=\S)([^*_]+?)(?<=\S)\3(?![\w*])|`([^`]+)`")


def parse_front_matter(text: str, name: str) -> tuple[FrontMatter, int]:
    """The front matter of `text` and the position where the body begins.

    Raises:
        DocumentError: there is none, it is not YAML, or a field is wrong.
    """
    match = _FRONT.match(text)
    if not match:
        raise DocumentError(f"{name}: bovenaan ontbreekt het blok met kenmerken tussen twee regels met ---. Zie corpus/README.md.")
    return validate_front_matter(match[1], name), match.end()


def validate_front_matter(block: str, name: str) -> FrontMatter:
    """`block` (YAML) as FrontMatter.

    Raises:
        DocumentError: with every problem found, by field.
    """
    try:
        data = yaml.load(block, Loader=_YAML)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" (regel {where.line + 2})" if where else ""
        raise DocumentError(f"{name}: de kenmerken bovenaan zijn geen geldige YAML{line}.") from error
    if not isinstance(data, dict):
        raise DocumentError(f"{name}: de kenmerken bovenaan zijn leeg of geen lijst van velden.")
    try:
        return FrontMatter.model_validate(data)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'geheel'}: {e['msg']}" for e in error.errors()[:5])
        raise DocumentError(f"{name}: de kenmerken bovenaan kloppen niet. {problems}") from error


def read_markdown(path: Path, text: str) -> Document:
    """A Markdown file as Document.

    Raises:
        DocumentError: no usable front matter, or no text below it.
    """
    meta, body = parse_front_matter(text, path.name)
    blocks = tuple(_blocks(text, body))
    if not blocks:
        raise DocumentError(f"{path.name}: onder de kenmerken staat geen tekst.")
    known = {entry.id for entry in meta.bronnen}
    unknown = sorted({i for b in blocks for _, ids in b.cites for i in ids} - known)
    if unknown:
        raise DocumentError(f"{path.name}: de tekst verwijst naar bronnen die niet onder bronnen staan: {', '.join(unknown)}.")
    links = tuple(dict.fromkeys(m[1] for m in _TARGET.finditer(text[body:])))
    return Document(meta, blocks, str(path), text, links)


def clean_inline(raw: str) -> tuple[str, tuple[tuple[int, tuple[str, ...]], ...]]:
    """Text without Markdown's marks, and the source markers as (end, ids) in the cleaned text."""
    parts: list[str] = []
    cites: list[tuple[int, tuple[str, ...]]] = []
    position = length = 0
    for match in _MARKER.finditer(raw):
        piece = _plain(raw[position : match.start()])
        if not parts:
            piece = piece.lstrip()
        parts.append(piece)
        length += len(piece)
        cites.append((length, tuple(i.strip().lstrip("@") for i in match[1].split(";"))))
        position = match.end()
    tail = _plain(raw[position:])
    if not tail.strip(" ."):  # the marker stood before the closing full stop
        tail = tail.strip() if parts and not parts[-1].rstrip().endswith((".", "!", "?", ":")) else ""
    parts.append(tail if parts else tail.strip())
    return "".join(parts).rstrip(), tuple(cites)


def _plain(raw: str) -> str:
    text = _LINK.sub(r"\1", raw)
    for _ in range(2):  # bold within italics and the other way round
        text = _EMPHASIS.sub(lambda m: m[2] or m[4] or m[5] or "", text)
    return re.sub(r"\s+", " ", text).replace("\\", "")


def _blocks(text: str, start: int):  # noqa: ANN202 - generator of Block
    masked = _COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    headings: list[tuple[int, str]] = []
    group = 0
    pending: list[tuple[str, int, int]] = []  # raw line, start, end
    kind = "sentence"
    in_list = False
    header_cells: list[str] | None = None
    fenced = False

    def flush():  # noqa: ANN202
        nonlocal pending, kind
        if pending:
            raw = " ".join(line.strip() for line, _, _ in pending)
            first, last = pending[0][1], pending[-1][2]
            if kind == "item":
                raw = _ITEM.sub("", raw, count=1)
            clean, cites = clean_inline(raw)
            lead = kind == "sentence" and clean.endswith(":")
            if clean:
                path = tuple(t for _, t in headings)
                grouped = group if in_list or lead else -1
                yield Block(clean, first, last, "lead" if lead else kind, path, grouped, None, cites)
        pending, kind = [], "sentence"

    position = start
    lines = masked[start:].splitlines(keepends=True)
    for index, line in enumerate(lines):
        begin, position = position, position + len(line)
        bare = line.strip()
        if bare.startswith("```"):
            fenced = not fenced
            continue
        heading = None if fenced else _HEADING.match(bare)
        if not bare or heading:
            lead_before = bool(pending) and kind == "sentence" and bare == "" and _strip_marker(pending[-1][0]).endswith(":")
            if lead_before:
                group += 1
            yield from flush()
            if heading:
                level, title = len(heading[1]), clean_inline(heading[2])[0]
                headings[:] = [h for h in headings if h[0] < level]
                headings.append((level, title))
                in_list = False
                header_cells = None
            elif not lead_before and not _continues_list(lines, index):
                in_list = False
                header_cells = None
            continue
        if bare.startswith("|"):
            yield from flush()
            if header_cells is None:
                header_cells = [clean_inline(c)[0] for c in row_cells(bare)]
                group += 1
                continue
            if not is_rule(bare):
                yield from _row(bare, header_cells, begin, position, tuple(t for _, t in headings), group)
            continue
        if not fenced and _ITEM.match(line):
            lead_directly_before = bool(pending) and kind == "sentence"
            if not in_list and lead_directly_before:
                group += 1
                yield from flush()
            else:
                yield from flush()
                if not in_list and not _after_lead(masked, start, begin):
                    group += 1
            in_list, kind = True, "item"
        elif in_list and not pending:
            in_list = False
        pending.append((line, begin, begin + len(line.rstrip())))
    yield from flush()


def _strip_marker(line: str) -> str:
    return _MARKER.sub("", line).strip()


def _continues_list(lines: list[str], index: int) -> bool:
    following = next((x for x in lines[index + 1 :] if x.strip()), "")
    return bool(_ITEM.match(following))


def _after_lead(text: str, start: int, begin: int) -> bool:
    previous = text[start:begin].rstrip().rsplit("\n", 1)[-1]
    return _strip_marker(previous).endswith(":")


def is_rule(line: str) -> bool:
    """Whether this line of a table only parts the heads from what stands below them."""
    return bool(_TABLE_RULE.match(line))


def row_cells(row: str) -> list[str]:
    """The cells of a line of a table, with their marks."""
    return [c.strip() for c in row.strip().strip("|").split("|")]


def _row(row: str, header: list[str], begin: int, end: int, path: tuple[str, ...], group: int):  # noqa: ANN202
    """A table row as one sentence: "eerste cel: kop 2: cel 2; kop 3: cel 3"."""
    cells = [clean_inline(c) for c in row_cells(row)]
    if not any(text for text, _ in cells):
        return
    parts, cites, length = [], [], 0
    for n, (cell, marks) in enumerate(cells):
        if not cell:
            continue
        label = header[n] if n < len(header) else ""
        piece = cell if n == 0 or not label else f"{label}: {cell}"
        piece = (": " if len(parts) == 1 else "; " if parts else "") + piece
        parts.append(piece)
        length += len(piece)
        ids = tuple(i for _, m in marks for i in m)
        if ids:
            cites.append((length, ids))
    yield Block("".join(parts), begin, end, "row", path, group, None, tuple(cites))
