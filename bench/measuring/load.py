"""Load from outside: wrk for HTTP, pgbench for PostgreSQL itself."""

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from client import Failed, headers
from service import Server

BENCH = Path(__file__).resolve().parent.parent
SOCKETS = Path(__file__).with_name("sockets.py")
WAIT_SECONDS = 30  # A request that takes longer counts as failed.


@dataclass(frozen=True)
class Requests:
    """What to send, over how many connections at a time."""

    script: str  # A file in wrk/, without its ending.
    paths: tuple[str, ...]
    connections: int
    client_id: str
    method: str = "POST"
    body: bytes = b""


def http(port: int, requests: Requests, seconds: int) -> dict[str, int]:
    """What wrk counted; see wrk/report.lua for the names. Raises Failed unless every request was answered as it should."""
    environment = os.environ | {
        "LUA_PATH": f"{BENCH}/wrk/?.lua",
        "BENCH_METHOD": requests.method,
        "BENCH_PATHS": " ".join(requests.paths),
    }
    if requests.body:
        environment["BENCH_BODY"] = requests.body.decode()
    # One thread is plenty, and leaves the cores to what is measured.
    command = ["wrk", "-t1", f"-c{requests.connections}", f"-d{seconds}s", f"--timeout={WAIT_SECONDS}s", f"-s{BENCH}/wrk/{requests.script}.lua"]
    for header in headers(requests.client_id).items():
        command += ["-H", ": ".join(header)]

    run = subprocess.run([*command, f"http://127.0.0.1:{port}/"], env=environment, capture_output=True, text=True)
    line = re.search(r"^\{.*\}$", run.stdout, re.MULTILINE)
    if run.returncode != 0 or not line:
        raise Failed(f"wrk ended with {run.returncode}: {run.stderr.strip() or run.stdout.strip()}")

    counted = json.loads(line[0])
    faults = [f"{counted[name]} {name}" for name in ("refused", "broken", "unanswered", "odd") if counted.get(name)]
    if faults:
        raise Failed(f"of {counted['requests']} requests: {', '.join(faults)}")
    if not counted["requests"]:
        raise Failed("no request was answered")
    return counted


def sockets(port: int, connections: int, in_flight: int, seconds: int, body: bytes) -> dict[str, int]:
    """What was counted over WebSockets, as by wrk. Raises Failed unless every request was answered as it should."""
    run = subprocess.run([sys.executable, SOCKETS, str(port), str(connections), str(in_flight), str(seconds)], input=body, capture_output=True)
    if run.returncode != 0:
        raise Failed(f"the load over WebSockets ended with {run.returncode}: {run.stderr.decode().strip()}")
    counted = json.loads(run.stdout)
    if counted["refused"] or not counted["requests"]:
        raise Failed(f"of {counted['all'] + counted['refused']} requests: {counted['refused']} refused")
    return counted


@contextmanager
def idle_sockets(port: int, connections: int):
    """WebSockets that are open and say nothing, for as long as the block runs."""
    holder = subprocess.Popen([sys.executable, SOCKETS, str(port), str(connections), "idle"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        if int(holder.stdout.readline() or 0) != connections:
            raise Failed("not all WebSockets were opened")
        yield
    finally:
        holder.stdin.close()
        holder.wait()


def pgbench(server: Server, script: str, *options: str) -> float:
    """Transactions a second of a script in sql/."""
    run = subprocess.run(
        [_pgbench(server), "--no-vacuum", "--host", server.socket_directory, "--port", server.port, "--username", "zaqar",
         "--file", f"{BENCH}/sql/{script}.sql", *options, "zaqar"],
        capture_output=True, text=True)
    rate = re.search(r"^tps = ([\d.]+)", run.stdout, re.MULTILINE)
    if run.returncode != 0 or not rate:
        raise Failed(f"pgbench ended with {run.returncode}: {run.stderr.strip()}")
    return float(rate[1])


def _pgbench(server: Server) -> str:
    """The server's own; some ways to bring a server bring no tools, and then any will do."""
    found = [server.binaries / "pgbench", *sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), reverse=True)]
    return str(next((path for path in found if path.exists()), "pgbench"))
