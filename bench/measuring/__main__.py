"""Measures the service on this machine: starts it, runs the measures, prints one table, stops it."""

import argparse
import os
import platform
import signal
import subprocess
import sys
import time
from datetime import date
from http.client import HTTPException
from pathlib import Path

from client import Failed
from load import BENCH
from measures import MEASURES, Measure
from report import failed_row, row, table
from service import Service, data_directory
from stage import QUICK, THOROUGH, Stage

ROOT = BENCH.parent
LAST_RUN = BENCH / "last-run.md"
PAGE = BENCH / "README.md"
RESULT_HEADING = "## Last result\n"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    options = _options()
    for request in ENDINGS:
        signal.signal(request, lambda *_: sys.exit(1))

    chosen = [measure for measure in MEASURES if not options.only or measure.name in options.only]
    command = ["dotnet", options.service, "serve"] if options.service else [str(ROOT / "zaqar"), "serve"]
    with data_directory(options.data, options.keep) as directory:
        service = Service(command, directory)
        try:
            _say("building, if need be, and starting the service")
            service.start()
            stage = Stage(service, QUICK if options.quick else THOROUGH)
            setting = _setting(service, directory, options.quick)
            rows, failures = _run(stage, chosen)
            errors = service.errors_logged()
        finally:
            # However it ended; from here on nothing interrupts.
            for request in ENDINGS:
                signal.signal(request, signal.SIG_IGN)
            service.stop()
        if options.keep:
            _say(f"kept: {directory}")

    result = f"{setting}\n\n{table(rows)}\n"
    if errors:
        result += f"\nThe service logged {len(errors)} errors, the first: `{errors[0]}`\n"
    print(f"\n{result}", end="")
    LAST_RUN.write_text(result)
    if options.record:
        before, heading, _ = PAGE.read_text().partition(RESULT_HEADING)
        PAGE.write_text(f"{before}{heading}\n{result}")
    return 1 if failures or errors else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="zaqar bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs and a smaller depth: to see that it works, not how fast")
    parser.add_argument("--only", action="append", metavar="NAME", choices=[measure.name for measure in MEASURES],
                        help="this measure alone, or with others that are named the same way: %(choices)s")
    parser.add_argument("--record", action="store_true", help=f"put the result of a whole run into {PAGE.relative_to(ROOT)}")
    parser.add_argument("--service", metavar="DLL", help="a service that is already built (default: what ./zaqar serve builds)")
    parser.add_argument("--data", metavar="DIRECTORY", type=Path, default=BENCH / ".zaqar",
                        help="where the database is made, and removed afterwards: on the disk to measure (default: below bench/)")
    parser.add_argument("--keep", action="store_true", help="leave the database and the service's log there")
    options = parser.parse_args()
    if options.record and (options.quick or options.only):
        parser.error("--record is for a whole run")
    options.data = options.data.resolve()
    return options


def _run(stage: Stage, measures: list[Measure]) -> tuple[list[str], int]:
    """The table's rows, and how many measures failed. One that fails leaves the others to run."""
    rows, failures = [], 0
    for measure in measures:
        start = time.monotonic()
        titles = [(title.format(depth=f"{stage.pace.depth:,}"), goal) for title, goal in measure.rows]
        try:
            if not stage.service.runs:
                raise Failed("the service is gone")
            figures = measure.run(stage)
            rows += [row(title, goal, figure, stage.raw_limit) for (title, goal), figure in zip(titles, figures, strict=True)]
            told = "; ".join(figure.text for figure in figures)
        except (Failed, OSError, HTTPException) as failure:
            failures += 1
            rows += [failed_row(title, goal, str(failure)) for title, goal in titles]
            told = f"failed: {failure}"
        _say(f"{measure.name}: {told} [{time.monotonic() - start:.0f} s]")
    return rows, failures


def _setting(service: Service, directory: Path, quick: bool) -> str:
    """What the figures depend on."""
    processor = next((line.partition(": ")[2] for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")),
                     platform.machine())
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    disk = _told("df", "--output=fstype", str(directory)).split()[-1]
    pace = QUICK if quick else THOROUGH
    lines = [
        f"{date.today()}, commit {_told('git', '-C', str(ROOT), 'rev-parse', '--short', 'HEAD') or 'unknown'}. "
        f"{os.cpu_count()} cores of {processor}, {memory:.0f} GB of memory, data on {disk}, Linux {platform.release()}, "
        f"{_told(str(service.server.binaries / 'postgres'), '--version')}, .NET SDK {_told('dotnet', '--version')}.",
        f"Each load: {pace.warm_up} s of warm-up, then {f'the median of {pace.runs} runs' if pace.runs > 1 else 'one run'} of {pace.window} s.",
    ]
    if quick:
        lines.append("**A quick run: its figures do not count.**")
    if disk in ("tmpfs", "ramfs"):
        lines.append("**The data lie in memory, where fsync costs nothing: figures of writing do not count.** See `--data`.")
    return "\n".join(lines)


def _told(*command: str) -> str:
    """What a program prints; nothing when it fails or is missing."""
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
