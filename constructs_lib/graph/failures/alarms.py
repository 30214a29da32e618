"""What CloudWatch alarms watch: the metrics of each queue, function and stream."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import named, resource_of
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource, Template
from constructs_lib.graph.values import UNKNOWN, Reference, Unknown, Value

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_DIMENSIONS: Final = {
    "AWS/SQS": (("QueueName",), "sqs"),
    "AWS/Lambda": (("FunctionName",), "lambda"),
    "AWS/Kinesis": (("StreamName",), "kinesis"),
    "AWS/States": (("StateMachineArn",), "states"),
    "AWS/ApiGateway": (("ApiName", "ApiId"), "apigateway"),
}
APIS: Final = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")


@dataclass(eq=False)
class Alarms:
    """The metrics that alarms watch."""

    of_resource: dict[Resource, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The names of the metrics of each resource."""
    by: dict[tuple[Resource, str], list[Resource]] = field(default_factory=lambda: defaultdict(list))
    """The alarms on each metric of a resource."""
    of_all: set[str] = field(default_factory=set)
    """The names of the metrics that are watched over all resources at once."""
    open: set[str] = field(default_factory=set)
    """The namespaces in which an alarm watches what the templates do not tell: it may be anything there."""

    def watch(self, namespace: str, resource: Resource, metrics: frozenset[str]) -> bool:
        """Say whether an alarm watches, or may watch, one of the metrics of a resource."""
        return namespace in self.open or not metrics.isdisjoint(self.of_resource.get(resource, set()) | self.of_all)


def alarms(world: "World") -> Alarms:
    """Return what the alarms of the app watch; ask with ``world.once``."""
    found = Alarms()
    for resource in world.of_type("AWS::CloudWatch::Alarm"):
        for metric in _metrics(world.properties(resource)):
            _add(found, metric)
    return found


def _metrics(alarm: Node) -> Iterator[Node]:
    """Yield what holds the name, the namespace and the dimensions of a metric, or an expression."""
    if not alarm["MetricName"].absent:
        yield alarm
    for _, query in alarm.select("Metrics.*"):
        yield query if query["MetricStat"].absent else query.get("MetricStat.Metric")


def _add(found: Alarms, metric: Node) -> None:
    if not metric["Expression"].absent:
        # Metrics Insights and SEARCH name a namespace; other expressions compute from what is listed beside them.
        text = metric["Expression"].text()
        found.open.update(name for name in _DIMENSIONS if text is None or name in text)
        return
    namespace, name = metric["Namespace"].text(), metric["MetricName"].text()
    if namespace is None or name is None:
        found.open.update(_DIMENSIONS if namespace is None else {namespace})
        return
    if namespace not in _DIMENSIONS:
        return
    dimensions, service = _DIMENSIONS[namespace]
    places = list(metric["Dimensions"].children)
    if metric["Dimensions"].value is UNKNOWN or any(one["Name"].text() is None for one in places):
        found.open.add(namespace)
        return
    values = [one["Value"].value for one in places if one["Name"].text() in dimensions]
    watched = _watched(metric.world, metric.resource.template, service, values[0]) if values else None
    if isinstance(watched, Resource):
        found.of_resource[watched].add(name)
        found.by[watched, name].append(metric.resource)
    elif watched is UNKNOWN:
        found.open.add(namespace)
    elif not places:
        found.of_all.add(name)


def _watched(world: "World", here: Template, service: str, value: Value) -> Resource | Unknown | None:
    if service == "apigateway" and isinstance(value, str):
        # The API goes by its name, which it can share with one of another stack.
        return next((one for one in world.of_type(*APIS) if _called(world, here, one, value)), None)
    if service == "apigateway":
        return value.resource if isinstance(value, Reference) else UNKNOWN
    if service != "states":
        return named(world, here, service, value)
    return resource_of(world, here, value) or (UNKNOWN if value is UNKNOWN else None)


def _called(world: "World", here: Template, api: Resource, name: str) -> bool:
    return api.template.root is here.root and world.properties(api)["Name"].text() == name
