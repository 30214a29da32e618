"""The CDK command against the emulator, told in a line for each stack: the rest of what it says goes to a file."""

import re
import subprocess
from pathlib import Path

from scripts.local.emulator import ROOT, environment, log_end

_DONE = re.compile(r"✅ +(.+)")
"""How the CDK command says that a stack is deployed or destroyed."""


class CdkError(RuntimeError):
    """The CDK command failed; the message holds the end of what it said."""


def run_cdk(url: str, log: Path, *arguments: str) -> None:
    """Run the CDK command, whose output is added to ``log``, and print each stack that is done.

    Raises
    ------
    CdkError
        If it fails.
    """
    command = ["cdk", *arguments, "--no-notices", "--no-version-reporting", "--no-color", "--ci"]
    with (
        log.open("a") as said,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environment(url), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        assert process.stdout is not None
        try:
            for line in process.stdout:
                said.write(line)
                if done := _DONE.search(line):
                    print(f"  {done[1]}", flush=True)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise CdkError(f"cdk {arguments[0]} ended with status {process.returncode}; {log_end(log)}")
