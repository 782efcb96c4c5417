"""The engine that runs a GGUF file: llama.cpp, from the package xllamacpp, which is an optional extra."""

from __future__ import annotations

import importlib
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from rag.errors import PpsError

#: The extra `local` of pyproject.toml; a test holds the two together.
REQUIREMENT = "xllamacpp==2026.10.11549"
HOW = "Installeer het met: make run LLM=lokaal, of met: pip install -e '.[local]'"


def installed() -> str | None:
    """The version of the engine; None where it is not installed."""
    importlib.invalidate_caches()  # it may have been installed since this process started
    if find_spec("xllamacpp") is None:
        return None
    try:
        return version("xllamacpp")
    except PackageNotFoundError:
        return "onbekend"


def install() -> None:
    """Install the engine with the pip of this interpreter. It runs in a process of its own, so nothing needs a restart.

    Raises:
        PpsError: pip could not; the message says what to do.
    """
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--only-binary", ":all:", REQUIREMENT]
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, check=False)
    if result.returncode or not installed():
        last = (result.stderr.strip().splitlines() or ["geen melding"])[-1][:300]
        raise PpsError(f"{REQUIREMENT} is niet geïnstalleerd. {HOW}. Melding van pip: {last}")
