"""Says what became of the events of a place."""

from collections.abc import Iterator

from constructs_lib.operations.redrive.outcome import Outcome


def summary_of(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of the summary.

    Parameters
    ----------
    outcome
        What a run did.
    """
    sent = sum(outcome.sent.values())
    yield f"{_events(sent)} sent"
    for home, number in outcome.sent.most_common():
        yield f"  {number:,}: {home}"
    if outcome.possible_duplicates:
        yield (
            f"  {outcome.possible_duplicates:,} of them once more, as an earlier run ended while they were sent: "
            "possible duplicates"
        )
    if outcome.finished:
        yield f"{_events(outcome.finished)} that an earlier run had sent only removed from the place"
    if left := sum(outcome.left.values()):
        yield f"{_events(left)} left in place"
        for reason, number in outcome.left.most_common():
            yield f"  {number:,}: {reason}"
    if outcome.passed_over:
        yield f"{_events(outcome.passed_over)} with another error left alone"
    if outcome.newer:
        yield f"{_events(outcome.newer)} that came after the run began left alone; some may have failed again"
    if outcome.not_removed:
        yield f"{_events(outcome.not_removed)} sent and still there; run the same again to remove them"
    if outcome.hidden:
        yield f"about {_events(outcome.hidden)} held by another consumer, or by a run that was killed; not touched"
    if outcome.was_stopped:
        yield "stopped before the end; run the same again to go on"
    yield f"journal: {outcome.journal}"


def _events(number: int) -> str:
    return "1 event" if number == 1 else f"{number:,} events"
