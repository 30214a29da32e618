"""A function behind a load balancer must answer before the connection counts as idle."""

from collections.abc import Iterator

from constructs_lib.amounts import duration
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.functions import timeout
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.load_balancers import idle_timeout, load_balancers
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed


class LoadBalancerTimeout(Rule):
    """A function that may run longer than its load balancer keeps a silent connection."""

    severity = Severity.WARNING
    description = (
        "A function may run longer than the idle timeout of the load balancer before it. The connection is silent "
        "while the function works, so that the client may get an error while the function works on and is paid for."
    )
    fix = (
        "CDK: Function(..., timeout=Duration.seconds(60)), or ApplicationLoadBalancer(..., "
        "idle_timeout=Duration.seconds(120)). CloudFormation: lower Timeout of the function, or raise "
        "idle_timeout.timeout_seconds in LoadBalancerAttributes."
    )
    source = (
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"
        "#connection-idle-timeout"
    )

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions, each once, with the shortest time that it is given."""
        balancers = world.once(load_balancers)
        for function, several in world.once(invocations).items():
            running = timeout(world, function)
            groups = {one.resource for one in several if one.service is services.LOAD_BALANCER}
            waits = {one: idle_timeout(world, one) for group in groups for one in balancers.get(group, ())}
            short = {one: idle for one, idle in waits.items() if idle and running is not None and running > idle}
            if short and running is not None:
                yield self.finding(
                    function,
                    "Timeout",
                    f"function {function.label} may run for {duration(running)}, but a connection to load balancer "
                    f"{listed([one.label for one in short])} counts as idle after {duration(min(short.values()))}: the "
                    "client may get an error while the function works on. Lower the timeout of the function, or raise "
                    "the idle timeout.",
                )
