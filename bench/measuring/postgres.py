"""PostgreSQL servers beside the service's own, for pools: set up as that one is, but reached over TCP on loopback, with a password."""

import pwd
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from client import Failed
from service import POLL_SECONDS, Server, free_port

START_SECONDS, STOP_SECONDS = 60, 60
USER = "zaqar"
OWN = ("include", "unix_socket_directories", "listen_addresses", "port")  # Settings that no two servers share.


@dataclass(frozen=True)
class Beside:
    pid: int
    port: int
    password: str

    def uri(self, database: str) -> str:
        """Of a database that the service makes when it is missing."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"


@contextmanager
def beside(server: Server, name: str):
    """A server with the settings of another, on the same disk, for as long as the block runs; its data go with it."""
    directory, log = server.home / f"beside-{name}", server.home / f"beside-{name}.log"
    user = _user(server)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o755)
    if user:
        shutil.chown(directory, user["user"], user["group"])
    port, password, process = free_port(), secrets.token_hex(16), None
    try:
        secret = directory / "password"
        secret.touch(mode=0o600)
        secret.write_text(password)
        if user:
            shutil.chown(secret, user["user"], user["group"])
        created = subprocess.run(
            [server.binaries / "initdb", "-D", directory / "postgres", "-U", USER, "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256",
             f"--pwfile={secret}"], capture_output=True, text=True, cwd=directory, **user)
        secret.unlink()
        if created.returncode != 0:
            raise Failed(f"initdb ended with {created.returncode}: {created.stderr.strip()}")

        configuration = directory / "postgresql.conf"
        shared = [line for line in (server.home / "postgresql.conf").read_text().splitlines() if not line.startswith(OWN)]
        configuration.write_text("\n".join([
            f"include '{directory}/postgres/postgresql.conf'", *shared,
            "listen_addresses = '127.0.0.1'", f"port = {port}", "unix_socket_directories = ''",
            "max_connections = 300"]) + "\n")  # Several pools, each with connections of its own.
        with log.open("wb") as output:
            # In a session of its own, as the service's: Ctrl-C is for us, who stop it.
            process = subprocess.Popen([server.binaries / "postgres", "-D", directory / "postgres", "-c", f"config_file={configuration}"],
                                       stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=directory, start_new_session=True, **user)
        _wait_for(process, directory / "postgres" / "postmaster.pid", log)
        yield Beside(process.pid, port, password)
    finally:
        if process:
            _stop(process)
        shutil.rmtree(directory)


def _user(server: Server) -> dict:
    """Who runs it, for root, whom PostgreSQL refuses; nothing for anyone else."""
    owner = (server.home / "postgres").stat()
    if owner.st_uid == 0 or Path("/proc/self").stat().st_uid != 0:
        return {}
    return {"user": owner.st_uid, "group": pwd.getpwuid(owner.st_uid).pw_gid, "extra_groups": []}


def _wait_for(process: subprocess.Popen, pid_file: Path, log: Path) -> None:
    """Until the server says that it is ready, in the eighth line of its pid file."""
    deadline = time.monotonic() + START_SECONDS
    while not (pid_file.exists() and pid_file.read_text().splitlines()[7:8] == ["ready   "]):
        if process.poll() is not None or time.monotonic() > deadline:
            raise Failed(f"a server for pools does not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(POLL_SECONDS)


def _stop(process: subprocess.Popen) -> None:
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        process.send_signal(request)
        try:
            process.wait(STOP_SECONDS)
            return
        except subprocess.TimeoutExpired:
            pass
