"""What is read, in the form of CloudFormation resources, and what stands for that which could not be read."""

from dataclasses import dataclass
from typing import Any, Final

UNREAD: Final = {"Fn::Unread": "what AWS did not tell"}
"""A value that could not be read. The graph knows no such function, and takes it for unknown."""
OPEN: Final = {"Fn::Transform": "what AWS did not tell"}
"""Beside some properties: the others are unknown, as with a transform that can put anything in."""


@dataclass(frozen=True)
class Item:
    """A resource."""

    kind: str
    """What users call it, in short: ``queue``."""
    name: str
    """Tells it from others of its kind."""
    type: str
    """The type of CloudFormation."""
    properties: dict[str, Any]
    """The properties, as CloudFormation names them."""
    arn: str | None = None

    @property
    def logical_id(self) -> str:
        """Names it in findings, and stays the same: nothing else is told apart by what else there is."""
        return f"{self.kind}/{self.name}"


def taken(source: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return some of the entries of an answer, as far as they are there."""
    return {name: source[name] for name in names if name in source}


def tidy(value: Any) -> Any:
    """Return a value without what AWS returns empty for what is not set: CloudFormation leaves it out."""
    if isinstance(value, dict):
        kept = {key: tidy(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one is not None and one not in ("", [], {})}
    if isinstance(value, list):
        return [tidy(one) for one in value]
    return value


def capitalized(value: Any) -> Any:
    """Return a value with the keys of its mappings as CloudFormation writes them, the first letter a capital."""
    if isinstance(value, dict):
        return {f"{key[:1].upper()}{key[1:]}": capitalized(one) for key, one in value.items()}
    return [capitalized(one) for one in value] if isinstance(value, list) else value


def any_caller() -> Item:
    """Return what says that somebody may invoke any function, asynchronously too."""
    return Item("unread", "invokers", "AWS::Events::Rule", {"Targets": [{"Arn": UNREAD}]})


def caller_of(function: str, arn: str) -> Item:
    """Return what says that somebody may invoke a function in any way."""
    statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return Item("unread", f"callers of {function}", "AWS::IAM::Policy", {"PolicyDocument": document})
