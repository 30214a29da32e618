import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.place import Kind, Place, Use
from constructs_lib.operations.redrive import move_task, runner
from constructs_lib.operations.redrive.journal import Journal
from constructs_lib.operations.redrive.options import Options
from constructs_lib.operations.redrive.outcome import Outcome
from constructs_lib.operations.redrive.runner import redrive_failures
from tests.operations.conftest import Stub
from tests.operations.redrive.failed import ACCOUNT, DLQ, QUEUE, REGION, place

PLACE = place(Use(Origin.SOURCE_QUEUE, QUEUE, (), QUEUE))
NAMED = {"account": ACCOUNT, "region": REGION, "place": DLQ}


@pytest.fixture(autouse=True)
def identity(stub: Stub) -> None:
    stub("sts").add_response("get_caller_identity", {"Account": ACCOUNT})


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand for both ways of a redrive, and say which were gone."""
    gone: list[str] = []

    class Run:
        def __init__(self, *_: Any) -> None:
            gone.append("one by one")

        def run(self) -> Outcome:
            return Outcome(sent=Counter({"sent": 1}))

    @contextmanager
    def opened(*_: Any) -> Iterator[None]:
        yield None

    def move(*_: Any) -> Outcome:
        gone.append("moved")
        return Outcome(sent=Counter({"moved": 2}))

    monkeypatch.setattr(runner, "Run", Run)
    monkeypatch.setattr(runner, "_opened", opened)
    monkeypatch.setattr(move_task, "move", move)
    return gone


def test_sqs_moves_what_goes_back_as_a_whole(account: Account, ways: list[str], tmp_path: Path) -> None:
    outcome = redrive_failures(account, PLACE, journal=tmp_path / "j")
    assert ways == ["moved"]
    assert outcome.journal == tmp_path / "j"
    assert json.loads((tmp_path / "j").read_text().splitlines()[-1])["run"] == "end"


def test_what_sqs_does_not_move_is_sent_one_by_one(
    account: Account, ways: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move_task, "move", lambda *_: None)
    redrive_failures(account, PLACE, journal=tmp_path / "j")
    assert ways == ["one by one"]


@pytest.mark.parametrize("accepted", [True, False])
def test_sqs_does_not_move_what_may_be_accepted_already(
    account: Account, ways: list[str], tmp_path: Path, accepted: bool
) -> None:
    with Journal(tmp_path / "j", NAMED) as journal:
        journal.sending(["a"], "home")
        if accepted:
            journal.sent("a", "new")
        journal.commit()
    redrive_failures(account, PLACE, journal=tmp_path / "j")
    assert ways == ["one by one"]


def test_a_run_that_was_stopped_has_no_end(
    account: Account, ways: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move_task, "move", lambda *_: Outcome(was_stopped=True))
    redrive_failures(account, PLACE, journal=tmp_path / "j")
    with Journal(tmp_path / "j", NAMED) as journal:
        assert journal.was_interrupted


def test_the_journal_is_in_the_folder_of_the_user(
    account: Account, ways: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    outcome = redrive_failures(account, PLACE, Options(limit=1))
    assert outcome.journal is not None
    assert outcome.journal.parent == tmp_path / "lambda-invocations"
    assert '"limit":1' in outcome.journal.read_text()


def test_a_topic_keeps_no_events(account: Account, tmp_path: Path) -> None:
    topic = Place(Kind.TOPIC, "arn:aws:sns:eu-west-1:123456789012:failed", ())
    with pytest.raises(OperationError, match="expected a queue or a bucket") as caught:
        redrive_failures(account, topic, journal=tmp_path / "j")
    assert caught.value.code is Exit.USAGE
    assert not (tmp_path / "j").exists()


def test_prefixes_of_a_bucket_share_a_journal(
    account: Account, ways: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    bucket = "arn:aws:s3:::failed"
    every, some = (
        redrive_failures(account, Place(Kind.BUCKET, bucket, (), prefix)) for prefix in ("", "aws/lambda/async/")
    )
    assert every.journal == some.journal
    other = redrive_failures(account, Place(Kind.BUCKET, "arn:aws:s3:::other", ()))
    assert other.journal != some.journal
