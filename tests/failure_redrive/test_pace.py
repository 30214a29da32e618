from constructs_lib.failure_redrive.handler.pace import MARGIN_SECONDS, SLICE_SECONDS, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def pace(clock: Clock, *, interval: float = 0, remaining: float = 900, deadline: float = 99_999) -> Pace:
    return Pace(interval, remaining, deadline, clock, clock.sleep)


def test_no_event_is_taken_shortly_before_lambda_ends_the_invocation() -> None:
    clock = Clock()
    found = pace(clock, remaining=MARGIN_SECONDS + 10)
    assert found.has_time
    clock.now += 10
    assert not found.has_time


def test_an_invocation_takes_events_for_some_minutes_only() -> None:
    clock = Clock()
    found = pace(clock)
    clock.now += SLICE_SECONDS
    assert not found.has_time
    assert not found.is_over


def test_the_execution_is_over_at_its_deadline() -> None:
    clock = Clock()
    found = pace(clock, deadline=1_030)
    clock.now = 1_029
    assert found.has_time
    assert not found.is_over
    clock.now = 1_030
    assert not found.has_time
    assert found.is_over


def test_messages_are_hidden_until_the_invocation_has_certainly_ended() -> None:
    clock = Clock()
    found = pace(clock, remaining=900)
    clock.now += 100
    assert 800 < found.seconds_to_end <= 802


def test_each_event_waits_for_its_turn_the_first_too() -> None:
    clock = Clock()
    found = pace(clock, interval=2)
    assert [(found.wait(), clock.now) for _ in range(3)] == [(True, 1_002), (True, 1_004), (True, 1_006)]


def test_time_that_is_lost_is_not_made_up_for() -> None:
    clock = Clock()
    found = pace(clock, interval=2)
    clock.now += 100
    assert [(found.wait(), clock.now) for _ in range(2)] == [(True, 1_100), (True, 1_102)]


def test_an_event_whose_turn_comes_too_late_does_not_wait() -> None:
    clock = Clock()
    found = pace(clock, interval=3, deadline=1_005)
    assert (found.wait(), found.wait()) == (True, False)
    assert clock.now == 1_003


def test_without_a_rate_nothing_waits() -> None:
    clock = Clock()
    assert all(pace(clock).wait() for _ in range(3))
    assert clock.now == 1_000
