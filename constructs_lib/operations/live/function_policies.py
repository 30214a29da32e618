"""The policies of functions: of a function itself, of its aliases, and of the versions that somebody invokes."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import ODD, Calls
from constructs_lib.operations.live.items import UNREAD, Item, caller_of

_FUNCTION: Final = "AWS::Lambda::Function"
_NO_INVOKERS: Final = ("AWS::IAM::", "AWS::Lambda::")
"""Types of what invokes by a role, or not at all: the policy of a function says nothing about it."""

_VERSION: Final = re.compile(r"(arn:[\w-]+:lambda:[\w-]+:\d+:function:[\w-]+):(\d+)(?![\w-])", re.ASCII)
"""The ARN of a version; names of aliases are no numbers."""


def function_policy(calls: Calls, name: str, arn: str, qualifier: str = "") -> Iterator[Item]:
    """Yield the policy of a function, or of an alias or a version of it; nothing when it has none.

    Parameters
    ----------
    calls
        The calls to the account and region.
    name, arn
        The function.
    qualifier
        The alias or the version. Default: neither.
    """
    place = {"FunctionName": name} | ({"Qualifier": qualifier} if qualifier else {})
    answer = calls.maybe("lambda.get_policy", f"read the policy of {name}", **place)
    qualified = f"{arn}:{qualifier}" if qualifier else arn
    if answer is None:
        yield from unread_policy(name, arn, qualified)
    elif "Policy" in answer:
        properties = {"ResourceArn": qualified, "PolicyDocument": json.loads(answer["Policy"])}
        label = f"{name}:{qualifier}" if qualifier else name
        yield Item("policy of function", label, "AWS::Lambda::ResourcePolicy", properties)


def unread_policy(name: str, arn: str, qualified: "str | dict[str, Any]") -> Iterator[Item]:
    """Yield a policy of a function that may let anybody invoke it."""
    label = qualified.partition(":function:")[2] if isinstance(qualified, str) else f"{name}:*"
    properties = {"ResourceArn": qualified, "PolicyDocument": UNREAD}
    yield Item("policy of function", label, "AWS::Lambda::ResourcePolicy", properties)
    yield caller_of(name, arn)


def read_version_policies(calls: Calls, items: Collection[Item]) -> Iterator[Item]:
    """Yield the policies of the versions that invokers name: a function can have thousands of others.

    Parameters
    ----------
    calls
        The calls to the account and region.
    items
        What was read of it.
    """
    functions = {str(item.arn): item.name for item in items if item.type == _FUNCTION}
    texts = (json.dumps(item.properties) for item in items if not item.type.startswith(_NO_INVOKERS))
    found = {(one[1], one[2]) for text in texts for one in _VERSION.finditer(text)}
    ours = [(functions[arn], arn, version) for arn, version in sorted(found) if arn in functions]
    for several in calls.each(lambda one: _version_policy(calls, *one), ours):
        yield from several


def _version_policy(calls: Calls, name: str, arn: str, version: str) -> list[Item]:
    try:
        return list(function_policy(calls, name, arn, version))
    except ODD as error:
        calls.note_odd(f"policy of the function {name}:{version}", error)
        return list(unread_policy(name, arn, f"{arn}:{version}"))
