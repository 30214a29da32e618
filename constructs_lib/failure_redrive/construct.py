"""The redrive of failed events as a part of an account."""

from aws_cdk import Duration, Fn, Stack, Token, Tokenization
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_no_dead_letter_queue
from constructs_lib.alarms import WatchedAlarm, refuse_circle
from constructs_lib.checks import check_function, check_kinds, check_range
from constructs_lib.execution import catch_failed_executions
from constructs_lib.failure import watch
from constructs_lib.failure_redrive import access, state_machine
from constructs_lib.failure_redrive.checks import check_numbers, check_prefix, check_source, check_streams
from constructs_lib.failure_redrive.function import make_function
from constructs_lib.failure_redrive.results import make_result_bucket
from constructs_lib.failure_redrive.sharing import refuse_others
from constructs_lib.failure_redrive.start import start_by_schedule
from constructs_lib.timeouts import known_seconds, owned_function
from constructs_lib.types import AnyBucket, AnyFunction, AnyQueue, AnyStream, AnyTable, AnyTopic


class FailureRedrive(Construct):
    """A state machine that sends failed events back to where they belong, for a few or for millions of them.

    Each execution takes what lay in the place when it started: the objects under a prefix of a bucket, or the messages
    of a queue. A function, many times in parallel, sends each event home: an asynchronous invocation of ``function``
    with the original payload, the message to ``source_queue``, the records of a stream batch to ``function``. It is
    the redrive of ``lambda-invocations failures redrive``, and knows the same formats.

    Start it when the cause is mended::

        aws stepfunctions start-execution --state-machine-arn ... --input '{"limit": 100}'

    The input is ``{}``, or has ``limit`` (of messages that are sent, or of objects that are looked at) and ``error`` (a
    part of the error's name or message; other events are not touched).

    Where a failed event goes
        An event leaves its place only after its new home has accepted it. Until then it is in the place, whatever
        happens: a stopped execution, a function that times out, two executions at once. It may thus get home twice.
        What fails again goes where failed executions of ``function`` go, mostly this very place, for the next
        execution. What cannot be redriven stays, with the reason in the log and in the child execution: the execution
        then fails at its end, after all others are sent, and an alarm goes off.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    bucket
        Where failed events lie as objects: the target of on-failure destinations of this Region. Owned or imported.
        This or ``queue``.
    prefix
        Of the objects, not empty. Default: that of asynchronous invocations of ``function``,
        ``aws/lambda/async/<function name>/`` (AWS: lambda/invocation-async-retain-records). Stream batches lie under
        ``aws/lambda/<UUID of the mapping>/``.
    queue
        Where failed events wait as messages: the target of on-failure destinations, or a dead-letter queue. Owned or
        imported. In a FIFO queue the events of each message group keep their order. Records of on-failure destinations
        name their function, and those of others stay. A message in the dead-letter queue of a function does not, and
        one in that of an SNS subscription names only the subscription: such a queue must be that of ``function`` and
        its subscriptions alone. Of others in this app, the synthesis fails.
    function
        Gets the events that failed in it, or on their way to it. Owned, alias, version or imported; the qualifier is
        that which was invoked. Needed for a bucket. A function of this app without a failure target gets a failure
        queue, as from ``AsyncInvocation``, unless ``stream`` or ``table`` say that it is not invoked asynchronously.
    source_queue
        Gets the messages of which ``queue`` is the dead-letter queue.
    stream, table
        Whose failed batches ``queue`` holds: a message names the records only, and they are fetched back from the
        Kinesis stream, or the stream of the DynamoDB table, as long as it has them. Objects hold the records.
    max_concurrency
        How many invocations of the function work in parallel, each on ten events at once; 1 to 1,000. Default: 10.
    rate
        The most events a second, of a whole execution, 0.1 to 10,000. Default: as fast as it goes.
    timeout
        For how long an execution takes events on, 1 minute to 7 days; what it has not looked at by then stays.
        Default: 6 hours.
    schedule
        ``ScheduleExpression.rate(...)`` or ``.cron(...)``. Set ``timeout`` below its interval, so that one execution is
        over before the next begins: two at once lose nothing, and may send an event twice. Default: none, it starts on
        demand only.
    alarm_topic
        Notified when an execution fails, times out or is aborted, when the function fails, and when the schedule could
        not start an execution. Default: the alarms notify nobody.

    Attributes
    ----------
    function
        The function that does the work.
    state_machine : stepfunctions.StateMachine
        Start it with ``.state_machine.grant_start_execution(...)``. It logs every step, without the data, and traces.
    failure_queue : sqs.IQueue or None
        Where events wait that fail again in ``function``; None if that is not a queue of this app, or not known.
    result_bucket : s3.Bucket
        Has the outcome of each child execution, for 90 days: numbers, keys of objects and reasons, no events.
    schedule : scheduler.Schedule or None
        The schedule.
    dead_letter_queue : sqs.IQueue or None
        Where starts wait that failed; None without a schedule.
    alarms : list of cloudwatch.Alarm
        All that watch this construct.

    Raises
    ------
    ValueError
        If there is neither or both of ``bucket`` and ``queue``, nobody to get the events, a ``source_queue`` for a
        bucket, one that is ``queue`` itself, or FIFO where the other is not; if ``queue`` has a dead-letter queue; if
        ``stream`` or ``table`` come without a queue and a function, or the table has no stream; if a prefix is
        empty or has wildcards, the place is of another Region or account, or a number is out of its range. For the
        failure target of ``function`` as ``AsyncInvocation`` does.
    TypeError
        If a parameter is not such a CDK object, or a number is a truth value.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket: AnyBucket | None = None,
        prefix: str | None = None,
        queue: AnyQueue | None = None,
        function: AnyFunction | None = None,
        source_queue: AnyQueue | None = None,
        stream: AnyStream | None = None,
        table: AnyTable | None = None,
        max_concurrency: int = 10,
        rate: float | None = None,
        timeout: Duration | None = None,
        schedule: scheduler.ScheduleExpression | None = None,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(scope, id)
        timeout = timeout or Duration.hours(6)
        check_kinds(self, bucket=bucket, queue=queue, stream=stream, table=table, alarm_topic=alarm_topic)
        if function is not None:
            check_function(self, function)
        check_source(self, bucket, prefix, queue, function, source_queue)
        check_streams(self, queue, function, stream, table)
        check_numbers(self, max_concurrency, rate)
        check_range(self, "timeout", timeout, 60, 7 * 86_400)
        environment = {"MAX_CONCURRENCY": _text(max_concurrency), "TIMEOUT": _text(timeout.to_seconds())}
        if rate is not None:
            environment["RATE"] = _text(rate)
        if function is not None:
            environment["FUNCTION_ARN"] = function.function_arn
        if source_queue is not None:
            environment["SOURCE_QUEUE_ARN"] = source_queue.queue_arn
        if bucket is not None and function is not None:
            prefix = check_prefix(self, _prefix_of(function) if prefix is None else prefix)
            environment |= {"PLACE_ARN": bucket.bucket_arn, "PREFIX": prefix}
        elif queue is not None:
            environment |= {"PLACE_ARN": queue.queue_arn, "QUEUE_URL": queue.queue_url}
        self.failure_queue: AnyQueue | None = None
        self.alarms: list[cloudwatch.Alarm] = []
        if function is not None and stream is None and table is None:
            self._catch_again(function, alarm_topic)
        self.function = make_function(self, environment)
        self.result_bucket = make_result_bucket(self)
        items = state_machine.workers()
        if bucket is not None and prefix is not None:
            items = state_machine.objects(Stack.of(self).partition, bucket.bucket_name, prefix)
            access.let_take_objects(self.function, bucket, prefix)
        if queue is not None:
            access.let_take_messages(self.function, queue)
        if function is not None:
            access.let_invoke(self.function, function)
            if queue is not None:
                refuse_others(self, queue, function)
        if source_queue is not None:
            access.let_send(self.function, source_queue)
        if stream is not None:
            access.let_read_stream(self.function, stream)
        if table is not None:
            access.let_read_table(self.function, table)
        self.state_machine = self._make_state_machine(items, timeout)
        access.let_run(self, self.state_machine, self.function, self.result_bucket)
        if bucket is not None and prefix is not None:
            self.state_machine.add_to_role_policy(access.let_list(bucket, prefix))
        self.alarms += self._watch(alarm_topic)
        self.schedule: scheduler.Schedule | None = None
        self.dead_letter_queue: AnyQueue | None = None
        if schedule is not None:
            self.schedule, self.dead_letter_queue = start_by_schedule(self, self.state_machine, schedule, alarm_topic)
            self.alarms.append(watch(self.dead_letter_queue, None))

    def _catch_again(self, function: AnyFunction, alarm_topic: AnyTopic | None) -> None:
        """See to it that what fails again is not lost; of an imported function, who invoked it first has done so."""
        owned = owned_function(function)
        if owned is None:
            return
        capture = catch_failed_executions(function, alarm_topic=alarm_topic)
        acknowledge_no_dead_letter_queue(function, "Failed events go to the on-failure destination, which says more")
        self.failure_queue, self.alarms = capture.failure_queue, capture.alarms
        refuse_circle(self, alarm_topic, owned, self.failure_queue)

    def _make_state_machine(self, items: dict[str, object], timeout: Duration) -> stepfunctions.StateMachine:
        seconds = known_seconds(timeout)
        stack = Stack.of(self)
        states = state_machine.definition(
            function=self.function.function_arn,
            partition=stack.partition,
            items=items,
            result_bucket=self.result_bucket.bucket_name,
            timeout=None if seconds is None else int(seconds),
        )
        return stepfunctions.StateMachine(
            self,
            "StateMachine",
            definition_body=stepfunctions.DefinitionBody.from_string(stack.to_json_string(states)),
            tracing_enabled=True,
            logs=stepfunctions.LogOptions(
                destination=logs.LogGroup(self, "StateMachineLog", retention=logs.RetentionDays.ONE_MONTH),
                level=stepfunctions.LogLevel.ALL,
            ),
        )

    def _watch(self, alarm_topic: AnyTopic | None) -> list[cloudwatch.Alarm]:
        machine, period = self.state_machine, Duration.minutes(5)
        metrics = {
            "ExecutionsFailed": machine.metric_failed(period=period, statistic="Sum"),
            "ExecutionsTimedOut": machine.metric_timed_out(period=period, statistic="Sum"),
            "ExecutionsAborted": machine.metric_aborted(period=period, statistic="Sum"),
            "FunctionErrors": self.function.metric_errors(period=period, statistic="Sum"),
        }
        return [
            WatchedAlarm(
                self,
                f"{name}Alarm",
                metric=metric,
                threshold=1,
                description=f"The redrive {self.node.path} has left events where they were: see its last executions.",
                alarm_topic=alarm_topic,
            )
            for name, metric in metrics.items()
        ]


def _prefix_of(function: AnyFunction) -> str:
    owned = owned_function(function)
    name = owned.function_name if owned is not None else Fn.select(6, Fn.split(":", function.function_arn))
    return f"aws/lambda/async/{name}/"


def _text(number: float) -> str:
    return Tokenization.stringify_number(number) if Token.is_unresolved(number) else str(number)
