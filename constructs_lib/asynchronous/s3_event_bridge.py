"""S3 events to a function, through EventBridge."""

from collections.abc import Sequence
from typing import Any, Unpack

import jsii
from aws_cdk import Aspects, Duration, IAspect
from aws_cdk import aws_events as events
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from constructs_lib.asynchronous.objects import acknowledge_bucket_notifications, allow_reading, allow_writing
from constructs_lib.asynchronous.pattern import ExecutionOptions
from constructs_lib.asynchronous.rules import RulePattern
from constructs_lib.buckets import make_bucket
from constructs_lib.checks import check_kinds
from constructs_lib.types import AnyBucket, AnyFunction, AnyQueue


class S3EventBridgeToLambda(RulePattern):
    """A bucket that tells a function, asynchronously and through EventBridge, what happens to its objects.

    Unlike ``S3ToLambda`` it has a dead-letter queue for the delivery too, any number of rules may match the same
    objects, and a bucket of this app needs no custom resource. The handler gets another event: one object,
    ``event["detail"]["bucket"]["name"]`` and ``event["detail"]["object"]["key"]``, the key not URL-encoded
    (AWS: AmazonS3/ev-events).

    S3 and EventBridge deliver at least once and in no order: the handler must bear seeing an event twice. What the
    handler returns is dropped, unless there is an ``on_success`` destination; a handler that cannot do the work must
    raise.

    Where a failed event goes
        *delivery*: EventBridge tries again, then the event goes to ``dead_letter_queue`` (AWS:
        eventbridge/eb-rule-dlq). *execution*: after the retries of Lambda the event goes to ``on_failure``. By default
        both are the failure queue beneath the function, which an alarm watches.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role. It is allowed to read the objects that it is told of.
    bucket
        An owned or imported bucket of the same account and Region; its events are sent to EventBridge from now on.
        Default: a new one: encrypted by S3, private, TLS only, retained when it leaves the stack.
    detail_type
        What the function is told of, as EventBridge names it, such as ``Object Deleted`` (AWS: AmazonS3/EventBridge).
        Default: ``Object Created``.
    prefix, suffix
        Only object keys that begin, or end, so. Default: all.
    output_bucket, output_prefix
        Where the function writes its results, which it is allowed to: objects whose keys begin so. The same bucket with
        overlapping prefixes is warned of. Default: nothing is allowed, and all keys of ``output_bucket``.
    dead_letter_queue, delivery_retry_attempts, delivery_max_event_age
        As for ``EventBridgeToLambda``. Default: ``failure_queue``, 185 times, 24 hours.
    options
        ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic`` of
        ``ExecutionOptions``.

    Attributes
    ----------
    bucket
        What was given or made.
    rule : events.Rule
        The rule.
    dead_letter_queue
        Where events wait that could not be delivered. The others are those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        If ``detail_type`` is empty, if ``output_prefix`` is given alone, if a number is out of its range, if
        ``dead_letter_queue`` is FIFO or encrypted with the AWS-managed key, if ``alarm_topic`` stands in the stack of
        this pattern but what it watches in another, and as ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        bucket: AnyBucket | None = None,
        detail_type: Sequence[str] = ("Object Created",),
        prefix: str | None = None,
        suffix: str | None = None,
        output_bucket: AnyBucket | None = None,
        output_prefix: str | None = None,
        dead_letter_queue: AnyQueue | None = None,
        delivery_retry_attempts: int | None = None,
        delivery_max_event_age: Duration | None = None,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, bucket=bucket, output_bucket=output_bucket)
        if not detail_type:
            raise ValueError(
                f"{self.node.path}: expected at least one detail_type, got none; leave it out for all new objects"
            )
        self.bucket = bucket or make_bucket(self)
        _send_to_event_bridge(self.bucket)
        detail: dict[str, Any] = {"bucket": {"name": [self.bucket.bucket_name]}}
        if prefix or suffix:
            detail["object"] = {"key": [_matching(prefix, suffix)]}
        pattern = events.EventPattern(source=["aws.s3"], detail_type=list(detail_type), detail=detail)
        self.rule = self._make_rule(
            pattern,
            dead_letter_queue=dead_letter_queue,
            retry_attempts=delivery_retry_attempts,
            max_event_age=delivery_max_event_age,
            alarm_topic=options.get("alarm_topic"),
        )
        allow_reading(self, "FunctionPolicy", function, self.bucket, f"{prefix or ''}*{suffix or ''}")
        allow_writing(self, function, (self.bucket, prefix or ""), output_bucket, output_prefix)


def _matching(prefix: str | None, suffix: str | None) -> dict[str, str]:
    if prefix and suffix:
        first, last = (part.replace("\\", "\\\\").replace("*", "\\*") for part in (prefix, suffix))
        return {"wildcard": f"{first}*{last}"}
    return {"prefix": prefix} if prefix else {"suffix": suffix or ""}


def _send_to_event_bridge(bucket: AnyBucket) -> None:
    resource = bucket.node.default_child
    if isinstance(resource, s3.CfnBucket):
        Aspects.of(resource).add(_EventBridgeEnabled())
    else:
        bucket.enable_event_bridge_notification()  # CDK's custom resource adds it to what the bucket has
        acknowledge_bucket_notifications(bucket)


@jsii.implements(IAspect)
class _EventBridgeEnabled:
    """Enable it on the bucket itself, or, if the bucket has CDK's custom resource, there: that would undo the other."""

    def visit(self, node: IConstruct) -> None:
        if not isinstance(node, s3.CfnBucket):
            return
        bucket = node.node.scope
        if isinstance(bucket, s3.Bucket) and bucket.node.try_find_child("Notifications") is not None:
            bucket.enable_event_bridge_notification()
        else:
            node.add_property_override("NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True)
