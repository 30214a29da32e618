import json
from typing import Any

import pytest

from constructs_lib.cli import main
from constructs_lib.nag.finding import Severity
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places import listing
from constructs_lib.operations.places.gaps import Gap
from constructs_lib.operations.places.listing import Listed, Listing
from constructs_lib.operations.places.place import Kind, Place, Use
from constructs_lib.operations.places.waiting import Waiting
from constructs_lib.operations.places.watching import Alarm

DAY = 86_400
RESIZE = "arn:aws:lambda:eu-west-1:111111111111:function:resize"
JOBS = "arn:aws:sqs:eu-west-1:111111111111:jobs"
MOVED = Use(Origin.SOURCE_QUEUE, JOBS, (RESIZE,), JOBS)
SENT = Use(Origin.DESTINATION, f"{RESIZE}:live", (f"{RESIZE}:live",))
TOPIC = Place(Kind.TOPIC, "arn:aws:sns:eu-west-1:111111111111:failed", (SENT,))


def queue(name: str = "failed", uses: tuple[Use, ...] = (MOVED,)) -> Place:
    return Place(Kind.QUEUE, f"arn:aws:sqs:eu-west-1:111111111111:{name}", uses)


def gap(message: str = "function resize has no failure target") -> Gap:
    return Gap("AsyncFailureTarget", Severity.ERROR, "function/resize", RESIZE, frozenset({RESIZE}), message)


class Asked:
    """What the command lists, and what it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}
        self.found = Listing([], [], [])

    def __call__(self, account: Any, **options: Any) -> Listing:
        self.asked = {"region": account.region, **options}
        return self.found


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr(listing, "list_failures", asked)
    return asked


def run(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    assert main(["failures", "list", "--region", "eu-west-1", *options]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    lines = captured.out.splitlines()
    assert max(map(len, lines)) <= 120
    return lines


def row(capsys: pytest.CaptureFixture[str], listed: Asked, one: Listed) -> dict[str, str]:
    """Return the columns of a place, and what is written below."""
    listed.found = Listing([one], [], [])
    head, line, *below = run(capsys)
    starts = [head.index(name) for name in ("OLDEST", "LEFT", "PLACE")]
    ends = [*starts[1:], None]
    parts = [line[: starts[0]], *(line[start:end] for start, end in zip(starts, ends, strict=True))]
    found = dict(zip(("events", "oldest", "left", "place"), (part.strip() for part in parts), strict=True))
    return {**found, "below": "\n".join(text.strip() for text in below[:-2])}


def test_a_queue(capsys: pytest.CaptureFixture[str], listed: Asked) -> None:
    waiting = Waiting(1_000, 200, 4, oldest=DAY / 2, retention=14 * DAY)
    one = Listed(queue(uses=(SENT,)), waiting, readers=("function mend",), alarms=(Alarm("depth", True),))
    assert row(capsys, listed, one) == {
        "events": "1,204",
        "place": "failed",
        "oldest": "12 h",
        "left": "14 days",
        "below": "on-failure destination of resize:live\nalarm depth\nread by function mend",
    }


@pytest.mark.parametrize(
    ("waiting", "oldest", "left"),
    [
        (Waiting(1, oldest=DAY, retention=4 * DAY), "24 h", "3 days"),
        (Waiting(1, oldest=DAY, retention=4 * DAY, keeps_clock=True), "24 h", "< 3 days"),
        (Waiting(1, oldest=None, retention=4 * DAY), "?", "of 4 days"),
        (Waiting(1, oldest=90.4), "90 s", ""),
        (Waiting(1_000, more=True, oldest=DAY, retention=4 * DAY), "> 24 h", "< 3 days"),
        (Waiting(0, retention=4 * DAY), "", ""),
    ],
)
def test_how_old_and_how_long_it_is_kept(
    capsys: pytest.CaptureFixture[str], listed: Asked, waiting: Waiting, oldest: str, left: str
) -> None:
    found = row(capsys, listed, Listed(queue(), waiting))
    assert (found["oldest"], found["left"]) == (oldest, left)


@pytest.mark.parametrize(
    ("one", "events"),
    [
        (Listed(queue(), Waiting(0)), "0"),
        (Listed(queue(), None), "?"),
        (Listed(queue(), None, is_missing=True), "gone"),
        (Listed(TOPIC, None), "-"),
    ],
)
def test_how_many(capsys: pytest.CaptureFixture[str], listed: Asked, one: Listed, events: str) -> None:
    assert row(capsys, listed, one)["events"] == events


def test_more_objects_than_were_counted(capsys: pytest.CaptureFixture[str], listed: Asked) -> None:
    bucket = Place(Kind.BUCKET, "arn:aws:s3:::kept", (SENT,), "aws/lambda/async/resize/")
    listed.found = Listing([Listed(bucket, Waiting(1_000, more=True, oldest=60.4))], [], [])
    lines = run(capsys)
    assert lines[1].split() == ["1,000+", ">", "1", "min", "s3://kept/aws/lambda/async/resize/"]
    assert lines[-1] == "1,000+ events in 1 place, 0 gaps"


def test_names_of_any_length_stay_whole(capsys: pytest.CaptureFixture[str], listed: Asked) -> None:
    reader = "function " + "r" * 64
    alarms = tuple(Alarm(letter * 80, False) for letter in "ab")
    listed.found = Listing(
        [Listed(queue("n" * 80), Waiting(7), readers=(reader,), alarms=alarms)], [gap("word " * 60)], []
    )
    lines = run(capsys)
    assert lines[1].split() == ["7", "?", "n" * 80]
    for name in (reader, "a" * 80, "b" * 80):
        assert any(name in line for line in lines)


def test_whose_events_they_are(capsys: pytest.CaptureFixture[str], listed: Asked) -> None:
    listed.found = Listing([Listed(queue(uses=(MOVED, SENT)), Waiting(1))], [], [])
    uses = [line.strip() for line in run(capsys)[2:4]]
    assert uses == ["source queue jobs -> resize", "on-failure destination of resize:live"]


def test_a_queue_of_many(capsys: pytest.CaptureFixture[str], listed: Asked) -> None:
    uses = tuple(Use(Origin.FUNCTION_DLQ, f"{RESIZE}{number}", (f"{RESIZE}{number}",)) for number in range(9))
    listed.found = Listing([Listed(queue(uses=uses), Waiting(1))], [], [])
    assert "and 4 more" in [line.strip() for line in run(capsys)]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Listed(queue(), Waiting(1), alarms=(Alarm("depth", False),)), "alarm depth (no action)"),
        (Listed(queue(), Waiting(1)), "no alarm"),
        (Listed(TOPIC, None, readers=("sqs mend", "email")), "handed on to sqs mend, email"),
        (Listed(TOPIC, None), "nobody is subscribed"),
        (Listed(queue(), Waiting(1), alarms=None), "alarms: unknown"),
        (Listed(queue(), Waiting(1), readers=None), "readers: unknown"),
        (Listed(TOPIC, None, readers=None), "subscribers: unknown"),
        (Listed(queue(), None, is_missing=True), "there is no such queue: what should come here is lost"),
    ],
)
def test_who_learns_of_it(capsys: pytest.CaptureFixture[str], listed: Asked, one: Listed, said: str) -> None:
    assert row(capsys, listed, one)["below"].splitlines()[-1] == said


def test_gaps_and_the_sum(capsys: pytest.CaptureFixture[str], listed: Asked) -> None:
    places = [Listed(queue("a"), Waiting(2)), Listed(queue("b"), Waiting(1)), Listed(queue("c"), None)]
    listed.found = Listing(places, [gap()], [])
    lines = run(capsys)
    assert lines[-4:-2] == [
        "GAPS: what fails here is lost, sooner or later",
        "error    function resize has no failure target",
    ]
    assert lines[-1] == "3 events in 3 places (1 not counted), 1 gap"


def test_nothing_at_all(capsys: pytest.CaptureFixture[str], listed: Asked) -> None:
    lines = run(capsys)
    assert lines[0] == "no place is named in which failed events could wait"
    assert listed.asked == {"region": "eu-west-1", "stack": None, "function": None}


@pytest.mark.parametrize("option", ["stack", "function"])
def test_what_to_list(capsys: pytest.CaptureFixture[str], listed: Asked, option: str) -> None:
    run(capsys, f"--{option}", "shop")
    assert listed.asked[option] == "shop"


def test_not_both(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["failures", "list", "--stack", "a", "--function", "b"])
    assert stopped.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


def test_names_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str], listed: Asked) -> None:
    listed.found = Listing([Listed(queue(), Waiting(1), alarms=(Alarm("\x1b[2J", True),))], [gap("\x1b[2J")], [])
    assert "\x1b" not in "".join(run(capsys))


def test_as_json(capsys: pytest.CaptureFixture[str], listed: Asked) -> None:
    waiting = Waiting(2, 1, 0, oldest=400, retention=1_000, keeps_clock=True)
    one = Listed(queue(), waiting, readers=("function mend",), alarms=(Alarm("depth", True),))
    listed.found = Listing([one, Listed(queue("gone"), None, is_missing=True)], [gap()], [])
    assert main(["failures", "list", "--region", "eu-west-1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    first, second = found["places"]
    assert first["waiting"] == {
        "events": 3,
        "visible": 2,
        "inFlight": 1,
        "delayed": 0,
        "more": False,
        "oldestSeconds": 400,
        "retentionSeconds": 1_000,
        "leftSeconds": 600,
        "leftAtMost": True,
    }
    assert (first["name"], first["kind"], first["missing"], first["readBy"]) == (
        "failed",
        "queue",
        False,
        ["function mend"],
    )
    assert first["alarms"] == [{"name": "depth", "hasActions": True}]
    (use,) = first["uses"]
    assert use == {
        "origin": "source queue",
        "owner": JOBS,
        "functions": [RESIZE],
        "source": JOBS,
        "partialBatches": False,
    }
    assert (second["missing"], second["waiting"]) == (True, None)
    (lost,) = found["gaps"]
    assert (lost["rule"], lost["severity"], lost["arn"], lost["functions"]) == (
        "AsyncFailureTarget",
        "error",
        RESIZE,
        [RESIZE],
    )


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_what_could_not_be_read_is_said_and_the_rest_listed(
    capsys: pytest.CaptureFixture[str], listed: Asked, options: list[str]
) -> None:
    listed.found = Listing([Listed(queue(), Waiting(1))], [], ["cannot list the rules", "cannot read jobs"])
    assert main(["failures", "list", "--region", "eu-west-1", *options]) == 3
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "lambda-invocations: cannot list the rules",
        "lambda-invocations: cannot read jobs",
    ]
    assert "failed" in captured.out


@pytest.mark.parametrize(
    ("found", "first", "last"),
    [
        (
            Listing([], [], ["cannot list the functions"]),
            "what could be read names no place in which failed events could wait",
            "0 events in 0 places, 0 gaps, of what could be read",
        ),
        (
            Listing([Listed(queue("a"), None), Listed(queue("b"), None)], [], ["denied"]),
            "  EVENTS  OLDEST    LEFT        PLACE",
            "0 events in 2 places (2 not counted), 0 gaps, of what could be read",
        ),
    ],
)
def test_what_is_unknown_is_not_told_as_fact(
    capsys: pytest.CaptureFixture[str], listed: Asked, found: Listing, first: str, last: str
) -> None:
    listed.found = found
    assert main(["failures", "list", "--region", "eu-west-1"]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], lines[-1]) == (first, last)


def test_what_is_neither_counted_nor_to_be_counted(capsys: pytest.CaptureFixture[str], listed: Asked) -> None:
    listed.found = Listing([Listed(TOPIC, None), Listed(queue(), None, is_missing=True)], [], [])
    assert run(capsys)[-1] == "0 events in 2 places, 0 gaps"


def test_unknown_is_null_for_programs(capsys: pytest.CaptureFixture[str], listed: Asked) -> None:
    listed.found = Listing([Listed(queue(), Waiting(1), readers=None, alarms=None)], [], [])
    assert main(["failures", "list", "--region", "eu-west-1", "--json"]) == 0
    (place,) = json.loads(capsys.readouterr().out)["places"]
    assert (place["readBy"], place["alarms"]) == (None, None)


def test_nothing_can_be_read(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Listing:
        raise OperationError("cannot find out which account it is")

    monkeypatch.setattr(listing, "list_failures", refuse)
    assert main(["failures", "list", "--region", "eu-west-1"]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "lambda-invocations: cannot find out which account it is\n"


def test_it_can_be_stopped(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("constructs_lib.operations.places.listing.list_failures", stopped)
    assert main(["failures", "list", "--region", "eu-west-1"]) == 130
    assert capsys.readouterr().err == "lambda-invocations: stopped\n"
