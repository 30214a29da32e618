"""One world: the app under one feasible assignment of its conditions."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from constructs_lib.graph import conditions, intrinsics
from constructs_lib.graph.app import App
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource, Template
from constructs_lib.graph.values import UNKNOWN, Structure, Value, join
from constructs_lib.graph.variables import Choice, Undecided

T = TypeVar("T")

_DEPTH_LIMIT: Final = 100
"""Intrinsic functions nested deeper are unknown; CloudFormation templates come nowhere near."""


class World:
    """The resources that exist, and what their properties denote, under one assignment of the conditions.

    Parameters
    ----------
    app
        The app.
    choices
        What was chosen for each open parameter and condition; none in an app without conditions.
    deciding
        Whether the choices are still being made: then a parameter without a choice is undecided,
        while later it has its default.
    """

    def __init__(self, app: App, choices: Mapping[str, Choice] | None = None, *, deciding: bool = False) -> None:
        self.app = app
        self.choices = dict(choices or {})
        self.deciding = deciding
        # By identity, which is cheap. What was resolved is kept with it, so that no other value gets its identity.
        self._values: dict[int, tuple[dict[str, Any], Value]] = {}
        self._conditions: dict[tuple[Template, str], bool] = {}
        self._depth = 0
        self._answers: dict[Callable[[World], Any], Any] = {}
        self._properties: dict[Resource, Node] = {}

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the existing resources of the types."""
        for name in types:
            for resource in self.app.by_type.get(name, ()):
                if self.exists(resource):
                    yield resource

    def exists(self, resource: Resource) -> bool:
        """Say whether the resource, and the nested stack it is in, exists in this world."""
        if resource.condition is not None and not self.holds(resource.template, resource.condition):
            return False
        parent = resource.template.parent
        return parent is None or self.exists(parent)

    def holds(self, template: Template, condition: str) -> bool:
        """Say whether a condition holds; one that does not matter to any resource counts as not holding."""
        key = template, condition
        if key not in self._conditions:
            try:
                self._conditions[key] = conditions.holds(self, template, condition)
            except Undecided:
                if self.deciding:
                    raise
                self._conditions[key] = False
        return self._conditions[key]

    def properties(self, resource: Resource) -> Node:
        """Return the properties of a resource."""
        node = self._properties.get(resource)
        if node is None:
            node = Node(self, resource, resource.template, resource.raw.get("Properties", {}))
            self._properties[resource] = node
        return node

    @property
    def settled(self) -> bool:
        """Whether no value is being resolved."""
        return self._depth == 0

    def once(self, question: "Callable[[World], T]") -> T:
        """Answer a question about the whole world, computing it the first time only."""
        if question not in self._answers:
            self._answers[question] = question(self)
        answer: T = self._answers[question]
        return answer

    def resolve(self, template: Template, raw: Any) -> Value:
        """Resolve a value of a template as far as its outermost list or mapping."""
        if isinstance(raw, list):
            return Structure(template, raw)
        # A dynamic reference that is not closed is a piece of one, which the surrounding Fn::Join puts together.
        if isinstance(raw, str) and "{{resolve:" in raw and "}}" in raw:
            return join([raw])
        if not isinstance(raw, dict):
            value: Value = raw
            return value
        function = intrinsics.find(raw)
        if function is None:
            return Structure(template, raw)
        key = id(raw)
        if key in self._values:
            return self._values[key][1]
        if self._depth >= _DEPTH_LIMIT:
            return UNKNOWN
        self._values[key] = raw, UNKNOWN  # what a cycle through this value sees
        self._depth += 1
        try:
            resolved = function(self, template, next(iter(raw.values())))
        except Undecided:
            del self._values[key]
            raise
        finally:
            self._depth -= 1
        self._values[key] = raw, resolved
        return resolved
