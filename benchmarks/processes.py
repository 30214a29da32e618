"""Runs commands and measures them, process start included.

As a program, it runs the command that it is given and prints what that cost: a process counts the memory of the one
that started it as its own, so that one has to be small.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Cost:
    """What a process cost."""

    wall: float
    """In seconds."""
    cpu: float
    """In seconds, user and system."""
    memory: float
    """The peak, in megabytes."""


def run(command: Sequence[str | Path]) -> Cost:
    """Run a command to its end, whatever it finds."""
    program = [sys.executable, "-I", __file__, *map(str, command)]
    return Cost(**json.loads(subprocess.run(program, check=True, capture_output=True).stdout))


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the median of each number."""
    return Cost(*(median(getattr(one, name) for one in costs) for name in ("wall", "cpu", "memory")))


def _measure(command: Sequence[str]) -> Cost:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    # The exit codes up to 14 say what was found.
    if not 0 <= process.returncode <= 14:
        raise RuntimeError(f"expected {command[0]} to run, found exit code {process.returncode}")
    # Linux counts in kilobytes, macOS in bytes.
    megabyte = 1024 if sys.platform == "linux" else 1024 * 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / megabyte)


if __name__ == "__main__":
    print(json.dumps(asdict(_measure(sys.argv[1:]))))
