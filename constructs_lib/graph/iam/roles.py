"""What a role may do, as far as the templates tell.

A role outside of the app, a managed policy that is not known, a condition, or a policy that may be attached to any
role leaves it open.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.document import Document
from constructs_lib.graph.iam.coverage import Asked, below, coverage
from constructs_lib.graph.iam.managed_policies import managed_actions
from constructs_lib.graph.iam.statements import Statement, statements, unknown_statement
from constructs_lib.graph.iam.verdict import Verdict
from constructs_lib.graph.invokers.unseen import handed_over, transformed
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import UNKNOWN, Reference, Unknown, Value, fold

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

ROLE: Final = "AWS::IAM::Role"
_MANAGED: Final = "AWS::IAM::ManagedPolicy"
_ATTACHED: Final = (("AWS::IAM::Policy", "Roles.*"), (_MANAGED, "Roles.*"), ("AWS::IAM::RolePolicy", "RoleName"))
"""Policies that name the roles they are attached to."""
_NAME_IN_ARN: Final = re.compile(r"arn:.*:role/(?:.*/)?([^/]+)")


def role_of(place: Node) -> Resource | None:
    """Return the role of the app that a property names by its ARN; None when it is none, or not known."""
    value = place.value
    text, holes = fold(value)
    name = _NAME_IN_ARN.fullmatch(text)
    part = holes.get(name[1]) if name else value
    return part.resource if isinstance(part, Reference) and part.resource.type == ROLE else None


def execution_role(world: "World", function: Resource) -> Resource | None:
    """Return the role of a function; None when it is not in the app."""
    return role_of(world.properties(function)["Role"])


def allowed(world: "World", role: Resource, action: str, asked: Asked) -> Verdict:
    """Say whether the policies of a role allow an action, whatever the policy of the resource allows.

    Parameters
    ----------
    world, role
        The role, and the world it is looked at in.
    action
        As IAM names it: ``sqs:SendMessage``.
    asked
        What the action is done to.
    """

    def test(value: Value) -> Verdict:
        return coverage(world, role.template, value, asked)

    policies = world.once(Roles).statements(role)
    verb = action.lower()
    granted = max((one.applies("Allow", verb, test) for one in policies), default=Verdict.NO)
    denied = max((one.applies("Deny", verb, test) for one in policies), default=Verdict.NO)
    # A permissions boundary allows nothing by itself.
    bounded = Verdict.YES if world.properties(role)["PermissionsBoundary"].absent else Verdict.MAYBE
    return min(granted, denied.negated, bounded)


def granted_keys(world: "World", role: Resource, action: str, resource: Resource) -> Sequence[str]:
    """Return what of a resource a role is certainly allowed an action on by policies that name the resource.

    Returns
    -------
    Sequence
        Patterns of what follows the ARN of the resource, as in ``Asked.key``.
    """
    verb = action.lower()
    found = []
    for statement in world.once(Roles).statements(role):
        if statement.data is None or statement.data.get("Effect") != "Allow" or statement.conditional:
            continue
        if statement.on_action(verb) is Verdict.YES and "Resource" in statement.data:
            for value in statement.values("Resource"):
                key = below(world, role.template, value, resource)
                if isinstance(key, str) and not key.startswith("*"):
                    found.append(key)
    return [key for key in found if allowed(world, role, action, Asked(resource, key)) is Verdict.YES]


class Roles:
    """The policies of the roles of a world; ask for it with ``world.once``."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._statements: dict[Resource, Sequence[Statement]] = {}
        self._attached: dict[Resource | str | Unknown, list[Node]] = defaultdict(list)
        for resource_type, pattern in _ATTACHED:
            for resource in world.of_type(resource_type):
                properties = world.properties(resource)
                document = properties["PolicyDocument"]
                # A list that is not known can name any role.
                unknown = properties[pattern.partition(".")[0]].value is UNKNOWN
                names = [UNKNOWN] if unknown else [place.value for _, place in properties.select(pattern)]
                for name in names:
                    self._attached[_key(name)].append(document)

    @cached_property
    def _of_any(self) -> list[Statement]:
        """The statements of the policies that may be of any role."""
        return [one for document in self._attached.get(UNKNOWN, ()) for one in statements(document)]

    def statements(self, role: Resource) -> Sequence[Statement]:
        """Return the statements of all policies of a role, with an unknown one for what the templates do not show."""
        if role not in self._statements:
            self._statements[role] = [*self._read(role)]
        return self._statements[role]

    def _read(self, role: Resource) -> Iterator[Statement]:
        world = self._world
        properties = world.properties(role)
        name = properties["RoleName"]
        keys: list[Resource | str | Unknown] = [role, *([name.text() or ""] if name.present else [])]
        for document in (*(one for key in keys for one in self._attached.get(key, ())), *_inline(properties)):
            yield from statements(document)
        yield from self._of_any
        for policy in properties["ManagedPolicyArns"].children:
            yield from _managed(world, policy.value)
        lists = (properties[one].value for one in ("Policies", "ManagedPolicyArns"))
        if UNKNOWN in lists or name.value is UNKNOWN or role.template in world.once(transformed):
            yield unknown_statement()
        if role in world.once(handed_over):
            yield unknown_statement()


def _inline(properties: Node) -> Iterator[Node]:
    for _, policy in properties.select("Policies.*"):
        yield policy["PolicyDocument"]


def _managed(world: "World", arn: Value) -> Iterator[Statement]:
    if isinstance(arn, Reference) and arn.resource.type == _MANAGED:
        yield from statements(world.properties(arn.resource)["PolicyDocument"])
        return
    actions = managed_actions(arn)
    if actions is None:
        yield unknown_statement()
    else:
        yield Statement(Document(None, {}), {"Effect": "Allow", "Action": list(actions), "Resource": "*"})


def _key(name: Value) -> Resource | str | Unknown:
    """Return a role by what names it: the role itself, its name, or what can be any."""
    if isinstance(name, Reference):
        return name.resource if name.resource.type == ROLE else UNKNOWN
    return name if isinstance(name, str) else UNKNOWN
