import errno
import json
import os
from pathlib import Path

import pytest

from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.redrive.journal import Journal
from constructs_lib.operations.redrive.journal_file import default_path

PLACE = {
    "account": "123456789012",
    "region": "eu-west-1",
    "place": "arn:aws:sqs:eu-west-1:123456789012:q",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "journal.jsonl"


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_was_done_is_known_to_the_next_run(path: Path) -> None:
    with Journal(path, PLACE) as first:
        first.begin({"limit": 5})
        assert first.sending(["a", "b", "c", "d"], "home") == 0
        first.sent("a", "new-a")
        first.sent("b", "new-b", "2026-11-01")
        first.removed(["a"])
        first.left("c", "no", maybe_sent=False)
        first.commit()
    with Journal(path, PLACE) as second:
        assert second.accepted == {"a", "b"}
        assert second.unremoved == {"b": "2026-11-01"}
        assert second.unsure == {"d"}
        assert second.was_interrupted
        assert second.sending(["d", "e"], "home") == 1
        second.end({"sent": 2, "left": 1})
    with Journal(path, PLACE) as third:
        assert not third.was_interrupted
    assert [line["again"] for line in lines(path) if "again" in line] == [["d"]]


def test_an_event_that_may_have_been_sent_stays_unsure(path: Path) -> None:
    with Journal(path, PLACE) as first:
        first.sending(["a"], "home")
        first.left("a", "no answer", maybe_sent=True)
        first.commit()
    with Journal(path, PLACE) as second:
        assert second.unsure == {"a"}


def test_a_line_is_on_the_disk_once_it_is_committed(path: Path) -> None:
    with Journal(path, PLACE) as journal:
        journal.sending(["a"], "home")
        journal.commit()
        assert lines(path)[-1] == {"sending": ["a"], "to": "home"}


@pytest.mark.parametrize("torn", [b'{"accep', b'{"accepted":"b"}', b"\x00\x00\x00"])
def test_a_torn_last_line_is_dropped(path: Path, torn: bytes) -> None:
    with Journal(path, PLACE) as first:
        first.sending(["a", "b"], "home")
        first.sent("a", "new")
        first.commit()
    with path.open("ab") as file:
        file.write(torn)
    with Journal(path, PLACE) as second:
        assert (second.accepted, second.unsure) == ({"a"}, {"b"})
        second.sent("b", "new")
        second.commit()
    with Journal(path, PLACE) as third:
        assert third.accepted == {"a", "b"}


def test_a_journal_that_was_torn_at_its_first_line_begins_anew(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'{"journal":1,"acc')
    with Journal(path, PLACE) as journal:
        assert journal.accepted == set()
    assert lines(path) == [{"journal": 1, **PLACE}]


def test_two_runs_do_not_share_a_journal(path: Path) -> None:
    with Journal(path, PLACE), pytest.raises(OperationError, match="another run") as caught:
        Journal(path, PLACE)
    assert caught.value.code is Exit.USAGE
    with Journal(path, PLACE):
        pass


def test_a_journal_of_another_place_is_refused(path: Path) -> None:
    with Journal(path, PLACE):
        pass
    with pytest.raises(OperationError, match="999999999999"):
        Journal(path, {**PLACE, "account": "999999999999"})
    with Journal(path, PLACE):
        pass  # and nothing of it is left open


@pytest.mark.parametrize("content", ['{"a": 1}\n', "some text\nand more\n"])
def test_what_is_no_journal_is_refused_and_left_as_it_is(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(OperationError, match="expected a journal"):
        Journal(path, PLACE)
    assert path.read_text() == content


def test_a_folder_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="--journal FILE"):
        Journal(tmp_path, PLACE)


def test_a_full_disk_is_told_before_anything_is_sent(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with Journal(path, PLACE) as journal:
        journal.sending(["a"], "home")
        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(OperationError, match="no space left on device"):
            journal.commit()


def test_each_place_has_a_journal_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    one, other = default_path(PLACE), default_path({**PLACE, "region": "eu-central-1"})
    assert one != other
    assert one == default_path(dict(PLACE))
    assert one.parent == tmp_path / "lambda-invocations"
    monkeypatch.delenv("XDG_STATE_HOME")
    assert ".local/state" in default_path(PLACE).as_posix()
