"""What all asynchronous patterns have in common: the execution stage."""

from typing import ClassVar, TypedDict, Unpack

from aws_cdk import Duration
from constructs import Construct, IConstruct

from constructs_lib.acknowledge import acknowledge_no_dead_letter_queue
from constructs_lib.alarms import refuse_circle
from constructs_lib.checks import check_function, refuse_unknown
from constructs_lib.execution import catch_failed_executions
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyDestination, AnyFunction, AnyTopic


class ExecutionOptions(TypedDict, total=False):
    """The parameters of every asynchronous pattern, all optional."""

    on_failure: AnyDestination | None
    """Destination of events whose execution failed: standard queue or topic, function, event bus or bucket.
    Default: a failure queue, or the function's own dead-letter queue or topic if it has one."""
    on_success: AnyDestination | None
    """Destination of the results: the same kinds, buckets aside. Default: none."""
    retry_attempts: int | None
    """How often a failed execution is tried again, 0 to 2. Default: 2 (AWS: lambda/invocation-async-error-handling)."""
    max_event_age: Duration | None
    """How long Lambda keeps an event for retries, 1 minute to 6 hours. Default: 6 hours (the same source)."""
    alarm_topic: AnyTopic | None
    """Notified when a failed event waits in a queue of this app, and when one could not be handed to its target.
    Default: the alarms notify nobody."""


class AsynchronousPattern(Construct):
    """Something that invokes a function asynchronously.

    Lambda tries a failed execution again, and hands the event to ``on_failure`` when that does not help. One function
    and qualifier has one such configuration: patterns that share it share the failure target, and must agree.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role.
    options
        See ``ExecutionOptions``.

    Attributes
    ----------
    function
        What was given.
    failure_queue : sqs.IQueue or None
        Where failed events wait: of ``on_failure``, of the function's own, or made; ``None`` if that is no queue of
        this app.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If the function was imported without its role or by a qualified ARN, if a destination is FIFO, the function
        itself, or ``on_success`` a bucket, if the function already has another asynchronous configuration, if it is
        durable without a dead-letter queue, if a number is out of its range, if alarms cannot notify ``alarm_topic``,
        which is of another Region or encrypted with the AWS-managed key, or if it stands in the stack of the source but
        the function in another: the two would need each other.
    TypeError
        If a parameter is not such a CDK object, or there is no such parameter.
    """

    _PASSES_TENANT_ID: ClassVar[bool] = False

    def __init__(
        self, scope: Construct, id: str, *, function: AnyFunction, **options: Unpack[ExecutionOptions]
    ) -> None:
        super().__init__(scope, id)
        # At run time Python would take any name here.
        refuse_unknown(self, options, ExecutionOptions)
        check_function(self, function, passes_tenant_id=self._PASSES_TENANT_ID)
        self.function = function
        capture = catch_failed_executions(function, **options)
        acknowledge_no_dead_letter_queue(function, "Failed events go to the on-failure destination, which says more")
        self.failure_queue = capture.failure_queue
        self.alarms = capture.alarms

    def _refuse_circle(
        self, alarm_topic: AnyTopic | None, *watched: IConstruct, source: IConstruct | None = None
    ) -> None:
        """Refuse a topic in the stack of the source, by default this one, if that names a function of another one."""
        function = owned_function(self.function)
        failure_queue = None if function is None else self.failure_queue
        refuse_circle(source or self, alarm_topic, *watched, function, failure_queue)
