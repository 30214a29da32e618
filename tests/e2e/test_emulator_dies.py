"""An emulator that dies in the middle of the tests ends them, with one message."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.local.emulator import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.slow_e2e]

TESTS = """
import os
import signal

import pytest


@pytest.fixture(scope="module")
def deployed(clients):
    yield
    clients["sqs"].list_queues()


def test_that_is_fine(clients, deployed):
    clients["sqs"].list_queues()


def test_in_which_it_dies(emulator, clients, deployed):
    os.killpg(emulator.pid, signal.SIGKILL)
    os.waitid(os.P_PID, emulator.pid, os.WEXITED | os.WNOWAIT)
    clients["sqs"].list_queues()


def test_that_is_not_run(clients, deployed):
    raise AssertionError("it was run")
"""


def test_no_test_is_run_after_the_emulator_died(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.e2e.conftest", "--rootdir", ".", "test_it.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stdout
    assert "1 failed, 1 passed, 1 error" in run.stdout  # the error is that of a fixture that cannot clean up
    assert "the emulator ended with status -9; its log" in run.stdout
    assert run.stdout.count("ready http://") == 1, run.stdout  # the log, once
    assert "it was run" not in run.stdout
    assert "urllib3" not in run.stdout, run.stdout
    assert "!! the emulator has ended !!" in run.stdout
