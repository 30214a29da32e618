import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from scripts.local.emulator import PYTHON, ROOT, Emulator
from tests.e2e.clients import Clients
from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e


def launch(*code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PYTHON, *code], cwd=ROOT, capture_output=True, text=True, timeout=20)


def test_a_port_that_is_taken_is_refused(emulator: Emulator) -> None:
    ended = launch("-m", "emulator", "--port", str(emulator.port))
    assert ended.returncode == 2
    assert f"cannot listen on 127.0.0.1:{emulator.port}" in ended.stderr


def test_another_version_of_ministack_is_refused() -> None:
    code = (
        "import sys, emulator.__main__ as m; m.MINISTACK = '1.5.34'; sys.argv[1:] = ['--port', '1']; sys.exit(m.main())"
    )
    ended = launch("-c", code)
    assert ended.returncode == 2
    assert "expected ministack 1.5.34, for which the corrections are written; found 1.5.33" in ended.stderr


def test_it_listens_on_the_loopback_device_only(emulator: Emulator) -> None:
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = [
        line[1].split(":")[0]
        for line in listening
        if line[3] == "0A" and int(line[1].split(":")[1], 16) == emulator.port
    ]
    assert ours == ["0100007F"]


def test_it_ends_with_its_workers_on_sigterm(tmp_path: Path) -> None:
    with Emulator(tmp_path / "log.txt", data=tmp_path / "data") as running:
        bench = Bench(Clients(running.url), tmp_path)
        bench.clients["lambda"].invoke(FunctionName=bench.function("pass"))
        bench.clients.close()
        assert len(_group(running.pid)) == 2  # it and one worker
        os.kill(running.pid, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while _group(running.pid) and time.monotonic() < deadline:
            running._process.poll()
            time.sleep(0.05)
        assert _group(running.pid) == []
        assert running._process.wait() == 0


def _group(leader: int) -> list[int]:
    """Return the processes of a process group."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[2]) == leader:
            found.append(int(process.name))
    return found
