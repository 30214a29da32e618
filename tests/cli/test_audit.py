import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.cli import main
from constructs_lib.operations import account as accounts
from constructs_lib.operations.live.actions import policy
from tests.operations.audit.test_auditing import BAD
from tests.operations.live.answers import Answers, Refused
from tests.operations.live.safe import ANSWERS

PLACE = "aws/123456789012/eu-west-1"


@pytest.fixture(scope="module")
def shared() -> Answers:
    return Answers({})


@pytest.fixture
def deployed(shared: Answers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[dict[str, Any]], None]:
    """Return what says what is deployed in every region; the working directory is an empty one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(accounts, "Account", lambda **_: shared)
    return shared.answer


Deployed = Callable[[dict[str, Any]], None]


def test_exit_0_when_nothing_is_found(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    deployed(ANSWERS)
    assert main(["audit"]) == 0
    assert capsys.readouterr().out == "1 region checked: 0 errors, 0 warnings, 0 info, 0 suppressed\n"


def test_exit_1_when_something_is_found(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    deployed(BAD)
    assert main(["audit", "--name", "orders"]) == 1
    output = capsys.readouterr().out
    assert output.startswith(f"{PLACE}: error: AsyncFailureTarget\n  function/orders Properties.DeadLetterConfig\n")
    assert "list it in the baseline file that --write-baseline writes" in output
    assert "Metadata" not in output


def test_findings_that_are_not_severe_enough(deployed: Deployed) -> None:
    deployed(BAD)
    rules = ["--select", "SubscriptionRedrivePolicy"]
    assert main(["audit", *rules]) == 0
    assert main(["audit", *rules, "--fail-on", "info"]) == 1


def test_exit_3_when_something_cannot_be_read(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    deployed({**ANSWERS, "sqs.list_queues": Refused("AccessDenied", "\x1b[31mno")})
    assert main(["audit"]) == 3
    output = capsys.readouterr()
    assert f"{PLACE}: not checked: cannot list the queues: expected an answer, found AccessDenied" in output.out
    assert output.out.endswith("1 input not checked\n")
    assert "\x1b" not in output.out
    assert main(["audit", "--format", "json"]) == 3
    output = capsys.readouterr()
    assert "reading it needs sqs:ListQueues" in output.err
    assert "sqs:ListQueues" in json.loads(output.out)["problems"][0]["message"]


def test_findings_count_more_than_what_cannot_be_read(deployed: Deployed) -> None:
    deployed({**BAD, "cloudwatch.describe_alarms": Refused()})
    assert main(["audit"]) == 1


def test_exit_2_when_it_is_called_wrongly(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    deployed(ANSWERS)
    assert main(["audit", "--name", "nothing"]) == 2
    assert main(["audit", "--select", "Nothing"]) == 2
    assert main(["audit", "--baseline", "none.json"]) == 2
    assert "expected functions that match nothing, found none" in capsys.readouterr().err


def test_a_baseline(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    deployed(BAD)
    assert main(["audit", "--write-baseline", "known.json"]) == 0
    assert main(["audit", "--baseline", "known.json"]) == 0
    assert "0 errors, 0 warnings, 0 info, 3 suppressed" in capsys.readouterr().out


def test_every_format(deployed: Deployed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deployed(BAD)
    formats = ("sarif", "junit", "markdown", "json", "text")
    options = [option for name in formats for option in ("--format", f"{name}=report.{name}")]
    assert main(["audit", *options, "--format", "github"]) == 1
    assert "AsyncFailureTarget" in capsys.readouterr().out
    assert all("AsyncFailureTarget" in (tmp_path / f"report.{name}").read_text() for name in formats)


def test_rules_that_say_nothing_live_run_when_they_are_selected(deployed: Deployed) -> None:
    mappings = ANSWERS["lambda.list_event_source_mappings"]["EventSourceMappings"]
    deployed(
        {
            **ANSWERS,
            "lambda.list_event_source_mappings": {
                "EventSourceMappings": [{**one, "Topics": ["x"]} for one in mappings]
            },
        }
    )
    assert main(["audit"]) == 0
    assert main(["audit", "--select", "MappingPropertyUnsupported"]) == 1


def test_regions(shared: Answers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = []

    def account(region: str | None, **_: Any) -> Answers:
        asked.append(region)
        return shared

    monkeypatch.setattr(accounts, "Account", account)
    shared.answer(ANSWERS)
    assert main(["audit", "--region", "eu-west-1, us-east-1", "--region", "eu-west-1"]) == 0
    assert asked == ["eu-west-1", "us-east-1"]
    assert capsys.readouterr().out.startswith("2 regions checked")
    main(["audit"])
    assert asked[2:] == [None]


def test_the_policy_is_printed_without_calling_aws(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(accounts, "Account", None)
    assert main(["audit", "--policy"]) == 0
    assert json.loads(capsys.readouterr().out) == policy()


@pytest.mark.parametrize(
    ("options", "partition"),
    [
        ([], "aws"),
        (["--region", "eu-west-1"], "aws"),
        (["--region", "cn-north-1"], "aws-cn"),
        (["--region", "us-gov-west-1"], "aws-us-gov"),
    ],
)
def test_the_policy_is_for_the_partition_of_the_region(
    capsys: pytest.CaptureFixture[str], options: list[str], partition: str
) -> None:
    assert main(["audit", "--policy", *options]) == 0
    assert f'"arn:{partition}:apigateway:*::/restapis*"' in capsys.readouterr().out
