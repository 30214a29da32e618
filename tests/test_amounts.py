import pytest

from constructs_lib.amounts import about, count, duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.5, "0.5 s"),
        (30.0, "30 s"),
        (90, "90 s"),
        (180, "3 min"),
        (901, "901 s"),
        (1_001, "16 min 41 s"),
        (3_600, "1 h"),
        (86_400, "24 h"),
        (90_061, "1 day 1 h 1 min 1 s"),
        (345_600, "4 days"),
        (600_000, "6 days 22 h 40 min"),
        (1_209_600, "14 days"),
        (float("inf"), "inf s"),
    ],
)
def test_times(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(30, "about 30 s"), (150, "about 2.5 min"), (900, "about 15 min")])
def test_times_that_are_not_exact(seconds: float, words: str) -> None:
    assert about(seconds) == words


@pytest.mark.parametrize(
    ("number", "thing", "words"),
    [
        (1, "receive", "1 receive"),
        (2, "receive", "2 receives"),
        (1, "retry", "1 retry"),
        (1_000, "retry", "1,000 retries"),
    ],
)
def test_numbers_of_things(number: float, thing: str, words: str) -> None:
    assert count(number, thing) == words
