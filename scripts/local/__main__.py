"""``python -m scripts.local deploy|destroy``: the example app, deployed by the CDK command to an emulator of AWS."""

import argparse
import shutil
import sys
from pathlib import Path

from scripts.local.cdk import CdkError, run_cdk
from scripts.local.emulator import ACCOUNT, REGION, ROOT, Emulator, EmulatorError, free_port, log_end
from scripts.local.running import Running, remember, remembered
from scripts.local.tour import describe

FOLDER = ROOT / ".local" / "run"
PORT = 4566


def deploy(folder: Path, port: int) -> int:
    """Start the emulator unless it runs, deploy every stack of the example app, and say what to try."""
    running = remembered(folder)
    started = running is None or not running.is_alive()
    if running is None or started:
        _clear(folder, running)
        try:
            running = _start(folder, port)
        except EmulatorError as error:
            print(error, file=sys.stderr)
            if "cannot listen" in str(error):
                print(f"to take another port: make deploy-local PORT={free_port()}", file=sys.stderr)
            return 1
        print(f"started an emulator of AWS at {running.url}")
    else:
        print(f"an emulator of AWS runs already at {running.url}")
    options = ["--app", f"{sys.executable} -m scripts.local.app", "--output", str(folder / "cdk.out")]
    log = folder / "cdk.log"
    try:
        print("preparing it for the CDK command (cdk bootstrap):", flush=True)
        run_cdk(running.url, log, "bootstrap", f"aws://{ACCOUNT}/{REGION}", *options)
        print("deploying the stacks of the example app (cdk deploy --all):", flush=True)
        run_cdk(running.url, log, "deploy", "--all", "--require-approval=never", *options)
    except (CdkError, KeyboardInterrupt) as error:
        _explain(error, folder)
        if started:
            running.stop()
        return 1
    print(describe(running.url))
    return 0


def destroy(folder: Path) -> int:
    """Destroy every stack, and stop the emulator, whether or not that worked."""
    running = remembered(folder)
    if running is None or not running.is_alive():
        print(f"removed {folder}" if _clear(folder, running) else "no emulator runs: nothing to destroy")
        return 0
    print("destroying the stacks of the example app (cdk destroy --all):", flush=True)
    try:
        run_cdk(running.url, folder / "cdk.log", "destroy", "--all", "--force", "--app", str(folder / "cdk.out"))
    except (CdkError, KeyboardInterrupt) as error:
        _explain(error, folder)
        return 1
    finally:
        running.stop()
        print(f"stopped the emulator at {running.url}")
    shutil.rmtree(folder)
    return 0


def _start(folder: Path, port: int) -> Running:
    folder.mkdir(parents=True)
    emulator = Emulator(folder / "emulator.log", port=port, data=folder / "data", outlive=True)
    emulator.let_go()
    running = Running(emulator.pid, emulator.port)
    remember(running, folder)
    return running


def _clear(folder: Path, dead: Running | None) -> bool:
    """Remove what an emulator that has ended, or never started, has left; tell whether there was anything."""
    if not folder.exists():
        return False
    if dead is not None:
        ended = dead.end_leftovers(folder.absolute() / "data")
        print(f"the emulator at {dead.url} has ended already; ended {ended} process(es) of functions that it had left")
    shutil.rmtree(folder)
    return True


def _explain(error: BaseException, folder: Path) -> None:
    print(f"{str(error) or 'interrupted'}\nthe emulator: {log_end(folder / 'emulator.log')}", file=sys.stderr)


def main() -> int:
    """Do what the command line says; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.local", description=__doc__)
    parser.add_argument("what", choices=("deploy", "destroy"))
    parser.add_argument("--port", type=int, default=PORT, help=f"of the emulator that deploy starts (default: {PORT})")
    arguments = parser.parse_args()
    return deploy(FOLDER, arguments.port) if arguments.what == "deploy" else destroy(FOLDER)


if __name__ == "__main__":
    sys.exit(main())
