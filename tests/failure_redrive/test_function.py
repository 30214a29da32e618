"""The folder that the function runs from: it needs nothing but Python and boto3."""

import json
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from aws_cdk import App, Stack

from constructs_lib import FailureQueue, FailureRedrive
from constructs_lib.failure_redrive import function
from constructs_lib.failure_redrive.function import copy_handler
from tests.helpers import make_function

SITE_PACKAGES = Path(boto3.__file__).parents[1]
NEEDED = ("boto3", "botocore", "jmespath", "s3transfer", "dateutil", "urllib3", "six")
"""What the runtime brings along."""
SCRIPT = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
from constructs_lib.failure_redrive.handler import index
import boto3
from botocore.stub import Stubber
from constructs_lib.operations.account import Account
account = Account(boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-west-1"))
index._account = lambda: account
class Context:
    def get_remaining_time_in_millis(self):
        return 900_000
planned = index.handler({"plan": {"limit": 1}, "started": "2026-05-04T00:00:00.000Z"}, Context())
(part,) = planned["items"]
part["job"]["deadline"] = 99_999_999_999
record = json.loads(sys.argv[2])
message = {"MessageId": "m", "ReceiptHandle": "h", "Body": json.dumps(record), "Attributes": {"SentTimestamp": "1"}}
with Stubber(account.client("sqs")) as sqs, Stubber(account.client("lambda")) as functions:
    sqs.add_response("receive_message", {"Messages": [message]})
    sqs.add_response(
        "delete_message_batch",
        {"Successful": [{"Id": "0"}], "Failed": []},
        {"QueueUrl": "https://sqs/failed", "Entries": [{"Id": "0", "ReceiptHandle": "h"}]},
    )
    functions.add_response("invoke", {"StatusCode": 202})
    answer = index.handler(part, Context())
    sqs.assert_no_pending_responses()
    functions.assert_no_pending_responses()
print(json.dumps({"answer": answer, "modules": sorted({name.split(".")[0] for name in sys.modules})}))
"""


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed")
    copy_handler(folder)
    return folder


def test_it_runs_with_boto3_alone(packed: Path, tmp_path: Path) -> None:
    from tests.failure_redrive.conftest import OF_QUEUE
    from tests.failure_redrive.fakes import record

    libraries = tmp_path / "runtime"
    libraries.mkdir()
    for name in NEEDED:
        for found in (SITE_PACKAGES / name, SITE_PACKAGES / f"{name}.py"):
            if found.exists():
                (libraries / found.name).symlink_to(found)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", SCRIPT, json.dumps([str(packed), str(libraries)]), record(1)],
        env=OF_QUEUE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["answer"]["sent"], found["answer"]["done"]) == (1, True)
    assert not {"aws_cdk", "jsii", "cdk_nag", "yaml", "constructs"} & set(found["modules"])


def test_it_holds_nothing_that_needs_the_cdk(packed: Path) -> None:
    files = [path for path in packed.rglob("*") if path.is_file()]
    assert all(path.suffix == ".py" for path in files)
    assert all("import aws_cdk" not in path.read_text() and "from aws_cdk" not in path.read_text() for path in files)
    assert sum(path.stat().st_size for path in files) < 500_000


def test_what_tools_leave_beside_the_code_is_not_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"handler/__init__.py", "handler/index.py", "handler/part/__init__.py"}
    for name in (*kept, "handler/.mypy_cache/cache.db", "handler/__pycache__/index.pyc", "handler/index.py~"):
        (tmp_path / "from" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "from" / name).touch()
    monkeypatch.setattr(function, "_PACKAGE", tmp_path / "from")
    monkeypatch.setattr(function, "_PACKED", ("handler",))
    copy_handler(tmp_path / "to")
    copied = tmp_path / "to" / "constructs_lib"
    assert {str(path.relative_to(copied)) for path in copied.rglob("*") if path.is_file()} == kept


def test_the_asset_is_that_folder_whatever_machine_makes_it(packed: Path, tmp_path: Path) -> None:
    hashes = []
    for name in ("a", "b"):
        app = App(outdir=str(tmp_path / name))
        stack = Stack(app, "Stack")
        FailureRedrive(stack, "Redrive", queue=FailureQueue(stack, "Queue"), function=make_function(stack))
        app.synth()
        (asset,) = (path for path in (tmp_path / name).glob("asset.*") if path.is_dir())
        hashes.append(asset.name)
        made = {path.relative_to(asset): path.read_bytes() for path in asset.rglob("*.py")}
        assert made == {path.relative_to(packed): path.read_bytes() for path in packed.rglob("*.py")}
    assert hashes[0] == hashes[1]
