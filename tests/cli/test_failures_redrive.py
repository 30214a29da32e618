import json
import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from constructs_lib.cli import main
from constructs_lib.cli.failures import redrive as command
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.place import Place, Use
from constructs_lib.operations.redrive.options import Options
from constructs_lib.operations.redrive.outcome import Outcome
from constructs_lib.operations.redrive.reason import Reason
from tests.operations import stubs
from tests.operations.redrive.failed import DLQ, FUNCTION, OTHER, place

FAILED = Outcome(journal=Path("j"), left=Counter({Reason("too large"): 1}))
REFUSED = Outcome(journal=Path("j"), sent=Counter({"a home": 1}), problems=["cannot receive: \x1b[31mno"])


class Asked:
    """Stands for the redrive; it remembers what it was asked for."""

    def __init__(self) -> None:
        self.options = Options()
        self.journal: Path | None = None
        self.outcome = Outcome(journal=Path("j"), sent=Counter({"a home": 2}))
        self.meanwhile: Callable[[Options], Any] = lambda options: None

    def __call__(self, _account: object, _place: Place, options: Options, *, journal: Path | None) -> Outcome:
        self.options, self.journal = options, journal
        self.meanwhile(options)
        return self.outcome


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Any:
    account = stubs.account()
    uses = [Use(Origin.FUNCTION_DLQ, name, (name,)) for name in (FUNCTION, OTHER)]
    monkeypatch.setattr(command, "account_of", lambda _options: account)
    monkeypatch.setattr("constructs_lib.operations.places.finding.find_place", lambda *_, **__: place(*uses))
    return account


@pytest.fixture
def asked(account: Any, monkeypatch: pytest.MonkeyPatch) -> Asked:
    made = Asked()
    monkeypatch.setattr("constructs_lib.operations.redrive.runner.redrive_failures", made)
    return made


def run(*arguments: str) -> int:
    return main(["failures", "redrive", "failed", *arguments])


def test_the_options_are_handed_on(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    more = ["--to", "f", "--error", "boom", "--limit", "5", "--rate", "2.5", "--workers", "3", "--journal", "file"]
    assert run(*more) == 0
    options = asked.options
    assert (options.to, options.error, options.limit) == ("f", "boom", 5)
    assert (options.rate, options.workers, asked.journal) == (2.5, 3, Path("file"))
    assert capsys.readouterr().out == "2 events sent\n  2: a home\njournal: j\n"


def test_by_default_everything_is_sent(asked: Asked) -> None:
    assert run() == 0
    options = asked.options
    assert (options.to, options.error, options.limit, options.rate) == (None, None, None, None)
    assert asked.journal is None


@pytest.mark.parametrize(
    ("option", "number", "expected"),
    [
        ("--limit", "0", "a whole number from 1 on"),
        ("--workers", "x", "a whole number from 1 on"),
        ("--rate", "0", "a number above 0"),
        ("--rate", "inf", "a number above 0"),
        ("--rate", "fast", "a number above 0"),
    ],
)
def test_a_wrong_number_is_a_wrong_call(
    asked: Asked, option: str, number: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        run(option, number)
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert f"argument {option}: expected {expected}" in said
    assert said.endswith(f"found '{number}'\n")


@pytest.mark.parametrize(("outcome", "code"), [(FAILED, 1), (REFUSED, 3)])
def test_the_exit_code_says_whether_all_is_well(asked: Asked, outcome: Outcome, code: int) -> None:
    asked.outcome = outcome
    assert run() == code


def test_what_aws_says_cannot_write_to_the_terminal(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    asked.outcome = REFUSED
    run()
    printed = capsys.readouterr()
    assert "cannot receive" in printed.err
    assert "\x1b" not in printed.err
    assert "1 event sent" in printed.out


def test_a_place_that_cannot_be_read_is_refused(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: Options) -> None:
        raise OperationError("cannot read the queue failed")

    asked.meanwhile = fail
    assert run() == 3
    assert "cannot read the queue failed" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_run_in_good_order(
    asked: Asked, number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(number)

    def stop(options: Options) -> None:
        os.kill(os.getpid(), number)
        options.stop.wait(5)

    asked.meanwhile = stop
    assert run() == 0
    assert asked.options.stop.is_set()
    assert "again to stop at once" in capsys.readouterr().err
    assert signal.getsignal(number) is before


def test_a_second_signal_ends_the_process(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    class EndedError(BaseException):
        pass

    def end(code: int) -> None:
        raise EndedError(code)

    def twice(options: Options) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        options.stop.wait(5)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(os, "_exit", end)
    asked.meanwhile = twice
    with pytest.raises(EndedError, match="130"):
        run()


def test_a_dry_run_says_what_would_become_of_each(account: Any, capsys: pytest.CaptureFixture[str]) -> None:
    sqs = Stubber(account.client("sqs"))
    record = json.dumps({"requestContext": {"functionArn": f"{FUNCTION}:live"}, "requestPayload": {"n": 1}})
    sqs.add_response("get_queue_url", {"QueueUrl": "https://q"})
    counts = {"ApproximateNumberOfMessages": "2", "ApproximateNumberOfMessagesNotVisible": "3"}
    sqs.add_response("get_queue_attributes", {"Attributes": counts})
    messages = [
        {"MessageId": "m1", "ReceiptHandle": "h1", "Body": record},
        {"MessageId": "m2", "ReceiptHandle": "h2", "Body": "no\x1b JSON"},
    ]
    sqs.add_response("receive_message", {"Messages": messages})
    sqs.add_response("receive_message", {})
    sqs.add_response("change_message_visibility_batch", {"Successful": [], "Failed": []})
    lambda_ = Stubber(account.client("lambda"))
    lambda_.add_response("get_function_configuration", {})
    lambda_.add_response("get_function_event_invoke_config", {})
    with sqs, lambda_:
        assert run("--dry-run") == 1
    sqs.assert_no_pending_responses()
    lambda_.assert_no_pending_responses()
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert "neither an on-failure destination nor a dead-letter queue" in printed.err
    assert lines[0] == f"m1 (on-failure destination): would be sent: asynchronous invocation of {FUNCTION}:live"
    assert lines[1].startswith("m2 (unknown): would stay: its format is not known")
    assert lines[2] == "1 would be sent; 1 would stay; not seen: about 3 more, delayed or hidden by a consumer"
    assert DLQ not in lines
