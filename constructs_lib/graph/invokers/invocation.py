"""One way in which a function is invoked."""

from dataclasses import dataclass

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.invokers.services import Service
from constructs_lib.graph.invokers.targets import Qualifier, Target
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource


@dataclass(frozen=True, eq=False)
class Invocation:
    """Who invokes a function, how, and which property says so."""

    target: Target
    model: InvocationModel | None
    """None when the templates, or AWS, do not tell."""
    service: Service
    evidence: Node
    """The property that names the function."""
    settings: Node
    """What stands around it: the target of a rule, the integration of a method, or all the properties."""
    source_node: Node | None = None

    @property
    def function(self) -> Resource:
        """The function."""
        return self.target.function

    @property
    def qualifier(self) -> Qualifier:
        """The qualifier that is invoked."""
        return self.target.qualifier

    @property
    def resource(self) -> Resource:
        """The resource that holds the evidence."""
        return self.evidence.resource

    @property
    def source(self) -> Resource | None:
        """The resource whose events are sent: the topic of a subscription; None when it is not in the app."""
        if self.source_node is None:
            return self.resource
        return resource_of(self.evidence.world, self.resource.template, self.source_node.value)
