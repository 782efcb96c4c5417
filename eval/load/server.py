"""The product as its users meet it: processes of their own on free ports, without a language model, over the shipped corpus."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from rag.errors import PpsError

#: Seconds for making the index, where it is not there yet, and for starting.
START_S = 180.0
#: All readers come from this one address here, so what one reader may ask is not counted; what all ask together is. Nothing is kept.
SETTINGS = {
    "PPS_HOST": "127.0.0.1",
    "PPS_LLM": "",
    "PPS_DATABASE_URL": "",
    "PPS_PUBLIC_URL": "",
    "PPS_FEEDBACK": "uit",
    "PPS_KEEP_GAPS": "false",
    "PPS_RATE_PER_MINUTE": "0",
    "OMP_NUM_THREADS": "1",
}


@contextmanager
def advisors(count: int) -> Iterator[list[str]]:
    """Addresses of `count` replicas over one index, ready to answer.

    Raises:
        PpsError: one does not start.
    """
    with tempfile.TemporaryDirectory() as folder:
        started: list[tuple[subprocess.Popen, str]] = []
        try:
            for number in range(count):  # the first one makes the index, for all
                started.append(_start(Path(folder), number))
                _wait(*started[-1], Path(folder) / f"{number}.log")
            yield [address for _, address in started]
        finally:
            for process, _ in started:
                process.terminate()
            for process, _ in started:
                try:
                    process.wait(40)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def figures(addresses: list[str]) -> dict[str, float]:
    """Seconds of processor time that the replicas used since they started, and the bytes of memory that they hold; 0 where not told."""
    found = dict.fromkeys(("process_cpu_seconds_total", "process_resident_memory_bytes"), 0.0)
    for address in addresses:
        reply = httpx.get(f"{address}/metrics", timeout=30)
        if reply.status_code != 200:
            continue
        for family in text_string_to_metric_families(reply.text):
            for sample in family.samples:
                if sample.name in found:
                    found[sample.name] += sample.value
    return found


def _start(folder: Path, number: int) -> tuple[subprocess.Popen, str]:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    environment = {**os.environ, **SETTINGS, "PPS_PORT": str(port)}
    with (folder / f"{number}.log").open("w") as log:
        command = [sys.executable, "-m", "rag", "serve"]
        return subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log), f"http://127.0.0.1:{port}"


def _wait(process: subprocess.Popen, address: str, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise PpsError(f"The advisor did not start: {log.read_text(errors='replace')[-500:]}")
