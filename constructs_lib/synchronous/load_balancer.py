"""Application Load Balancer to a function."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_targets as targets
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_no_dead_letter_queue
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.checks import check_fast_enough, check_function, check_kinds, refuse_settings
from constructs_lib.synchronous.listeners import (
    add_listener,
    has_default_action,
    idle_timeout_seconds,
    load_balancer_of,
)
from constructs_lib.types import AnyFunction, AnyListener, AnyListenerCertificate, AnyLoadBalancer, AnyTopic


class LoadBalancerToLambda(Construct):
    """A function behind an Application Load Balancer, whose requests it answers synchronously.

    The handler gets the request, up to 1 MB, and returns ``{"statusCode": ..., "headers": ..., "body": ...}``, up to
    1 MB (AWS: elasticloadbalancing/lambda-functions). If it raises, or returns anything else, the client gets 502; for
    a bad request it returns a 4xx instead of raising.

    Where a failed event goes
        *delivery* and *execution*: nowhere. The client waits for the answer, sees the error, and decides whether to
        send the request again, so a request may arrive twice. Nothing is retried or kept on the way.

    The load balancer and its VPC are yours: nothing is made but a target group, with ``load_balancer`` a listener, and
    with ``conditions`` a rule. The target group has no health checks, which would invoke the function.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported, of the load balancer's account and Region. The connection is silent while it
        works, so it must answer within the load balancer's idle timeout, 60 seconds unless set.
    listener
        An owned or imported listener of an Application Load Balancer, which gets the function as its target.
    load_balancer
        In place of ``listener``: an owned or imported Application Load Balancer, which gets a listener on port 443.
    certificates
        Of the new listener, such as one of ``aws_certificatemanager``; needed unless ``protocol`` is HTTP.
    protocol
        Of the new listener. ``ApplicationProtocol.HTTP`` listens on port 80, and encrypts nothing. Default: ``HTTPS``,
        with TLS 1.2 or 1.3.
    open
        Whether the load balancer's security group lets everyone in to the new listener. Default: nobody more than
        before; later, ``.listener.connections.allow_default_port_from(...)``.
    conditions
        Which requests go to the function, such as ``ListenerCondition.path_patterns(["/orders/*"])``. Default: all that
        no rule of the listener takes; a listener that is imported or has a default action already needs them. With
        them, what no rule of a new listener takes is answered 404.
    priority
        Which rule is asked first, the lowest number; 1 to 50,000, each once per listener. Needed with ``conditions``.
    multi_value_headers
        Whether the handler gets and returns lists, ``multiValueHeaders`` and ``multiValueQueryStringParameters``, so
        that none of several values is lost. Default: no, only the last value.
    alarm_topic
        Notified by the alarm on server errors. Default: it notifies nobody.

    Attributes
    ----------
    function
        What was given.
    listener
        What was given or made.
    target_group : elbv2.ApplicationTargetGroup
        What the listener forwards to.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If ``listener`` and ``load_balancer`` are both given or neither, if a setting of a new listener comes with
        ``listener``, if HTTPS has no certificate or HTTP has one, if the function may take longer than the load
        balancer keeps an idle connection, where that is known, if ``conditions`` come without ``priority`` or the other
        way round, or if a listener that is imported or already has a default action has neither.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        listener: AnyListener | None = None,
        load_balancer: AnyLoadBalancer | None = None,
        certificates: Sequence[AnyListenerCertificate] | None = None,
        protocol: elbv2.ApplicationProtocol | None = None,
        open: bool | None = None,
        conditions: Sequence[elbv2.ListenerCondition] = (),
        priority: int | None = None,
        multi_value_headers: bool = False,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function)
        check_kinds(self, listener=listener, load_balancer=load_balancer, alarm_topic=alarm_topic)
        idle_timeout = idle_timeout_seconds(load_balancer or load_balancer_of(listener))
        check_fast_enough(self, function, idle_timeout, "the load balancer")
        self.function = function
        if listener is not None and load_balancer is None:
            refuse_settings(self, "listener", certificates=certificates, protocol=protocol, open=open)
            self.listener = listener
        elif load_balancer is not None and listener is None:
            new = add_listener(self, load_balancer, certificates=certificates, protocol=protocol, open=open)
            if conditions:
                new.add_action("NotFound", action=elbv2.ListenerAction.fixed_response(404))
            self.listener = new
        else:
            found = "neither" if listener is None else "both"
            raise ValueError(
                f"{self.node.path}: expected listener or load_balancer, got {found}; pass listener= to add the "
                "function to a listener, or load_balancer= for a new listener"
            )
        self._check_rule(self.listener, conditions, priority)
        self.target_group = elbv2.ApplicationTargetGroup(
            self,
            "TargetGroup",
            target_type=elbv2.TargetType.LAMBDA,
            targets=[targets.LambdaTarget(function)],
            multi_value_headers_enabled=multi_value_headers or None,
        )
        if priority is None:
            self.listener.add_target_groups("Function", target_groups=[self.target_group])
        else:
            elbv2.ApplicationListenerRule(
                self,
                "Rule",
                listener=self.listener,
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
                    # Of this target group alone, which is one of the two sets of dimensions that it is published with
                    # (AWS: elasticloadbalancing/load-balancer-cloudwatch-metrics). CDK's metrics take the other, with
                    # the load balancer, which may not be known.
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
        if has_default_action(listener):
            raise ValueError(
                f"{self.node.path}: expected a listener without default action, got {listener.node.path}, whose own "
                "would be replaced; pass conditions= and priority="
            )
