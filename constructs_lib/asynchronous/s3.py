"""S3 bucket notifications to a function."""

from collections.abc import Sequence
from typing import Unpack

from aws_cdk import Names
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from constructs import Construct

from constructs_lib.asynchronous.objects import acknowledge_bucket_notifications, allow_reading, allow_writing
from constructs_lib.asynchronous.pattern import AsynchronousPattern, ExecutionOptions
from constructs_lib.buckets import make_bucket
from constructs_lib.checks import check_kinds
from constructs_lib.types import AnyBucket, AnyFunction


class S3ToLambda(AsynchronousPattern):
    """A bucket that notifies a function, asynchronously, of what happens to its objects.

    S3 delivers at least once and in no order: the handler must bear seeing an event twice. What the handler returns
    is dropped, unless there is an ``on_success`` destination; a handler that cannot do the work must raise.

    Where a failed event goes
        *delivery*: S3 retries by itself and has no dead-letter queue; ``S3EventBridgeToLambda`` has one. *execution*:
        after the retries the event goes to ``on_failure``; by default to a failure queue beneath the function, which
        an alarm watches.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role. It is allowed to read the objects that it is notified of.
    bucket
        An owned or imported bucket of the same account and Region. Default: a new one: encrypted by S3, private, TLS
        only, retained when it leaves the stack.
    events
        What the function is notified of. Default: every kind of object creation.
    prefix, suffix
        Only object keys that begin, or end, so. Default: all.
    output_bucket, output_prefix
        Where the function writes its results, which it is allowed to: objects whose keys begin so. The same bucket with
        overlapping prefixes is warned of. Default: nothing is allowed, and all keys of ``output_bucket``.
    options
        ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic`` of
        ``ExecutionOptions``.

    Attributes
    ----------
    bucket
        What was given or made. The others are those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        If ``events`` is empty, if ``output_prefix`` is given alone, and as ``AsynchronousPattern`` does.
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
        events: Sequence[s3.EventType] = (s3.EventType.OBJECT_CREATED,),
        prefix: str | None = None,
        suffix: str | None = None,
        output_bucket: AnyBucket | None = None,
        output_prefix: str | None = None,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, bucket=bucket, output_bucket=output_bucket)
        if not events:
            raise ValueError(
                f"{self.node.path}: expected at least one event, got none; leave out events= for all new objects"
            )
        self.bucket = bucket or make_bucket(self)
        self._refuse_circle(options.get("alarm_topic"), source=self.bucket)
        filters = [s3.NotificationKeyFilter(prefix=prefix, suffix=suffix)] if prefix or suffix else []
        for event in events:
            self.bucket.add_event_notification(event, notifications.LambdaDestination(function), *filters)
        # In the bucket's stack, which the notification makes depend on the function's already.
        policy_id = f"{Names.node_unique_id(self.node)}Policy"
        allow_reading(self.bucket, policy_id, function, self.bucket, f"{prefix or ''}*{suffix or ''}")
        acknowledge_bucket_notifications(self.bucket)
        allow_writing(self, function, (self.bucket, prefix or ""), output_bucket, output_prefix)
