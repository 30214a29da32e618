"""What a function answers when it fails.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html and the same page of the other runtimes:
``errorMessage`` and ``errorType`` everywhere; ``stackTrace`` in most, ``trace`` in Node.js.
"""

from constructs_lib.operations.events import fields
from constructs_lib.operations.events.event import Failure
from constructs_lib.operations.events.json_text import loads


def failure_of(answer: object, condition: str | None) -> Failure:
    """Return why an event failed.

    Parameters
    ----------
    answer
        What the function answered, if anything; as parsed JSON, or as its text.
    condition
        Why there were no more attempts.
    """
    if isinstance(answer, str):
        try:
            error = fields.mapping(loads(answer))
        except ValueError:
            return Failure(answer or None, None, condition)
    else:
        error = fields.mapping(answer)
    lines = error.get("stackTrace") or error.get("trace")
    return Failure(
        message=fields.string(error.get("errorMessage")),
        type=fields.string(error.get("errorType")),
        condition=condition,
        trace=tuple(str(line).rstrip() for line in lines) if isinstance(lines, list) else (),
    )
