import io
from collections import Counter
from pathlib import Path

from constructs_lib.operations.redrive.outcome import Outcome
from constructs_lib.operations.redrive.progress import Progress
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.summary import summary_of


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def outcome(sent: int) -> Outcome:
    return Outcome(total=200, sent=Counter({"message to q": sent}), left=Counter({Reason("no"): 2}))


def test_a_terminal_gets_a_bar() -> None:
    screen, clock = Screen(), Clock()
    progress = Progress(screen, clock)
    clock.now = 10
    progress(outcome(98))
    progress(outcome(99))  # so soon it is not drawn again
    assert screen.getvalue() == f"\r\x1b[K[{'#' * 15}{'.' * 15}] 98 of about 200 sent, 2 stay, 10 a second"
    clock.now = 20
    progress(outcome(118))
    assert "118 of about 200 sent, 2 stay, 2 a second" in screen.getvalue()
    progress.clear()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_a_file_gets_a_line_now_and_then() -> None:
    file, clock = io.StringIO(), Clock()
    progress = Progress(file, clock)
    for second in range(21):
        clock.now = second
        progress(outcome(second))
    progress.clear()
    assert [line.split()[0] for line in file.getvalue().splitlines()] == ["5", "10", "15", "20"]
    assert "\x1b" not in file.getvalue()


def test_the_number_can_be_unknown() -> None:
    screen, clock = Screen(), Clock()
    Progress(screen, clock)(Outcome(sent=Counter({"message to q": 3})))
    assert screen.getvalue() == "\r\x1b[K3 sent"


def test_a_wait_is_told() -> None:
    screen, clock = Screen(), Clock()
    Progress(screen, clock)(Outcome(sent=Counter({"message to q": 3}), hidden=40))
    assert screen.getvalue() == "\r\x1b[K3 sent, waiting for about 40 that are hidden"


def test_the_summary_says_what_became_of_each() -> None:
    found = Outcome(
        journal=Path("j"),
        sent=Counter({"message to q": 1200, "message to r": 1}),
        finished=2,
        possible_duplicates=3,
        left=Counter({Reason("too large"): 4}),
        passed_over=1,
        newer=6,
        not_removed=7,
        hidden=8,
        was_stopped=True,
    )
    assert list(summary_of(found)) == [
        "1,201 events sent",
        "  1,200: message to q",
        "  1: message to r",
        "  3 of them once more, as an earlier run ended while they were sent: possible duplicates",
        "2 events that an earlier run had sent only removed from the place",
        "4 events left in place",
        "  4: too large",
        "1 event with another error left alone",
        "6 events that came after the run began left alone; some may have failed again",
        "7 events sent and still there; run the same again to remove them",
        "about 8 events held by another consumer, or by a run that was killed; not touched",
        "stopped before the end; run the same again to go on",
        "journal: j",
    ]
