"""The pack in synthesizes that need a process of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib.nag.reports.validation_report import read_violations
from tests.nag.test_pack import found

_APP = """
from tests.nag.test_pack import *
app = App(outdir={outdir!r})
Validations.of(app).add_plugins(LambdaInvocationChecks(app))
stack = Stack(app, "Stack")
worker = make_function(stack, "Worker", timeout=Duration.seconds(60))
for name, timeout in (("Written", Duration.seconds(45)), ("Default", None)):
    queue = sqs.Queue(stack, name, visibility_timeout=timeout)
    lambda_.CfnEventSourceMapping(
        stack, f"Mapping{{name}}", function_name=worker.function_name, event_source_arn=queue.queue_arn
    )
app.synth()
"""


def test_the_validator_of_cdk_hides_nothing(tmp_path: Path) -> None:
    """The tests turn the validator off, so this one needs a process of its own.

    It does not see through nested stacks or ``Fn::Sub``, and can be turned off: what it may report, we report as well.
    """
    environment = {**os.environ, "CDK_VALIDATION": "true"}
    script = _APP.format(outdir=str(tmp_path))
    subprocess.run([sys.executable, "-c", script], env=environment, check=False, capture_output=True)
    reports = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    violations = [violation for one in reports for violation in one["violations"]]
    paths = {
        name: [path for rule, _, path in found(violations) if rule == name]
        for name in ("E3505", "QueueVisibilityTimeout")
    }
    assert paths == {
        "E3505": ["Stack/Written/Resource"],
        "QueueVisibilityTimeout": ["Stack/Default/Resource", "Stack/Written/Resource"],
    }


_BROKEN = """
import sys
from tests.nag.test_pack import *
from aws_cdk import CfnStack, aws_s3_assets as assets
from constructs_lib.graph.loading import inputs
from constructs_lib.nag import run
from constructs_lib.nag.finding import Severity
from constructs_lib.nag.rule import Rule

class Raising(Rule):
    severity, description, fix, source = Severity.INFO, "Raises.", "None.", "https://docs.aws.amazon.com/"

    def check(self, world):
        raise KeyError("oops")

app = App()
case, load = sys.argv[1], inputs.load_stack
own = [Raising()] if case == "rule" else []
selected = [*RULES, *(one.id for one in own)]
Validations.of(app).add_plugins(LambdaInvocationChecks(app, select=selected, additional_rules=own))
stack = Stack(app, "Stack")
call_hourly(stack, "Hourly", make_function(stack, "Report"))
if case == "empty":
    Stack(app, "Empty")
elif case == "nested":
    CfnStack(stack, "Nested", template_url=assets.Asset(stack, "Asset", path=sys.argv[2]).http_url)
elif case == "template":
    Stack(app, "Odd")

    def load_stack(file, unread):
        if file.construct_path == "Odd":
            file.path.write_text("{")
        return load(file, unread)

    inputs.load_stack = load_stack
elif case == "bug":
    run.check = lambda app, rules, failed: 1 / 0
app.synth()
"""


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("empty", [("AsyncFailureTarget", "error", "Stack/Report/Resource")]),
        ("nested", [("AsyncFailureTarget", "error", "Stack/Report/Resource")]),
        ("template", [("AsyncFailureTarget", "error", "Stack/Report/Resource"), ("Unchecked", "error", "Odd")]),
        ("bug", [("Unchecked", "error", "Stack")]),
        ("rule", [("AsyncFailureTarget", "error", "Stack/Report/Resource"), ("Unchecked", "error", "Stack")]),
    ],
)
def test_what_cannot_be_read_fails_the_cdk_command(
    case: str, expected: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    """The command ignores a plugin that raises: it would report nothing, and succeed."""
    (tmp_path / "nested.yaml").write_text("Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n")
    run = cdk_synth(_BROKEN, tmp_path, case, "nested.yaml")
    assert run.returncode == 1, run.stderr
    violations = [
        (one.rule, one.severity, one.construct_path)
        for one in read_violations(tmp_path / "cdk.out")
        if one.plugin == "LambdaInvocation"
    ]
    assert sorted(violations) == expected


_SLOW = """
import sys
from tests.nag.test_pack import *
app = App()
Validations.of(app).add_plugins(LambdaInvocationChecks(app, select=["QueueVisibilityTimeout"], fail_on=sys.argv[1]))
stack = Stack(app, "Stack")
for name in ("A", "B"):
    function = make_function(stack, f"Worker{name}", timeout=Duration.seconds(20))
    function.add_event_source(sources.SqsEventSource(sqs.Queue(stack, name)))
    if name in sys.argv[2]:
        acknowledgement = Acknowledgment(id="LambdaInvocation::QueueVisibilityTimeout", reason="known")
        Validations.of(stack.node.find_child(name)).acknowledge(acknowledgement)
app.synth()
"""


@pytest.mark.parametrize(
    ("fail_on", "acknowledged", "code"),
    [("error", "", 0), ("error", "A", 0), ("warning", "", 1), ("warning", "A", 1), ("warning", "AB", 0)],
)
def test_the_cdk_command_fails_on_what_it_shall(fail_on: str, acknowledged: str, code: int, tmp_path: Path) -> None:
    """CDK decides by the word of the pack, and by severities once something was acknowledged."""
    run = cdk_synth(_SLOW, tmp_path, fail_on, acknowledged or "-")
    assert run.returncode == code, run.stderr
    violations = [one for one in read_violations(tmp_path / "cdk.out") if one.plugin == "LambdaInvocation"]
    assert len(violations) == 2
    assert sum(one.acknowledged for one in violations) == len(acknowledged)


def cdk_synth(app: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    (folder / "app.py").write_text(app)
    return subprocess.run(
        [root / "node_modules/.bin/cdk", "synth", "--quiet", "--app", f"{sys.executable} app.py {' '.join(arguments)}"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
