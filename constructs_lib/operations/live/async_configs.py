"""The asynchronous configurations of functions: Lambda tells those of one function at a time."""

from collections.abc import Iterator
from typing import Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.configurations import configuration, list_functions
from constructs_lib.operations.live.items import OPEN, UNREAD, Item, caller_of, taken

LATEST: Final = "$LATEST"


def read_async_configs(calls: Calls, beginning: str = "") -> Iterator[Item]:
    """Yield functions of the region, with their asynchronous configurations.

    Parameters
    ----------
    calls
        The calls to the account and region.
    beginning
        With what the names of the functions begin. Default: any.
    """
    wanted = [one for one in list_functions(calls) if one["FunctionName"].startswith(beginning)]
    yield from map(configuration, wanted)
    for items in calls.each(lambda one: list(async_configs(calls, one["FunctionName"], one["FunctionArn"])), wanted):
        yield from items


def read_async_configs_of(calls: Calls, name: str) -> Iterator[Item]:
    """Yield the asynchronous configurations of the function of a name; none when there is no such function."""
    account = calls.account
    yield from async_configs(
        calls, name, f"arn:{account.partition}:lambda:{account.region}:{account.id}:function:{name}"
    )


def async_configs(calls: Calls, name: str, arn: str) -> Iterator[Item]:
    """Yield the asynchronous configurations of a function."""
    configs = calls.maybe_pages(
        "lambda.list_function_event_invoke_configs",
        "FunctionEventInvokeConfigs",
        f"read the asynchronous configurations of {name}",
        FunctionName=name,
    )
    kind = "AWS::Lambda::EventInvokeConfig"
    if configs is None:
        # It may be for any qualifier, and name any target. Then nobody knows whether that is of use.
        yield Item("async", f"{name}:*", kind, {"FunctionName": arn, "Qualifier": UNREAD, **OPEN})
        yield caller_of(name, arn)
    for config in configs or ():
        qualifier = qualifier_of(config["FunctionArn"])
        settings = taken(config, "MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
        properties = {"FunctionName": arn, "Qualifier": qualifier, **settings}
        yield Item("async", f"{name}:{qualifier}", kind, properties, config["FunctionArn"])


def qualifier_of(arn: str) -> str:
    """Return the qualifier in the ARN of a function, which can be left out."""
    fields = arn.split(":")
    return fields[7] if len(fields) > 7 else LATEST
