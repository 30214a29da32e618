"""Retries that end with a number or an age, or never."""

from constructs_lib.amounts import count, duration
from constructs_lib.explain.model import Attempts
from constructs_lib.explain.wording import whole
from constructs_lib.facts import STREAM_RECORD_AGE_UNLIMITED, STREAM_RETRIES_UNLIMITED

_NUMBER = "attempts of a number that the templates do not tell"
_TIME = "within a time that the templates do not tell"


def given_up(retries: float | None, age: float | None, unlimited: str = "without limit") -> Attempts:
    """Return how long something is tried.

    Parameters
    ----------
    retries
        After the first attempt; -1 is without limit, None unknown.
    age
        After which it is given up, in seconds; -1 is without limit, None unknown.
    unlimited
        What to say when there is neither limit.
    """
    no_number, no_age = retries == STREAM_RETRIES_UNLIMITED, age == STREAM_RECORD_AGE_UNLIMITED
    if no_number and no_age:
        return Attempts(unlimited)
    limits = []
    if not no_number:
        limits.append(_NUMBER if retries is None else f"{count(retries + 1, 'attempt')} ({count(retries, 'retry')})")
    if not no_age:
        limits.append(_TIME if age is None else f"within {duration(age)}")
    number = None if retries is None or no_number else whole(retries + 1)
    return Attempts(" ".join(limits), number, None if no_age else age)
