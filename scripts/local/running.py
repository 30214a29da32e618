"""The emulator that deploy starts and destroy stops: what is remembered of it, and what is left of a dead one."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.local.emulator import stop_group


@dataclass(frozen=True)
class Running:
    """An emulator that an earlier call has left running; it may have died since."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def is_alive(self) -> bool:
        """Tell whether the process is still that emulator: ids are used again."""
        return any(pid == self.pid and f"-m emulator --port {self.port}" in command for pid, _, command in _processes())

    def stop(self) -> None:
        """Stop it by its id, and remove what it has left."""
        if self.is_alive():
            stop_group(self.pid, lambda: not self.is_alive())

    def end_leftovers(self, data: Path) -> int:
        """End the processes that run from the data folder of a dead one, and no others of its group; count them."""
        ended = 0
        for pid, group, command in _processes():
            if group == self.pid and f"{data}{os.sep}" in command:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    ended += 1
        return ended


def _processes() -> Iterator[tuple[int, int, str]]:
    """Yield the id, the group and the command line of each process that has not ended."""
    command = ["ps", "-e", "-ww", "-o", "pid=", "-o", "pgid=", "-o", "stat=", "-o", "command="]
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        pid, group, state, *rest = line.split(maxsplit=3)
        if not state.startswith("Z"):
            yield int(pid), int(group), "".join(rest)


def remember(running: Running, folder: Path) -> None:
    """Write down an emulator for later calls."""
    (folder / "emulator.json").write_text(json.dumps(asdict(running)))


def remembered(folder: Path) -> Running | None:
    """Return the emulator that was written down, dead or alive."""
    with contextlib.suppress(FileNotFoundError):
        return Running(**json.loads((folder / "emulator.json").read_text()))
    return None
