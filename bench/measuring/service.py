"""The service under measurement: started with its embedded server on data of its own, stopped by process id."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from client import Client, Failed
from processes import cpu_seconds, family_cpu_seconds, is_server

POLL_SECONDS = 0.01
START_SECONDS = 600  # The first start may have to build.
STOP_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """The embedded PostgreSQL, as its own pid file tells."""

    pid: int
    port: str
    socket_directory: str
    home: Path  # Holds the cluster, its configuration, and whatever else only the server's user has to come into.

    @staticmethod
    def of(data: Path) -> "Server":
        # Started by root from a directory that is closed to others, the service keeps its cluster elsewhere and leaves a link.
        home = data / "cluster" if (data / "cluster").is_symlink() else data
        pid, _, _, port, directory = (home / "postgres" / "postmaster.pid").read_text().splitlines()[:5]
        return Server(int(pid), port, directory, home)

    @property
    def binaries(self) -> Path:
        return Path(f"/proc/{self.pid}/exe").resolve().parent


class Usage:
    """CPU seconds that a stretch of time took, all threads and processes counted."""

    service = postgres = 0.0


class Service:
    """One service, started and stopped any number of times on the same data."""

    def __init__(self, command: list[str], directory: Path):
        self._command = command
        self._log = directory / "service.log"
        self._data = directory / "data"
        self._process: subprocess.Popen | None = None
        self.port, self.web_socket_port = free_port(), free_port()
        self.server: Server | None = None
        self.servers_beside: list[int] = []  # Process ids of further servers that the service uses.

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, **settings: str) -> float:
        """Seconds until the first answer. Settings are named as in the environment."""
        environment = {name: value for name, value in os.environ.items() if name != "ConnectionStrings__Zaqar"}
        environment |= {
            "ZAQAR_DATA": str(self._data),
            "ASPNETCORE_ENVIRONMENT": "Local",
            "Zaqar__WebSocket__Url": f"http://127.0.0.1:{self.web_socket_port}",
            "Zaqar__Notification__AllowedNetworks": "127.0.0.0/8",
        } | settings
        with self._log.open("ab") as log:
            start = time.monotonic()
            # In a session of its own: Ctrl-C is for us, who stop it.
            self._process = subprocess.Popen(
                [*self._command, "--urls", f"http://127.0.0.1:{self.port}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True)
        while not self._answers():
            if not self.runs:
                raise Failed(f"the service ended while starting:\n{self.last_words()}")
            if time.monotonic() - start > START_SECONDS:
                raise Failed(f"the service gave no answer for {START_SECONDS} seconds:\n{self.last_words()}")
            time.sleep(POLL_SECONDS)
        seconds = time.monotonic() - start
        self.server = Server.of(self._data)
        return seconds

    def stop(self) -> None:
        """Asks it to end, and waits; what does not end in time is killed."""
        if self.runs:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        # The service ends its server last. One that it left behind, because it was killed, is ended here.
        try:
            server = Server.of(self._data)
        except (OSError, ValueError):
            return  # No pid file, or one that is still being written.
        for request in (signal.SIGINT, signal.SIGQUIT):
            deadline = time.monotonic() + STOP_SECONDS / 2
            if is_server(server.pid):
                os.kill(server.pid, request)
            while is_server(server.pid) and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)

    @contextmanager
    def metered(self):
        """Counts the CPU that the service and PostgreSQL use inside the block, in the background too."""
        usage, before = Usage(), self._cpu()
        yield usage
        usage.service, usage.postgres = (after - start for after, start in zip(self._cpu(), before))

    def last_words(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])

    def errors_logged(self) -> list[str]:
        """What the service itself held for an error, each with the line that follows."""
        lines = self._log.read_text(errors="replace").splitlines()
        return [f"{line} {after.strip()}" for line, after in zip(lines, [*lines[1:], ""]) if line.startswith(("fail:", "crit:"))]

    def _cpu(self) -> tuple[float, float]:
        return cpu_seconds(self.pid), sum(family_cpu_seconds(pid) for pid in [self.server.pid, *self.servers_beside])

    def _answers(self) -> bool:
        try:
            with Client(self.port) as client:
                client.call("GET", "/v2/ping", expect=204)
            return True
        except (OSError, HTTPException, Failed):
            return False


@contextmanager
def data_directory(parent: Path, keep: bool):
    """A directory that PostgreSQL's own user can come into, gone afterwards with all that the service put elsewhere for it."""
    parent.mkdir(parents=True, exist_ok=True)
    directory = Path(tempfile.mkdtemp(prefix="bench-", dir=parent))
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        if not keep:
            elsewhere = directory / "data" / "cluster"
            if elsewhere.is_symlink():
                shutil.rmtree(elsewhere.resolve())
            shutil.rmtree(directory)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
