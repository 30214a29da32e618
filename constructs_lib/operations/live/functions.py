"""Functions, with their asynchronous configurations, their policies and their URLs."""

from collections.abc import Iterator
from typing import Any

from constructs_lib.operations.live.async_configs import LATEST, async_configs, qualifier_of
from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.configurations import configuration, list_functions
from constructs_lib.operations.live.function_policies import function_policy, unread_policy
from constructs_lib.operations.live.items import UNREAD, Item, taken


def read_functions(calls: Calls) -> Iterator[Item]:
    """Yield the functions of the region, with what belongs to each."""
    for items in calls.each(lambda one: list(_function(calls, one)), list_functions(calls)):
        yield from items


def _function(calls: Calls, found: dict[str, Any]) -> Iterator[Item]:
    name, arn = found["FunctionName"], found["FunctionArn"]
    item = configuration(found)
    concurrency = calls.maybe(
        "lambda.get_function_concurrency", f"read the reserved concurrency of {name}", FunctionName=name
    )
    recursion = calls.maybe(
        "lambda.get_function_recursion_config", f"read what {name} does in a loop", FunctionName=name
    )
    for answer, key in ((concurrency, "ReservedConcurrentExecutions"), (recursion, "RecursiveLoop")):
        item.properties[key] = UNREAD if answer is None else answer.get(key)
    yield item
    yield from async_configs(calls, name, arn)
    yield from _policies(calls, name, arn)
    yield from _urls(calls, name, arn)


def _policies(calls: Calls, name: str, arn: str) -> Iterator[Item]:
    aliases = calls.maybe_pages("lambda.list_aliases", "Aliases", f"list the aliases of {name}", FunctionName=name)
    for qualifier in ("", *(alias["Name"] for alias in aliases or ())):
        yield from function_policy(calls, name, arn, qualifier)
    if aliases is None:
        yield from unread_policy(name, arn, {"Fn::Join": [":", [arn, UNREAD]]})


def _urls(calls: Calls, name: str, arn: str) -> Iterator[Item]:
    urls = calls.maybe_pages(
        "lambda.list_function_url_configs", "FunctionUrlConfigs", f"read the URLs of {name}", FunctionName=name
    )
    for url in urls or ():
        qualifier = qualifier_of(url["FunctionArn"])
        named = {} if qualifier == LATEST else {"Qualifier": qualifier}
        properties = {"TargetFunctionArn": arn, **named, **taken(url, "AuthType", "InvokeMode")}
        yield Item("url", f"{name}:{qualifier}", "AWS::Lambda::Url", properties)
