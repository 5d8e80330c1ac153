"""What processes have used so far, from /proc. Source: proc(5)."""

import os
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads, ended ones included."""
    own, _ = _times(pid)
    return own


def family_cpu_seconds(parent: int) -> float:
    """The same over a process and all its children; those that ended are in the account of the parent that waited for them."""
    return sum(sum(_times(pid)) for pid in [parent, *_children(parent)])


def memory(pid: int) -> tuple[float, float]:
    """Resident memory in MB (10^6 bytes): now, and the most that it ever was."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    now, peak = (int(lines[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM"))
    return now, peak


def is_server(pid: int) -> bool:
    """Whether the process is one of PostgreSQL's: a number alone may have passed on to another."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except FileNotFoundError:
        return False


def _children(parent: int) -> list[int]:
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if (stat := _stat(pid)) and int(stat[1]) == parent]


def _times(pid: int) -> tuple[float, float]:
    """CPU seconds: its own, and those of its children that it has waited for. Nothing for a process that is gone."""
    stat = _stat(pid)
    if not stat:
        return 0, 0
    user, system, reaped_user, reaped_system = (int(field) / TICKS_PER_SECOND for field in stat[11:15])
    return user + system, reaped_user + reaped_system


def _stat(pid: int) -> list[str]:
    """The fields from the third on: the second, the name in parentheses, may hold spaces."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
