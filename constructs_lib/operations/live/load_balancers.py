"""Load balancers: the target groups of functions, and how long a connection may be silent."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import UNREAD, Item

_PREFIX: Final = "AWS::ElasticLoadBalancingV2"


def read_load_balancers(calls: Calls) -> Iterator[Item]:
    """Yield the target groups of functions, and the load balancers that forward to them."""
    groups = calls.pages("elbv2.describe_target_groups", "TargetGroups", "list the target groups")
    ours = [group for group in groups if group.get("TargetType") == "lambda"]
    for group in ours:
        yield _group(calls, group)
        for balancer in group.get("LoadBalancerArns") or ():
            # Which listener, and under which conditions, makes no difference.
            properties = {"LoadBalancerArn": balancer, "DefaultActions": [{"TargetGroupArn": group["TargetGroupArn"]}]}
            label = f"{_name(balancer)} {group['TargetGroupName']}"
            yield Item("listener", label, f"{_PREFIX}::Listener", properties)
    for balancer in sorted({arn for group in ours for arn in group.get("LoadBalancerArns") or ()}):
        what = f"read the load balancer {_name(balancer)}"
        answer = calls.maybe("elbv2.describe_load_balancer_attributes", what, LoadBalancerArn=balancer)
        attributes: Any = UNREAD if answer is None else answer.get("Attributes")
        properties = {"LoadBalancerAttributes": attributes}
        yield Item("load balancer", _name(balancer), f"{_PREFIX}::LoadBalancer", properties, balancer)


def _group(calls: Calls, found: dict[str, Any]) -> Item:
    name, arn = found["TargetGroupName"], found["TargetGroupArn"]
    answer = calls.maybe("elbv2.describe_target_health", f"read the target group {name}", TargetGroupArn=arn)
    targets = [{"Id": one["Target"]["Id"]} for one in (answer or {}).get("TargetHealthDescriptions") or ()]
    return Item("target group", name, f"{_PREFIX}::TargetGroup", {"TargetType": "lambda", "Targets": targets}, arn)


def _name(balancer: str) -> str:
    """Return the name in an ARN that ends with ``app/name/id``."""
    return "/".join(balancer.split("/")[2:3]) or balancer
