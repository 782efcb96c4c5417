"""Reading files that may be hostile: in a process of its own, with a clock and a ceiling on memory.

A file that hangs its reader, or makes it take all memory, costs that process and nothing else. Small Markdown and text is
read here: its readers take time in proportion to its size, and starting a process would take longer than the reading.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from rag.errors import PpsError
from rag.knowledge.readers import damaged
from rag.knowledge.reading import FileContents, parse_file

#: Files up to this size with these names are read in this process.
SMALL_BYTES, SMALL_SUFFIXES = 64_000, (".md", ".markdown", ".txt")


class IsolatedReader:
    """Reads files one after the other. Use as a context manager, so that its process ends with it."""

    def __init__(self, max_mb: int = 200, limit_s: float = 60.0, memory_mb: int = 1000) -> None:
        self._max_mb, self._limit_s, self._memory_mb = max_mb, limit_s, memory_mb
        self._process: subprocess.Popen | None = None
        self._scratch: tempfile.TemporaryDirectory | None = None

    def __enter__(self) -> IsolatedReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def read(self, path: Path) -> FileContents:
        """The contents of `path`; a file that cannot be read gives a failure, never an exception."""
        try:
            if path.suffix.lower() in SMALL_SUFFIXES and path.stat().st_size <= SMALL_BYTES:
                return _parse(path, self._max_mb)
            return self._read_elsewhere(path)
        except OSError as error:
            return FileContents([], [(path.name, f"{path.name}: het bestand kan niet worden gelezen ({error.strerror or error}).")])

    def _read_elsewhere(self, path: Path) -> FileContents:
        process = self._process or self._start()
        timer = threading.Timer(self._limit_s, process.kill)
        timer.start()
        try:
            pickle.dump(str(path), process.stdin)
            process.stdin.flush()
            return pickle.load(process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):
            late = not timer.is_alive()
            self._stop()
            why = (
                f"het lezen duurt langer dan {self._limit_s:.0f} seconden"
                if late
                else f"het lezen vraagt meer geheugen dan {self._memory_mb} MB of loopt vast op de inhoud"
            )
            message = f"{path.name}: {why}. Splits het bestand, of sla het opnieuw op in het programma waarmee het is gemaakt."
            return FileContents([], [(path.name, message)])
        finally:
            timer.cancel()

    def _start(self) -> subprocess.Popen:
        command = [sys.executable, "-m", "rag.knowledge.isolation", str(self._max_mb), str(self._memory_mb)]
        root = Path(__file__).resolve().parents[2]
        # What a killed process leaves behind (an unpacked zip) goes with this folder.
        self._scratch = tempfile.TemporaryDirectory(prefix="pps-lezen-")
        # One thread for numpy: each of its threads reserves address space, and on many cores that alone would pass the ceiling.
        single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OMP_THREAD_LIMIT"), "1")
        environment = {**os.environ, **single, "TMPDIR": self._scratch.name}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root, env=environment)
        return self._process

    def _stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                with suppress(BrokenPipeError):  # what was still to be written to a process that is gone
                    stream.close()
            self._process = None
            if self._scratch:
                self._scratch.cleanup()


def _parse(path: Path, max_mb: int) -> FileContents:
    try:
        return parse_file(path, max_mb)
    except (MemoryError, OSError):
        raise
    except PpsError as error:
        return FileContents([], [(path.name, str(error))])
    except Exception as error:  # noqa: BLE001 - the readers' libraries raise many kinds on damaged files
        return FileContents([], [(path.name, str(damaged(path.name, error)))])


def _serve(max_mb: int, memory_mb: int) -> None:
    """Answer paths on standard input with pickled contents on standard output, until the input ends."""
    _limit_memory(memory_mb)
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # a library that prints must not break the protocol
    while True:
        try:
            path = Path(pickle.load(sys.stdin.buffer))
        except EOFError:
            return
        try:
            contents = _parse(path, max_mb)
        except MemoryError:
            raise SystemExit(1) from None
        pickle.dump(contents, answers)
        answers.flush()


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the clock remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000, megabytes * 1_000_000))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _serve(int(sys.argv[1]), int(sys.argv[2]))
