"""Writes the section of the page about the redrive."""

from collections.abc import Iterator, Sequence
from typing import Final

from benchmarks.redrive.measuring import OURS, ROUNDS, Series

HEADING: Final = "## Redrive"

_ABOUT: Final = """\
`failures redrive` beside loops as people write them: one thread, no journal, no filter, no attributes of the messages,
and no answer of SQS is looked at. Ours makes 16 calls at once, parses each event, and notes it in its journal, on the
disk, before it is sent and before it is removed. All call the same emulator, which is one process in Python and works
on one call at a time: **it is the bottleneck**, and its speed is not that of AWS. What counts is how many times as fast
ours was in the same turn (the median of the turns).

Events a second are counted until the last one has left its place. Ours then goes on asking, for up to two seconds,
before it believes that the place is empty; the others believe the first answer."""

_MOVE_TASK: Final = """\
Without options ours lets SQS move messages. That speed is not one of AWS: the emulator's own code moves them, at most
500 a second, the most that
[AWS names](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html) for a
task."""

_DELAY: Final = """\
The calls that take longer stand for a service that is farther away than this machine; each waits before it is sent."""

_IDLE: Final = """\
The function of the asynchronous invocations has a reserved concurrency of zero: Lambda accepts an event, and does not
run it. In the last table it runs, and returns at once; there the emulator runs functions beside answering, so that
mostly this is measured."""


def section(series: Sequence[Series], machine: str, load: float) -> str:
    """Return the section.

    Parameters
    ----------
    series
        What was measured.
    machine
        On what.
    load
        The load of the machine before, over a minute.
    """
    rounds = len(series[0].speeds[OURS])
    lines = [
        HEADING,
        "",
        "This section alone is written by `python -m benchmarks redrive`, within two minutes; do not edit.",
        "",
        _ABOUT,
        "",
        *(line for one in series for line in _table(one)),
        _MOVE_TASK,
        "",
        _DELAY,
        "",
        _IDLE,
        "",
        f"Turns: {rounds} (as many as fit, at most {ROUNDS}). Machine: {machine}; load before: {load:.1f}.",
        "",
    ]
    return "\n".join(lines)


def replaced(page: str, new: str) -> str:
    """Return the page with another section, which is its last."""
    before, _, _ = page.partition(HEADING)
    return f"{before.rstrip()}\n\n{new}"


def _table(series: Series) -> Iterator[str]:
    yield f"### {series.title}"
    yield ""
    yield "| Loop | Events | Events/s | Ours is so many times as fast | Ends after the last, s |"
    yield "|---|---|---|---|---|"
    for loop, speeds in series.speeds.items():
        ratio = "" if loop == OURS else f"{series.ratio(loop):.1f}"
        yield f"| {loop} | {speeds[0].events:,} | {series.rate(loop):.0f} | {ratio} | {series.rest(loop):.1f} |"
    yield ""
