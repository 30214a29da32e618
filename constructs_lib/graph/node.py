"""A place in the properties of a resource, read through intrinsic functions."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.graph.template import Resource, Template
from constructs_lib.graph.values import UNKNOWN, Scalar, Structure, Value, scalar_number, scalar_text

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


_UNASKED: Final = object()
"""Stands for a value that nobody asked for yet."""


class Node:
    """A place in the properties of a resource.

    What lies below an unknown place is unknown, what lies below an absent one is absent. Many rules ask about the same
    places, so a node keeps its value and the nodes below it.

    Attributes
    ----------
    template
        The template the value stands in: the parent's when a nested stack's parameter was followed.
    """

    __slots__ = ("_below", "_value", "path", "raw", "resource", "template", "world")

    def __init__(
        self, world: "World", resource: Resource, template: Template, raw: Any, path: tuple[str, ...] = ()
    ) -> None:
        self.world = world
        self.resource = resource
        self.template = template
        self.raw = raw
        self.path = path
        self._value: Any = _UNASKED
        self._below: dict[str, Node] | None = None

    @property
    def value(self) -> Value:
        """What stands here, resolved."""
        value: Value = self._value
        if value is _UNASKED:
            value = self.world.resolve(self.template, self.raw)
            # Within the resolution of another value, a cycle can make it seem unknown.
            if self.world.settled:
                self._value = value
        return value

    @property
    def dotted(self) -> str:
        """The path in dot form, as in ``Targets.0.Arn``."""
        return ".".join(self.path)

    @property
    def absent(self) -> bool:
        """Whether certainly nothing stands here."""
        return self.value is None

    @property
    def present(self) -> bool:
        """Whether certainly something stands here; an unknown place is neither present nor absent."""
        return self.value is not None and self.value is not UNKNOWN

    @property
    def children(self) -> "Iterator[Node]":
        """What stands in a list or mapping here, without what is absent."""
        value = self.value
        if isinstance(value, Structure):
            pairs = value.content.items() if isinstance(value.content, dict) else enumerate(value.content)
            for key, raw in pairs:
                child = self._kept(value, raw, str(key))
                if not child.absent:
                    yield child

    def __getitem__(self, key: str) -> "Node":
        value = self.value
        if value is None:
            return self._child(self.template, None, key)
        if not isinstance(value, Structure) or not isinstance(value.content, dict):
            return self._child(self.template, UNKNOWN, key)
        # A transform can put in what is not written here.
        missing = UNKNOWN if "Fn::Transform" in value.content else None
        return self._kept(value, value.content.get(key, missing), key)

    def get(self, path: str) -> "Node":
        """Go down a path in dot form."""
        node = self
        for key in path.split("."):
            node = node[key]
        return node

    def select(self, pattern: str) -> "Iterator[tuple[Node, Node]]":
        """Yield the places that match a path in which ``*`` is any element, each after the place above it."""
        head, _, rest = pattern.rpartition(".")
        for above in self._matches(head):
            for node in above.children if rest == "*" else (above[rest],):
                if not node.absent:
                    yield above, node

    def text(self) -> str | None:
        """Return the literal string here; None when there is none or it is unknown."""
        value = self.value
        return scalar_text(value) if isinstance(value, Scalar) else None

    def number(self, default: float | None = None) -> float | None:
        """Return the literal number here, the default when absent; None when unknown."""
        value = self.value
        if value is None:
            return default
        return scalar_number(value) if isinstance(value, Scalar) else None

    def _matches(self, pattern: str) -> "Iterator[Node]":
        nodes = [self]
        for key in pattern.split(".") if pattern else ():
            nodes = [child for node in nodes for child in (node.children if key == "*" else (node[key],))]
        yield from nodes

    def _child(self, template: Template, raw: Any, key: str) -> "Node":
        return Node(self.world, self.resource, template, raw, (*self.path, key))

    def _kept(self, value: Structure, raw: Any, key: str) -> "Node":
        """Return the node below that one always gets for the key, as long as the value here is kept as well."""
        if self._value is not value:
            return self._child(value.template, raw, key)
        if self._below is None:
            self._below = {}
        child = self._below.get(key)
        if child is None:
            child = self._below[key] = self._child(value.template, raw, key)
        return child
