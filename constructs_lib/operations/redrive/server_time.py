"""What time AWS has."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

_ALIKE: Final = timedelta(seconds=1.5)


def server_time(answer: Mapping[str, Any]) -> datetime:
    """Return the time at which AWS gave an answer: by the clock here unless that is wrong by more than a second.

    Parameters
    ----------
    answer
        What boto3 returned; its ``Date`` has whole seconds only.
    """
    now = datetime.now(UTC)
    try:
        said = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    except (KeyError, ValueError):
        return now
    return now if abs(now - said) < _ALIKE else said + timedelta(seconds=1)
