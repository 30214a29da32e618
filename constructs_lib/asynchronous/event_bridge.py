"""EventBridge rule to a function."""

from typing import Unpack

from aws_cdk import Duration
from aws_cdk import aws_events as events
from constructs import Construct

from constructs_lib.asynchronous.pattern import ExecutionOptions
from constructs_lib.asynchronous.rules import RulePattern
from constructs_lib.checks import check_kinds
from constructs_lib.types import AnyEventBus, AnyFunction, AnyQueue


class EventBridgeToLambda(RulePattern):
    """A rule that hands the events of a bus to a function, asynchronously, if they match a pattern.

    EventBridge delivers at least once and in no order: the handler must bear seeing an event twice. What the handler
    returns is dropped, unless there is an ``on_success`` destination; a handler that cannot do the work must raise.

    Where a failed event goes
        *delivery*: EventBridge tries again, then the event goes to ``dead_letter_queue``, whose message attributes
        say which rule it was and why (AWS: eventbridge/eb-rule-dlq). *execution*: after the retries of Lambda the event
        goes to ``on_failure``. By default both are the failure queue beneath the function, which an alarm watches.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role.
    event_pattern
        Which events the function gets.
    event_bus
        An owned or imported bus of the same account and Region. Default: the default bus, where AWS services publish.
    event
        What the function gets instead of the whole event. Default: the whole event.
    dead_letter_queue
        A standard queue for events that could not be delivered. Default: ``failure_queue``, or a new one if that is
        none or is of another stack.
    delivery_retry_attempts
        How often EventBridge tries again to hand an event to Lambda, 0 to 185. It says nothing of failed executions:
        that is ``retry_attempts``. Default: 185 (AWS: eventbridge/eb-rule-retry-policy).
    delivery_max_event_age
        How long EventBridge tries, 1 minute to 24 hours. Default: 24 hours (the same source).
    options
        ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic`` of
        ``ExecutionOptions``.

    Attributes
    ----------
    rule : events.Rule
        The rule.
    dead_letter_queue
        Where events wait that could not be delivered. The others are those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        If a number is out of its range, if ``dead_letter_queue`` is FIFO or encrypted with the AWS-managed key, if
        ``alarm_topic`` stands in the stack of this pattern but what it watches in another, and as
        ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        event_pattern: events.EventPattern,
        event_bus: AnyEventBus | None = None,
        event: events.RuleTargetInput | None = None,
        dead_letter_queue: AnyQueue | None = None,
        delivery_retry_attempts: int | None = None,
        delivery_max_event_age: Duration | None = None,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, event_bus=event_bus)
        self.rule = self._make_rule(
            event_pattern,
            event_bus=event_bus,
            event=event,
            dead_letter_queue=dead_letter_queue,
            retry_attempts=delivery_retry_attempts,
            max_event_age=delivery_max_event_age,
            alarm_topic=options.get("alarm_topic"),
        )
