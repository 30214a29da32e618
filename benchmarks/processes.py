"""Runs commands and measures them, process start included."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
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
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode < 0 or process.returncode > 14:
        raise RuntimeError(f"expected {command[0]} to run, found exit code {process.returncode}")
    # Linux counts in kilobytes, macOS in bytes.
    unit = 1024 if os.uname().sysname == "Linux" else 1024 * 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the median of each number."""
    return Cost(
        median(one.wall for one in costs), median(one.cpu for one in costs), median(one.memory for one in costs)
    )
