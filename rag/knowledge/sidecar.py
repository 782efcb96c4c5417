"""Front matter for files that cannot carry it: `naam.pdf.yml` beside `naam.pdf`, or sensible values without one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from rag.knowledge.documents import FrontMatter, SourceEntry
from rag.knowledge.markdown import validate_front_matter
from rag.language.words import fold


def sidecar_path(path: Path) -> Path:
    return path.with_name(path.name + ".yml")


def slug(name: str) -> str:
    """A file name as a document id: lower case letters, digits and hyphens."""
    made = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:90]
    return made if len(made) >= 2 else f"document-{made or 'x'}"


def sidecar_meta(path: Path, title: str = "") -> FrontMatter:
    """The front matter of `path`: from its sidecar, or made from its name and `title`.

    Raises:
        DocumentError: the sidecar exists but is not right.
    """
    sidecar = sidecar_path(path)
    if sidecar.exists():
        return validate_front_matter(sidecar.read_text(encoding="utf-8"), sidecar.name)
    name = title if len(title) >= 3 else path.stem.replace("-", " ").replace("_", " ").strip() or path.name
    name = name[:200] if len(name) >= 3 else f"Document {name}"
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    source = SourceEntry.model_construct(
        id="document", titel=name, uitgever="toegevoegd door uw organisatie", datum=changed.isoformat(), url="", soort="eigen"
    )
    return FrontMatter.model_construct(
        id=slug(path.stem),
        titel=name,
        soort="publicatie",
        domein=["algemeen"],
        rol=["om", "politie", "bod", "gemeente", "privaat"],
        fase=["verkennen", "inrichten", "uitvoeren", "evalueren", "afronden"],
        taal="nl",
        laatst_gecontroleerd=changed,
        feiten=[],
        bronnen=[source],
    )
