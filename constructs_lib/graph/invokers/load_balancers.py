"""The load balancers before each target group."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_lib.facts import LOAD_BALANCER_IDLE_TIMEOUT_DEFAULT_SECONDS
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Reference, Structure

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_LISTENER: Final = "AWS::ElasticLoadBalancingV2::Listener"
_LISTENER_RULE: Final = "AWS::ElasticLoadBalancingV2::ListenerRule"
_LOAD_BALANCER: Final = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_IDLE: Final = "idle_timeout.timeout_seconds"


def load_balancers(world: "World") -> Mapping[Resource, set[Resource]]:
    """Return the load balancers of the app that forward to each target group; ask with ``world.once``."""
    found: dict[Resource, set[Resource]] = defaultdict(set)
    for resource_type, actions in ((_LISTENER, "DefaultActions.*"), (_LISTENER_RULE, "Actions.*")):
        for resource in world.of_type(resource_type):
            properties = world.properties(resource)
            listener = properties if resource_type == _LISTENER else _properties(properties["ListenerArn"], _LISTENER)
            balancer = _referred(listener["LoadBalancerArn"], _LOAD_BALANCER) if listener else None
            for path in ("TargetGroupArn", "ForwardConfig.TargetGroups.*.TargetGroupArn"):
                for _, place in properties.select(f"{actions}.{path}") if balancer else ():
                    if isinstance(place.value, Reference) and balancer:
                        found[place.value.resource].add(balancer)
    return found


def idle_timeout(world: "World", balancer: Resource) -> float | None:
    """Return how long a load balancer keeps a silent connection, in seconds; None when unknown."""
    attributes = world.properties(balancer)["LoadBalancerAttributes"]
    if not attributes.absent and not isinstance(attributes.value, Structure):
        return None
    places = list(attributes.children)
    if any(one["Key"].text() is None for one in places):
        return None
    found = [one["Value"] for one in places if one["Key"].text() == _IDLE]
    return found[0].number() if found else LOAD_BALANCER_IDLE_TIMEOUT_DEFAULT_SECONDS


def _referred(place: Node, resource_type: str) -> Resource | None:
    value = place.value
    return value.resource if isinstance(value, Reference) and value.resource.type == resource_type else None


def _properties(place: Node, resource_type: str) -> Node | None:
    resource = _referred(place, resource_type)
    return place.world.properties(resource) if resource else None
