"""The statements of policies, and what they say of an action and a resource."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from constructs_lib.graph.document import Document, read_document
from constructs_lib.graph.iam.verdict import Verdict
from constructs_lib.graph.node import Node
from constructs_lib.graph.values import UNKNOWN, Value

INVOKE: Final = "lambda:invokefunction"
INVOKE_URL: Final = "lambda:invokefunctionurl"

_EQUAL: Final = re.compile(r"(foranyvalue:)?(arn|string)(equals|like)(ignorecase|ifexists)?")

Test = Callable[[Value], Verdict]
"""Says of a value in a statement whether it is what is asked for."""


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement of a policy; one that is unknown may say anything."""

    document: Document
    data: dict[str, Any] | None
    _values: dict[str, list[Value]] = field(default_factory=dict, repr=False)

    def applies(self, effect: str, action: str, test: Test) -> Verdict:
        """Say whether the statement allows, or denies, an action on the resource that a test recognizes."""
        stated = self.data.get("Effect") if self.data is not None else None
        if stated in ("Allow", "Deny") and stated != effect:
            return Verdict.NO
        found = self.on_action(action)
        # Most statements are about something else; then it does not matter what they are about.
        if found is not Verdict.NO:
            found = min(found, self.on("Resource", test))
        return min(found, Verdict.MAYBE) if stated != effect or self.conditional else found

    @property
    def conditional(self) -> bool:
        """Whether it applies under conditions only."""
        return bool(self.data is None or self.data.get("Condition"))

    def on_action(self, action: str) -> Verdict:
        """Say whether it is about an action, in lower case."""

        def test(pattern: Value) -> Verdict:
            if not isinstance(pattern, str):
                return Verdict.MAYBE
            return Verdict.YES if _matches(pattern.lower(), action) else Verdict.NO

        return self.on("Action", test)

    def on(self, name: str, test: Test) -> Verdict:
        """Say whether an element of the statement, or its opposite such as ``NotAction``, is met."""
        if self.data is None:
            return Verdict.MAYBE
        if f"Not{name}" in self.data:
            return max(map(test, self.values(f"Not{name}")), default=Verdict.NO).negated
        return max(map(test, self.values(name)), default=Verdict.NO) if name in self.data else Verdict.MAYBE

    def values(self, name: str) -> list[Value]:
        """Return the values of an element, one or a list of them; what is no string is unknown."""
        if name not in self._values:
            raw = self.data.get(name) if self.data is not None else UNKNOWN
            self._values[name] = [self.document.value(one) if isinstance(one, str) else UNKNOWN for one in listed(raw)]
        return self._values[name]

    def principals(self) -> list[Value]:
        """Return who it is about; what is no string is unknown."""
        principal = self.data.get("Principal") if self.data is not None else UNKNOWN
        named = principal.values() if isinstance(principal, dict) else [principal]
        return [
            self.document.value(one) if isinstance(one, str) else UNKNOWN
            for several in named
            for one in listed(several)
        ]

    def required(self, key: str) -> list[Value]:
        """Return the values one of which a key of the request must have; none when the statement asks for none.

        Only operators that compare for equality, wildcards included, count.
        """
        condition = self.data.get("Condition") if self.data is not None else None
        return [
            self.document.value(one) if isinstance(one, str) else UNKNOWN
            for operator, keys in (condition.items() if isinstance(condition, dict) else ())
            if _EQUAL.fullmatch(operator.lower()) and isinstance(keys, dict)
            for name, values in keys.items()
            if name.lower() == key
            for one in listed(values)
        ]


def statements(place: Node) -> list[Statement]:
    """Return the statements of a policy document; an unknown one for whatever cannot be read."""
    if place.absent:
        return []
    document = read_document(place)
    if document is None or not isinstance(document.data, dict):
        return [unknown_statement()]
    found = [
        Statement(document, one if isinstance(one, dict) else None) for one in listed(document.data.get("Statement"))
    ]
    # What a transform puts in is not written here.
    transformed = any("Fn::Transform" in part for part in (document.data, *(one.data or {} for one in found)))
    return [*found, unknown_statement()] if transformed else found


def unknown_statement() -> Statement:
    """Return a statement that may say anything."""
    return Statement(Document(None, {}), None)


def allowing(place: Node, action: str) -> Iterator[tuple[Document, dict[str, Any]]]:
    """Yield the statements of a policy document that allow an action, each with the document it is in."""
    document = None if place.absent else read_document(place)
    policy = document.data if document else None
    if document is None or not isinstance(policy, dict):
        return
    for statement in listed(policy.get("Statement")):
        if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
            continue
        if any(matches(one, action) for one in listed(statement.get("Action"))):
            yield document, statement


def matches(pattern: Any, action: str) -> bool:
    """Say whether an action as a policy writes it, wildcards included, is or may be the action."""
    return isinstance(pattern, str) and (_matches(pattern.lower(), action) or not pattern.isascii())


def _matches(pattern: str, action: str) -> bool:
    wildcards = "*" in pattern or "?" in pattern or "[" in pattern
    return fnmatchcase(action, pattern) if wildcards else pattern == action


def listed(value: Any) -> list[Any]:
    """Return a list of what is written as a list or as one thing."""
    return value if isinstance(value, list) else [value]


def principals(statement: dict[str, Any]) -> list[Any]:
    """Return the principals of a statement; those of services as services, ``None`` when there are none."""
    principal = statement.get("Principal")
    if not isinstance(principal, dict):
        return [principal]
    return [one for several in principal.values() for one in listed(several)]
