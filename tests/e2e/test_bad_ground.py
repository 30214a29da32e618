"""What goes wrong with the emulator itself is told with its log, and leaves nothing running."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, CfnResource, Stack
from botocore.exceptions import BotoCoreError

from scripts.local import __main__ as local
from scripts.local.cdk import CdkError, run_cdk
from scripts.local.emulator import ACCOUNT, REGION, ROOT, Emulator, EmulatorError, free_port
from scripts.local.running import Running, remember, remembered
from tests.e2e.clients import Clients, wait_until
from tests.e2e.deploy import DeploymentError, delete, deploy
from tests.e2e.drivers.http import request
from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e

STACKS = ["OrderApi", "Thumbnails", "Jobs", "Reports"]
"""Of the example app."""

START_AND_WAIT = """
import sys
from pathlib import Path
from scripts.local.emulator import Emulator

emulator = Emulator(Path(sys.argv[1]))
print(emulator.pid, emulator.url, flush=True)
sys.stdin.read()
"""


def is_running(pid: int) -> bool:
    """Tell whether there is anything in the process group but the remains of ended processes."""
    found = subprocess.run(["ps", "-e", "-o", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in found.splitlines())
    return any(int(group) == pid and not state.startswith("Z") for group, state in rows)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EmulatorError, match=rf"(?s)status 2; .*cannot listen on 127\.0\.0\.1:{port}"):
            Emulator(tmp_path / "log", port=port)


def test_an_emulator_that_dies_is_told_with_its_log(tmp_path: Path) -> None:
    with Emulator(tmp_path / "log", data=tmp_path / "data") as emulator:
        emulator.check()
        os.kill(emulator.pid, signal.SIGKILL)
        with pytest.raises(EmulatorError, match=rf"(?s)status -9; its log .*ready {emulator.url}"):
            wait_until(lambda: emulator.check(), "an error", seconds=10)
    assert not is_running(emulator.pid)


def nothing(_: Bench) -> None:
    pass


def function(bench: Bench) -> None:
    arn = bench.function("time.sleep(100)", Timeout=200)

    def invoke() -> None:
        with contextlib.suppress(BotoCoreError):  # the answer never comes
            bench.clients["lambda"].invoke(FunctionName=arn)

    threading.Thread(target=invoke).start()
    wait_until(bench.calls, "a call", seconds=10)


def stack(bench: Bench) -> None:
    """Let a stack wait for a custom resource that never answers."""
    thing = {"Type": "Custom::Thing", "Properties": {"ServiceToken": bench.function("pass")}}
    template = json.dumps({"Resources": {"Thing": thing}})
    bench.clients["cloudformation"].create_stack(StackName="Waiting", TemplateBody=template)
    wait_until(bench.calls, "a call", seconds=10)


@pytest.mark.parametrize("in_flight", [nothing, function, stack])
def test_it_ends_with_the_process_that_started_it(in_flight: Callable[[Bench], None], tmp_path: Path) -> None:
    command = [sys.executable, "-c", START_AND_WAIT, str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pid, url = starter.stdout.readline().split()
        clients = Clients(url)
        in_flight(Bench(clients, tmp_path))
        clients.close()
        starter.kill()
    try:
        wait_until(lambda: not is_running(int(pid)), "no process", seconds=10)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(pid), signal.SIGKILL)


def broken(folder: Path, type: str, **properties: object) -> None:
    app = App(outdir=str(folder))
    CfnResource(Stack(app, "Broken"), "Thing", type=type, properties=properties)
    app.synth()


def test_a_stack_that_fails_says_which_resource_and_why(clients: Clients, asset_bucket: str, tmp_path: Path) -> None:
    broken(tmp_path, "Custom::Thing", ServiceToken=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:no-such-function")
    with pytest.raises(DeploymentError, match=r"(?s)ROLLBACK_COMPLETE.*Thing \(Custom::Thing\): .*no-such-function"):
        deploy(clients, asset_bucket, tmp_path, "Broken")
    delete(clients, "Broken")


def test_a_template_that_is_refused_says_why(clients: Clients, asset_bucket: str, tmp_path: Path) -> None:
    broken(tmp_path, "AWS::Nowhere::Thing")
    with pytest.raises(DeploymentError, match=r"AWS::Nowhere::Thing"):
        deploy(clients, asset_bucket, tmp_path, "Broken")


def test_deploy_local_names_a_port_that_is_taken(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert local.deploy(tmp_path / "run", port) == 1
    said = capfd.readouterr().err
    assert f"cannot listen on 127.0.0.1:{port}" in said
    assert re.search(r"make deploy-local PORT=\d+$", said.strip())


def test_destroy_local_ends_what_a_dead_emulator_left(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    emulator = Emulator(folder / "emulator.log", data=folder / "data", outlive=True)
    remember(Running(emulator.pid, emulator.port), folder)
    clients = Clients(emulator.url)
    function(Bench(clients, tmp_path))
    emulator._process.kill()
    emulator._process.wait()
    assert is_running(emulator.pid)  # the function
    assert local.destroy(folder) == 0
    wait_until(lambda: not is_running(emulator.pid), "no process", seconds=10)
    assert not folder.exists()
    assert "ended 1 process" in capfd.readouterr().out
    clients.close()


def test_only_the_group_of_the_emulator_and_its_data_folder_is_ended(tmp_path: Path) -> None:
    def start(*arguments: str, group: int = 0) -> subprocess.Popen[bytes]:
        code = "import time; time.sleep(60)"
        return subprocess.Popen([sys.executable, "-c", code, *arguments], process_group=group)

    left = start(f"{tmp_path}/worker.py")
    others = [start(group=left.pid), start(f"{tmp_path}-2/worker.py", group=left.pid), start(f"{tmp_path}/worker.py")]
    try:
        assert Running(left.pid, 1).end_leftovers(tmp_path) == 1
        assert left.wait(timeout=10) == -signal.SIGKILL
        assert [other.poll() for other in others] == [None] * 3
    finally:
        for process in (left, *others):
            process.kill()
            process.wait()


def test_destroy_local_has_nothing_to_do_at_first(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert local.destroy(tmp_path / "run") == 0
    assert "nothing to destroy" in capfd.readouterr().out


@pytest.mark.slow_e2e
def test_deploy_local_says_what_can_be_tried_until_destroy_local(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    try:
        assert local.deploy(folder, free_port()) == 0, capfd.readouterr().err
        running = remembered(folder)
        assert running is not None
        said = capfd.readouterr().out
        deployed = [line.strip() for line in said.splitlines() if line.startswith("  ")][1:]
        assert sorted(deployed) == sorted(STACKS)  # in an order that the CDK chooses
        assert "amazonaws.com" not in said
        (orders, *_) = (word for word in said.split() if word.endswith("/orders"))
        assert request("POST", orders, "{}").status == 400
    finally:
        assert local.destroy(folder) == 0, capfd.readouterr().err
    assert not is_running(running.pid)
    assert not folder.exists()


@pytest.mark.slow_e2e
def test_a_failing_cdk_command_is_told_with_what_it_said(tmp_path: Path) -> None:
    app = "echo the app says no >&2; exit 3"
    with pytest.raises(CdkError, match=r"(?s)cdk deploy ended with status 1; its log .*the app says no"):
        run_cdk("http://127.0.0.1:1", tmp_path / "log", "deploy", "--app", app, "--output", str(tmp_path / "out"))
