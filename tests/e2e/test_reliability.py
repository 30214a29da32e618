"""``make reliability`` in small: with our wirings no event is lost, and the counting sees it where some are."""

from pathlib import Path

import pytest

from scripts.reliability.measure import Outcome, measure, synthesize
from scripts.reliability.sources import SOURCES
from scripts.reliability.wirings import OURS, PLAIN

EVENTS = 150
SEED = 1

pytestmark = [pytest.mark.e2e, pytest.mark.slow_e2e]


def measured(wiring: str, source: str, folder: Path) -> Outcome:
    synthesize(wiring, source, folder / "run", seed=SEED)
    outcome = measure(source, folder / "run", events=EVENTS)
    assert outcome.sent == EVENTS
    return outcome


@pytest.mark.parametrize("source", SOURCES)
def test_with_our_wiring_every_event_is_handled_or_captured(source: str, tmp_path: Path) -> None:
    outcome = measured(OURS, source, tmp_path)
    assert outcome.handled + outcome.captured == EVENTS, outcome
    # Some of so many fail or are killed, or else nothing was tried; only clients of an API do not try again.
    assert outcome.captured if source == "REST API" else outcome.attempts > EVENTS, outcome


def test_a_plain_notification_loses_what_fails_three_times(tmp_path: Path) -> None:
    outcome = measured(PLAIN, "S3", tmp_path)
    assert outcome.lost > 0, outcome
    assert outcome.captured == outcome.stuck == 0, outcome


def test_a_plain_stream_is_stuck_behind_its_first_batches(tmp_path: Path) -> None:
    outcome = measured(PLAIN, "Kinesis", tmp_path)
    assert outcome.stuck > 0, outcome
    assert outcome.captured == outcome.lost == 0, outcome
