"""CodeCommit repository to a function."""

from collections.abc import Sequence
from typing import Unpack

from aws_cdk import Duration
from aws_cdk import aws_events as events
from constructs import Construct

from constructs_lib.asynchronous.pattern import ExecutionOptions
from constructs_lib.asynchronous.rules import RulePattern
from constructs_lib.checks import check_kinds
from constructs_lib.types import AnyFunction, AnyQueue, AnyRepository


class CodeCommitToLambda(RulePattern):
    """A repository that invokes a function, asynchronously, when commits are pushed to its branches.

    The events come through EventBridge and not from the repository's own triggers, which have no dead-letter queue.
    They arrive at least once and in no order: the handler must bear seeing an event twice. It finds ``commitId``,
    ``oldCommitId`` and ``referenceName`` in ``event["detail"]``. What the handler returns is dropped, unless there is
    an ``on_success`` destination; a handler that cannot do the work must raise.

    Where a failed event goes
        *delivery*: EventBridge tries again, then the event goes to ``dead_letter_queue``. *execution*: after the
        retries of Lambda the event goes to ``on_failure``. By default both are the failure queue beneath the function,
        which an alarm watches.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role.
    repository
        An owned or imported repository of the same account and Region.
    branches
        The names of the branches. Default: all.
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
    repository
        What was given.
    rule : events.Rule
        The rule.
    dead_letter_queue
        Where events wait that could not be delivered. The others are those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        If ``branches`` is empty, if a number is out of its range, if ``dead_letter_queue`` is FIFO or encrypted with
        the AWS-managed key, if ``alarm_topic`` stands in the stack of this pattern but what it watches in another, and
        as ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        repository: AnyRepository,
        branches: Sequence[str] | None = None,
        dead_letter_queue: AnyQueue | None = None,
        delivery_retry_attempts: int | None = None,
        delivery_max_event_age: Duration | None = None,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, repository=repository)
        if branches is not None and not branches:
            raise ValueError(
                f"{self.node.path}: expected at least one branch, got none; leave out branches= for every branch"
            )
        self.repository = repository
        detail: dict[str, list[str]] = {
            "event": ["referenceCreated", "referenceUpdated"],
            "referenceType": ["branch"],
        }
        if branches is not None:
            detail["referenceName"] = list(branches)
        self.rule = self._make_rule(
            events.EventPattern(
                source=["aws.codecommit"],
                detail_type=["CodeCommit Repository State Change"],
                resources=[repository.repository_arn],
                detail=detail,
            ),
            dead_letter_queue=dead_letter_queue,
            retry_attempts=delivery_retry_attempts,
            max_event_age=delivery_max_event_age,
            alarm_topic=options.get("alarm_topic"),
        )
