"""Application Load Balancer to a function."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_targets as targets
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_no_dead_letter_queue
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.checks import check_fast_enough, check_function, check_kinds
from constructs_lib.facts import LOAD_BALANCER_IDLE_TIMEOUT_DEFAULT_SECONDS
from constructs_lib.types import AnyFunction, AnyListener, AnyTopic


class LoadBalancerToLambda(Construct):
    """A function behind a listener of an Application Load Balancer, which it answers synchronously.

    The handler gets the request, up to 1 MB, and returns ``{"statusCode": ..., "headers": ..., "body": ...}``, up to
    1 MB (AWS: elasticloadbalancing/lambda-functions). If it raises, or returns anything else, the client gets 502; for
    a bad request it returns a 4xx instead of raising.

    Where a failed event goes
        *delivery* and *execution*: nowhere. The client waits for the answer, sees the error, and decides whether to
        send the request again, so a request may arrive twice. Nothing is retried or kept on the way.

    Nothing is made but a target group and, with ``conditions``, a rule: the load balancer, its VPC and its listener are
    yours. The target group has no health checks, which would invoke the function.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported, of the load balancer's account and Region. The connection is silent while it
        works, so it must answer within the load balancer's idle timeout, 60 seconds unless set.
    listener
        An owned or imported listener of an Application Load Balancer.
    conditions
        Which requests go to the function, such as ``ListenerCondition.path_patterns(["/orders/*"])``. Default: all that
        no rule of the listener takes; a listener that is imported or has a default action already needs them.
    priority
        Which rule is asked first, the lowest number; 1 to 50,000, each once per listener. Needed with ``conditions``.
    multi_value_headers
        Whether the handler gets and returns lists, ``multiValueHeaders`` and ``multiValueQueryStringParameters``, so
        that none of several values is lost. Default: no, only the last value.
    alarm_topic
        Notified by the alarm on server errors. Default: it notifies nobody.

    Attributes
    ----------
    function, listener
        What was given.
    target_group : elbv2.ApplicationTargetGroup
        What the listener forwards to.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If the function may take longer than the load balancer keeps an idle connection, where that is known, if
        ``conditions`` come without ``priority`` or the other way round, or if a listener that is imported or already
        has a default action has neither.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        listener: AnyListener,
        conditions: Sequence[elbv2.ListenerCondition] = (),
        priority: int | None = None,
        multi_value_headers: bool = False,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function)
        check_kinds(self, listener=listener, alarm_topic=alarm_topic)
        check_fast_enough(self, function, _idle_timeout_seconds(listener), "the load balancer")
        self._check_rule(listener, conditions, priority)
        self.function = function
        self.listener = listener
        self.target_group = elbv2.ApplicationTargetGroup(
            self,
            "TargetGroup",
            target_type=elbv2.TargetType.LAMBDA,
            targets=[targets.LambdaTarget(function)],
            multi_value_headers_enabled=multi_value_headers or None,
        )
        if priority is None:
            listener.add_target_groups("Function", target_groups=[self.target_group])
        else:
            elbv2.ApplicationListenerRule(
                self,
                "Rule",
                listener=listener,
                priority=priority,
                conditions=list(conditions),
                target_groups=[self.target_group],
            )
        acknowledge_no_dead_letter_queue(function, "The load balancer invokes synchronously, which never uses it")
        self.alarms = [
            WatchedAlarm(
                self,
                "FunctionErrorsAlarm",
                metric=cloudwatch.Metric(
                    namespace="AWS/ApplicationELB",
                    metric_name="LambdaUserError",
                    # Of this target group alone; CDK's metrics name the load balancer, too, which may not be known.
                    dimensions_map={"TargetGroup": self.target_group.target_group_full_name},
                    statistic="Sum",
                    period=Duration.minutes(1),
                ),
                threshold=1,
                evaluation_periods=3,
                description=f"Requests to {self.node.path} keep failing in the function, or because the load balancer "
                "may not invoke it or cannot read its answer: see the function's logs.",
                alarm_topic=alarm_topic,
            )
        ]

    def _check_rule(
        self, listener: AnyListener, conditions: Sequence[elbv2.ListenerCondition], priority: int | None
    ) -> None:
        if bool(conditions) != (priority is not None):
            given, missing = ("conditions", "priority") if conditions else ("priority", "conditions")
            raise ValueError(
                f"{self.node.path}: expected conditions and priority together, got {given} without {missing}; give "
                "both for a rule, or neither for all that no rule takes"
            )
        if priority is not None:
            return
        if not isinstance(listener, elbv2.ApplicationListener):
            raise ValueError(
                f"{self.node.path}: expected conditions and priority for the imported listener {listener.node.path}, "
                "got neither; only where a listener is made can its default action be set"
            )
        if Stack.of(listener).resolve(cast(elbv2.CfnListener, listener.node.default_child).default_actions):
            raise ValueError(
                f"{self.node.path}: expected a listener without default action, got {listener.node.path}, whose own "
                "would be replaced; pass conditions= and priority="
            )


def _idle_timeout_seconds(listener: AnyListener) -> float:
    """Return the idle timeout of a listener's load balancer; infinity if that is not known."""
    balancer = listener.load_balancer if isinstance(listener, elbv2.ApplicationListener) else None
    if not isinstance(balancer, elbv2.ApplicationLoadBalancer):
        return float("inf")
    resource = cast(elbv2.CfnLoadBalancer, balancer.node.default_child)
    attributes = Stack.of(balancer).resolve(resource.load_balancer_attributes) or []
    found = {attribute.get("key"): attribute.get("value") for attribute in attributes}
    value = found.get("idle_timeout.timeout_seconds", LOAD_BALANCER_IDLE_TIMEOUT_DEFAULT_SECONDS)
    return float(value) if str(value).isdecimal() else float("inf")
