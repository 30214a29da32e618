"""What Lambda calls: first for the plan of an execution, then in parallel for each part of the work."""

from functools import lru_cache
from typing import Any

from constructs_lib.failure_redrive.handler.plan import plan
from constructs_lib.failure_redrive.handler.settings import Settings
from constructs_lib.failure_redrive.handler.work import work
from constructs_lib.operations.account import Account


@lru_cache(maxsize=1)
def _account() -> Account:
    return Account()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Plan an execution, or do a part of it.

    Parameters
    ----------
    event
        ``{"plan": <input of the execution>, "started": <time>}``, or a part of the work as ``work`` takes it.
    context
        Lambda's, which knows how much time is left.
    """
    settings = Settings.of_environment()
    if "plan" in event:
        return plan(event["plan"], event["started"], settings)
    return work(event, settings, _account(), context.get_remaining_time_in_millis() / 1000)
