"""What the patterns share that an EventBridge rule delivers to."""

from aws_cdk import Duration, Fn
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam

from constructs_lib.asynchronous.delivered import DeliveredPattern
from constructs_lib.delivery import queue_for_source
from constructs_lib.facts import DELIVERY_EVENT_AGE_MAX_SECONDS
from constructs_lib.types import AnyEventBus, AnyQueue, AnyTopic


class RulePattern(DeliveredPattern):
    """An asynchronous pattern that an EventBridge rule delivers to."""

    def _make_rule(
        self,
        event_pattern: events.EventPattern,
        *,
        dead_letter_queue: AnyQueue | None,
        retry_attempts: int | None,
        max_event_age: Duration | None,
        alarm_topic: AnyTopic | None,
        event_bus: AnyEventBus | None = None,
        event: events.RuleTargetInput | None = None,
    ) -> events.Rule:
        self._check_retries(retry_attempts, max_event_age)
        service = iam.ServicePrincipal("events.amazonaws.com")
        queue = self._catch_failed_deliveries(dead_letter_queue, service, alarm_topic)
        target = targets.LambdaFunction(
            self.function,
            event=event,
            dead_letter_queue=queue_for_source(self, queue, service, "rule/*"),
            retry_attempts=retry_attempts,
            # With an age, CDK writes attempts that are a token too; without, it leaves them out.
            max_event_age=max_event_age or Duration.seconds(DELIVERY_EVENT_AGE_MAX_SECONDS),
        )
        rule = events.Rule(self, "Rule", event_pattern=event_pattern, event_bus=event_bus, targets=[target])
        # AWS: eventbridge/eb-monitoring
        metric = cloudwatch.Metric(
            namespace="AWS/Events",
            metric_name="InvocationsFailedToBeSentToDlq",
            dimensions_map=_dimensions(rule, event_bus),
        )
        self._watch_loss(metric, alarm_topic)
        return rule


def _dimensions(rule: events.Rule, event_bus: AnyEventBus | None) -> dict[str, str]:
    if event_bus is None or event_bus.event_bus_name == "default":
        return {"RuleName": rule.rule_name}
    # A reference to such a rule is bus|rule (aws-cloudformation/cloudformation-coverage-roadmap#1949). An imported bus
    # may turn out to be the default one, whose rules have no bus in front: after a second copy, the name is second.
    name = rule.rule_name if isinstance(event_bus, events.EventBus) else f"{rule.rule_name}|{rule.rule_name}"
    return {"EventBusName": event_bus.event_bus_name, "RuleName": Fn.select(1, Fn.split("|", name))}
