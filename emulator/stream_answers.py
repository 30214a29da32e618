"""What a function's answer says of a batch of a stream: all is done, a record failed, or the batch as a whole."""

import json
from typing import Any

from emulator.streams import Mapping, Record, sequence_number


class BatchFailedError(Exception):
    """The invocation failed, or the answer names no record of the batch: all of it failed."""


def first_failure(mapping: Mapping, records: list[Record], result: dict[str, Any]) -> int | None:
    """Return the index of the first record that the answer names (K-4); none if all are done.

    Raises
    ------
    BatchFailedError
        If the batch failed as a whole.
    """
    if result.get("error"):
        raise BatchFailedError
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []):
        return None
    answer = result.get("body")
    try:
        answer = json.loads(answer) if isinstance(answer, str) else answer
        failures = (answer or {}).get("batchItemFailures") or []
        numbers = [sequence_number(record) for record in records]
        return min((numbers.index(failure["itemIdentifier"]) for failure in failures), default=None)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BatchFailedError from None
