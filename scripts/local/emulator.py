"""Start the emulator in its own environment and process group, and stop it with all that it started."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-emulator" / "bin" / "python"
ACCOUNT = "000000000000"
REGION = "us-east-1"
READY_SECONDS = 30
STOP_SECONDS = 10
LOG_LINES = 40


class EmulatorError(RuntimeError):
    """The emulator did not start, or ended; the message holds the end of its log."""


class Emulator:
    """An emulator of AWS on 127.0.0.1, as its own process group.

    Parameters
    ----------
    log
        The file for its output.
    port
        Default: a free one.
    data
        The folder for its files. Default: a temporary one of the emulator.
    outlive
        Whether it goes on when this process ends. Default: it ends, too, even if this process is killed.

    Raises
    ------
    EmulatorError
        If it is not installed, the port is taken, or it does not answer within 30 seconds.
    """

    def __init__(self, log: Path, *, port: int | None = None, data: Path | None = None, outlive: bool = False) -> None:
        if not PYTHON.exists():
            raise EmulatorError(
                f"expected the emulator's environment at {PYTHON.parents[1]}, found none: run `make e2e`"
            )
        self.log = log
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [str(PYTHON), "-m", "emulator", "--port", str(self.port)]
        if data is not None:
            command += ["--data", str(data)]
        if not outlive:
            command.append("--stop-at-end-of-input")
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL if outlive else subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.pid = self._process.pid
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def check(self) -> None:
        """Raise an error with the end of the log if the emulator has ended."""
        status = self._process.poll()
        if status is not None:
            raise EmulatorError(f"the emulator ended with status {status}; {self.log_end()}")

    def let_go(self) -> None:
        """Leave one that outlives this process to whoever stops it by its id."""
        self._process.returncode = 0  # or Popen would complain that it is forgotten

    def log_end(self) -> str:
        """Return the last lines of the log, with the name of its file."""
        return log_end(self.log)

    def stop(self) -> None:
        """Stop it, and whatever of its process group is left; do nothing if it was stopped."""
        stop_group(self.pid, lambda: self._process.poll() is not None)
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while f"ready {self.url}" not in self.log.read_text(errors="replace"):
            self.check()
            if time.monotonic() > deadline:
                raise EmulatorError(f"the emulator did not answer within {READY_SECONDS} s; {self.log_end()}")
            time.sleep(0.02)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def log_end(log: Path) -> str:
    """Return the last lines of a log, with the name of its file."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return f"its log {log} ends with:\n" + "\n".join(f"  {line}" for line in lines[-LOG_LINES:] or ["(nothing)"])


def stop_group(leader: int, has_ended: Callable[[], bool]) -> None:
    """Ask the leader of a process group to end; after ten seconds end it and all that is left of the group."""
    if not has_ended():
        os.kill(leader, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while not has_ended() and time.monotonic() < deadline:
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):  # the usual case: nothing is left
        os.killpg(leader, signal.SIGKILL)


def environment(url: str) -> dict[str, str]:
    """Return the environment in which AWS's tools talk to the emulator, whatever the caller has set up for AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    return {
        **kept,
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": REGION,
    }
