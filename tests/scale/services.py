"""Chroma, PostgreSQL, nginx and replicas of the advisor, each a process of its own that can be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
ROOT_USER = os.geteuid() == 0


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(url: str, status: int = 200) -> Callable[[], bool]:
    """Whether `url` answers with `status` now."""

    def check() -> bool:
        try:
            return httpx.get(url, timeout=5).status_code == status
        except httpx.TransportError:
            return False

    return check


def until(check: Callable[[], object], within_s: float = 30.0, told: Callable[[], str] = lambda: "") -> None:
    """Wait until `check` says yes."""
    deadline = time.monotonic() + within_s
    while not check():
        assert time.monotonic() < deadline, told()
        time.sleep(0.05)


@dataclass
class Service:
    """A process that is there once `ready` says so. Its output goes to `log`."""

    command: list[str]
    ready: Callable[[], bool]
    log: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    user: str | None = None
    stop_by: signal.Signals = signal.SIGTERM
    process: subprocess.Popen | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def launch(self) -> None:
        """Start it, without waiting until it is there."""
        if self.runs:
            return
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.command, env=self.own_environment(), cwd=self.log.parent, stdout=log, stderr=log, user=self.user
            )

    def own_environment(self) -> dict[str, str]:
        """What it finds in its environment: nothing of the developer's settings."""
        return {name: value for name, value in os.environ.items() if not name.startswith("PPS_")} | self.environment

    def wait(self, within_s: float = 60.0) -> None:
        until(lambda: self.ready() or not self.runs, within_s, self._told)
        assert self.runs, self._told()

    def start(self) -> None:
        self.launch()
        self.wait()

    def stop(self, by: signal.Signals | None = None) -> None:
        """End it and wait until it is gone."""
        if self.process and self.runs:
            self.process.send_signal(by or self.stop_by)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    def _told(self) -> str:
        return f"{self.command[0]}: {self.log.read_text(errors='replace')[-2000:]}"


def chroma(folder: Path) -> Service:
    port = free_port()
    program = str(Path(sys.executable).with_name("chroma"))
    command = [program, "run", "--path", str(folder / "chroma"), "--host", "127.0.0.1", "--port", str(port)]
    return Service(command, answers(f"http://127.0.0.1:{port}/api/v2/heartbeat"), folder / "chroma.log", port)


def postgres(folder: Path) -> Service:
    """A cluster in `folder`, which its own user can open; the server refuses to run as root."""
    found = shutil.which("initdb")
    programs = Path(found).resolve().parent if found else max(Path("/usr/lib/postgresql").glob("*/bin"))
    user = "postgres" if ROOT_USER else None
    if user:
        shutil.chown(folder, user)
    data, port = folder / "data", free_port()
    made = [str(programs / "initdb"), "-D", str(data), "-U", "pps", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, user=user, cwd=folder)
    options = {"unix_socket_directories": "", "fsync": "off", "shared_buffers": "16MB", "max_connections": "40"}
    command = [str(programs / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port)]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def ready() -> bool:
        asked = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        return subprocess.run(asked).returncode == 0

    return Service(command, ready, folder / "postgres.log", port, user=user, stop_by=signal.SIGINT)


def replica(folder: Path, name: str, settings: dict[str, str]) -> Service:
    port = free_port()
    environment = {**settings, "PPS_PORT": str(port), "OMP_NUM_THREADS": "1"}
    ready = answers(f"http://127.0.0.1:{port}/readyz")
    return Service([sys.executable, "-m", "rag", "serve"], ready, folder / f"{name}.log", port, environment)


def nginx(folder: Path, port: int, replicas: list[Service]) -> Service:
    """nginx with the configuration that is deployed, but for its port, its replicas and where it logs."""
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    servers = "".join(f"server 127.0.0.1:{r.port} max_fails=0;" for r in replicas)
    for before, after in (
        ("server app:7860 max_fails=0;", servers),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("/var/log/nginx/", f"{folder}/"),
    ):
        assert before in site
        site = site.replace(before, after)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    kept = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    main = f"{'user root;' if ROOT_USER else ''}daemon off; pid {folder}/nginx.pid; worker_processes 2; error_log {folder}/nginx.log;"
    main += f"events {{}} http {{ {kept} include {folder}/site.conf; }}"
    (folder / "nginx.conf").write_text(main, encoding="utf-8")
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert program, "nginx is not installed: sh tests/install-system.sh"
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")]
    return Service(command, answers(f"http://127.0.0.1:{port}/metrics", 404), folder / "nginx.log", port)
