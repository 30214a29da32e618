"""Functions, with their asynchronous configurations, their policies and their URLs."""

import json
from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import OPEN, UNREAD, Item, caller_of, taken

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
_LATEST: Final = "$LATEST"


def read_functions(calls: Calls) -> Iterator[Item]:
    """Yield the functions of the region, with what belongs to each."""
    found = calls.pages("lambda.list_functions", "Functions", "list the functions")
    for items in calls.each(lambda one: list(_function(calls, one)), found):
        yield from items


def _function(calls: Calls, found: dict[str, Any]) -> Iterator[Item]:
    name, arn = found["FunctionName"], found["FunctionArn"]
    properties = taken(found, *_SAME)
    concurrency = calls.maybe(
        "lambda.get_function_concurrency", f"read the reserved concurrency of {name}", FunctionName=name
    )
    recursion = calls.maybe(
        "lambda.get_function_recursion_config", f"read what {name} does in a loop", FunctionName=name
    )
    for answer, key in ((concurrency, "ReservedConcurrentExecutions"), (recursion, "RecursiveLoop")):
        properties[key] = UNREAD if answer is None else answer.get(key)
    yield Item("function", name, "AWS::Lambda::Function", properties, arn)
    yield from _configs(calls, name, arn)
    yield from _policies(calls, name, arn)
    yield from _urls(calls, name, arn)


def _configs(calls: Calls, name: str, arn: str) -> Iterator[Item]:
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
        qualifier = _qualifier(config["FunctionArn"])
        settings = taken(config, "MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
        properties = {"FunctionName": arn, "Qualifier": qualifier, **settings}
        yield Item("async", f"{name}:{qualifier}", kind, properties, config["FunctionArn"])


def _policies(calls: Calls, name: str, arn: str) -> Iterator[Item]:
    aliases = calls.maybe_pages("lambda.list_aliases", "Aliases", f"list the aliases of {name}", FunctionName=name)
    for qualifier in ("", *(alias["Name"] for alias in aliases or ())):
        place = {"FunctionName": name} | ({"Qualifier": qualifier} if qualifier else {})
        answer = calls.maybe("lambda.get_policy", f"read the policy of {name}", **place)
        qualified = f"{arn}:{qualifier}" if qualifier else arn
        if answer is None:
            yield from _unread_policy(name, arn, qualified)
        elif "Policy" in answer:
            properties = {"ResourceArn": qualified, "PolicyDocument": json.loads(answer["Policy"])}
            label = f"{name}:{qualifier}" if qualifier else name
            yield Item("policy of function", label, "AWS::Lambda::ResourcePolicy", properties)
    if aliases is None:
        yield from _unread_policy(name, arn, {"Fn::Join": [":", [arn, UNREAD]]})


def _unread_policy(name: str, arn: str, qualified: "str | dict[str, Any]") -> Iterator[Item]:
    label = qualified.partition(":function:")[2] if isinstance(qualified, str) else f"{name}:*"
    properties = {"ResourceArn": qualified, "PolicyDocument": UNREAD}
    yield Item("policy of function", label, "AWS::Lambda::ResourcePolicy", properties)
    yield caller_of(name, arn)


def _urls(calls: Calls, name: str, arn: str) -> Iterator[Item]:
    urls = calls.maybe_pages(
        "lambda.list_function_url_configs", "FunctionUrlConfigs", f"read the URLs of {name}", FunctionName=name
    )
    for url in urls or ():
        qualifier = _qualifier(url["FunctionArn"])
        named = {} if qualifier == _LATEST else {"Qualifier": qualifier}
        properties = {"TargetFunctionArn": arn, **named, **taken(url, "AuthType", "InvokeMode")}
        yield Item("url", f"{name}:{qualifier}", "AWS::Lambda::Url", properties)


def _qualifier(arn: str) -> str:
    fields = arn.split(":")
    return fields[7] if len(fields) > 7 else _LATEST
