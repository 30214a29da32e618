"""``python -m scripts.local deploy|destroy``: the example app, deployed by the CDK command to an emulator of AWS."""

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from scripts.local.emulator import ACCOUNT, REGION, ROOT, Emulator, EmulatorError, environment, log_end, stop_group
from scripts.local.tour import describe

FOLDER = ROOT / ".local" / "run"
PORT = 4566


@dataclass(frozen=True)
class Running:
    """An emulator that an earlier call has left running."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def is_alive(self) -> bool:
        """Tell whether the process is still that emulator: ids are used again."""
        found = subprocess.run(
            ["ps", "-o", "stat=,command=", "-p", str(self.pid)], capture_output=True, text=True, check=False
        ).stdout
        return f"-m emulator --port {self.port}" in found and not found.startswith("Z")

    def stop(self) -> None:
        """Stop it by its id, and remove what it has left."""
        if self.is_alive():
            stop_group(self.pid, lambda: not self.is_alive())


def read_running(folder: Path) -> Running | None:
    """Return the emulator that runs, if there is one."""
    with contextlib.suppress(FileNotFoundError):
        running = Running(**json.loads((folder / "emulator.json").read_text()))
        if running.is_alive():
            return running
    return None


def deploy(folder: Path, port: int) -> int:
    """Start the emulator unless it runs, deploy every stack of the example app, and say what to try."""
    log = folder / "emulator.log"
    running = read_running(folder)
    started = running is None
    if running is None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            emulator = Emulator(log, port=port, data=folder / "data", outlive=True)
        except EmulatorError as error:
            print(error, file=sys.stderr)
            return 1
        emulator.let_go()
        running = Running(emulator.pid, emulator.port)
        (folder / "emulator.json").write_text(json.dumps({"pid": running.pid, "port": running.port}))
    options = ["--app", f"{sys.executable} -m scripts.local.app", "--output", str(folder / "cdk.out")]
    try:
        _cdk(running.url, "bootstrap", f"aws://{ACCOUNT}/{REGION}", *options)
        _cdk(running.url, "deploy", "--all", "--require-approval=never", *options)
    except (subprocess.CalledProcessError, KeyboardInterrupt) as error:
        print(f"{error!r}; the emulator says: {log_end(log)}", file=sys.stderr)
        if started:
            running.stop()
        return 1
    print(describe(running.url))
    return 0


def destroy(folder: Path) -> int:
    """Destroy every stack, and stop the emulator, whether or not that worked."""
    running = read_running(folder)
    if running is None:
        print("no emulator runs: nothing to destroy")
        return 0
    try:
        _cdk(running.url, "destroy", "--all", "--force", "--app", str(folder / "cdk.out"))
    except subprocess.CalledProcessError as error:
        print(f"{error!r}; the emulator says: {log_end(folder / 'emulator.log')}", file=sys.stderr)
        return 1
    finally:
        running.stop()
    shutil.rmtree(folder)
    return 0


def _cdk(url: str, *arguments: str) -> None:
    command = ["cdk", *arguments, "--no-notices", "--no-version-reporting", "--ci"]
    subprocess.run(command, cwd=ROOT, env={**environment(url), "PYTHONPATH": str(ROOT)}, check=True)


def main() -> int:
    """Do what the command line says; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.local", description=__doc__)
    parser.add_argument("what", choices=("deploy", "destroy"))
    parser.add_argument("--port", type=int, default=PORT, help=f"of the emulator that deploy starts (default: {PORT})")
    arguments = parser.parse_args()
    return deploy(FOLDER, arguments.port) if arguments.what == "deploy" else destroy(FOLDER)


if __name__ == "__main__":
    sys.exit(main())
