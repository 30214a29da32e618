"""The configurations of functions, as one call tells those of many."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import Item, taken

_SAME: Final = (
    "FunctionName",
    "Timeout",
    "MemorySize",
    "Handler",
    "Runtime",
    "Role",
    "PackageType",
    "Architectures",
    "DeadLetterConfig",
    "TracingConfig",
    "VpcConfig",
    "EphemeralStorage",
    "DurableConfig",
    "TenancyConfig",
)
"""What the API and CloudFormation call the same. Not the environment: there can be secrets in it."""


def list_functions(calls: Calls) -> list[dict[str, Any]]:
    """Return the functions of the region, as AWS lists them.

    Raises
    ------
    OperationError
        When AWS refuses it.
    """
    return calls.pages("lambda.list_functions", "Functions", "list the functions")


def read_configurations(calls: Calls) -> Iterator[Item]:
    """Yield the functions of the region, without what takes a call for each."""
    yield from map(configuration, list_functions(calls))


def configuration(found: dict[str, Any]) -> Item:
    """Return a function that AWS listed."""
    return Item("function", found["FunctionName"], "AWS::Lambda::Function", taken(found, *_SAME), found["FunctionArn"])
