"""What the policies of resources allow: queues, topics, buckets, keys, streams and event buses."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.iam.sources import may_be_source
from constructs_lib.graph.iam.statements import Statement, Test, statements, unknown_statement
from constructs_lib.graph.iam.verdict import Verdict
from constructs_lib.graph.invokers.targets import is_opaque
from constructs_lib.graph.invokers.unseen import handed_over, transformed
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import UNKNOWN, Reference, Value, fold

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_APART: Final = (
    ("AWS::SQS::QueuePolicy", "Queues.*", "PolicyDocument", "AWS::SQS::Queue"),
    ("AWS::SQS::QueueInlinePolicy", "Queue", "PolicyDocument", "AWS::SQS::Queue"),
    ("AWS::SNS::TopicPolicy", "Topics.*", "PolicyDocument", "AWS::SNS::Topic"),
    ("AWS::SNS::TopicInlinePolicy", "TopicArn", "PolicyDocument", "AWS::SNS::Topic"),
    ("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument", "AWS::S3::Bucket"),
    ("AWS::Kinesis::ResourcePolicy", "ResourceArn", "ResourcePolicy", "AWS::Kinesis::Stream"),
    ("AWS::Events::EventBusPolicy", "EventBusName", "Statement", "AWS::Events::EventBus"),
)
"""Policies that are resources of their own: where each names what it is for, its document, and what it is for."""
_WITHIN: Final = {
    "AWS::KMS::Key": ("KeyPolicy",),
    "AWS::Events::EventBus": ("Policy",),
    "AWS::DynamoDB::Table": ("StreamSpecification.ResourcePolicy.PolicyDocument",),
    "AWS::DynamoDB::GlobalTable": ("Replicas.*.ReplicaStreamSpecification.ResourcePolicy.PolicyDocument",),
}
"""Policies that are properties of their resource."""


def policy_of(world: "World", resource: Resource) -> Sequence[Statement]:
    """Return the statements of the policies of a resource, with an unknown one for what the templates do not show."""
    return world.once(_Policies).statements(resource)


def allows_role(world: "World", resource: Resource, action: str, role: Resource) -> Verdict:
    """Say whether the policy of a resource by itself allows a role an action."""
    return _allows(policy_of(world, resource), action, lambda principal: is_role(principal, role))


def is_role(principal: Value, role: Resource) -> Verdict:
    """Say whether a principal is a role.

    The account of the role is not: allowing it leaves the decision to the role's own policies.
    """
    if isinstance(principal, Reference):
        other = principal.resource is not role and not is_opaque(principal.resource)
        return Verdict.NO if other else Verdict.YES
    text, holes = fold(principal)
    if text.endswith((":root", ".amazonaws.com")) or text.isdecimal() or text.startswith("${AccountId"):
        return Verdict.NO
    known = holes and not any(one is UNKNOWN or one.resource is role for one in holes.values())
    return Verdict.NO if known else Verdict.MAYBE


def allows_service(
    world: "World", resource: Resource, action: str, service: str, source: Resource | None = None
) -> Verdict:
    """Say whether the policy of a resource allows a service an action.

    Parameters
    ----------
    world, resource
        The resource, and the world it is looked at in.
    action
        As IAM names it: ``sqs:SendMessage``.
    service
        The service principal, without ``.amazonaws.com``.
    source
        What the service does it for; None is unknown.
    """
    policy = policy_of(world, resource)
    if source is not None:
        policy = [one for one in policy if _may_be_for(world, one, source)]
    return _allows(policy, action, lambda principal: is_service(principal, service))


def _may_be_for(world: "World", statement: Statement, source: Resource) -> bool:
    sources = statement.required("aws:sourcearn")
    return not sources or any(may_be_source(world, one, source) for one in sources)


def is_service(principal: Value, service: str) -> Verdict:
    """Say whether a principal is a service, in some region or everywhere, or anybody."""
    if principal == "*":
        return Verdict.YES
    text, holes = fold(principal)
    if not text or UNKNOWN in holes.values():
        return Verdict.MAYBE
    return Verdict.YES if text.startswith(service + ".") else Verdict.NO


def _allows(policy: Sequence[Statement], action: str, test: Test) -> Verdict:
    return max((_allowed_by(one, action.lower(), test) for one in policy), default=Verdict.NO)


def _allowed_by(statement: Statement, action: str, test: Test) -> Verdict:
    if statement.data is None or "NotPrincipal" in statement.data:
        return Verdict.MAYBE
    # The policy of a resource is about this resource, however it writes it.
    granted = statement.applies("Allow", action, lambda _: Verdict.YES)
    return min(granted, max(map(test, statement.principals()), default=Verdict.NO))


class _Policies:
    """The policies of the resources of a world, each read once."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._statements: dict[Resource | str, list[Statement]] = {}
        # By the resource that they are for; those that may be for any of a type under the type.
        self._documents: dict[Resource | str, list[Node]] = defaultdict(list)
        for resource_type, pattern, document, subject in _APART:
            for policy in world.of_type(resource_type):
                properties = world.properties(policy)
                unknown = properties[pattern.partition(".")[0]].value is UNKNOWN
                for value in [UNKNOWN] if unknown else [node.value for _, node in properties.select(pattern)]:
                    resource = resource_of(world, policy.template, value)
                    known = resource is not None and resource.type == subject
                    self._documents[resource if resource is not None and known else subject].append(
                        properties[document]
                    )

    def statements(self, resource: Resource) -> Sequence[Statement]:
        return [*self._read(resource), *self._read(resource.type)]

    def _read(self, key: Resource | str) -> list[Statement]:
        if key not in self._statements:
            documents = [*self._documents.get(key, ())]
            found = []
            if isinstance(key, Resource):
                for pattern in _WITHIN.get(key.type, ()):
                    documents += [node for _, node in self._world.properties(key).select(pattern)]
                hidden = self._world.once(transformed), self._world.once(handed_over)
                if key.template in hidden[0] or key in hidden[1]:
                    found.append(unknown_statement())
            self._statements[key] = found + [one for document in documents for one in statements(document)]
        return self._statements[key]
