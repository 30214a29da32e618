"""Step Functions state machine to a function."""

from typing import Unpack

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from constructs_lib.acknowledge import acknowledge, acknowledge_no_dead_letter_queue, acknowledge_wildcard
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.asynchronous.pattern import ExecutionOptions
from constructs_lib.checks import check_function, check_kinds, refuse_unknown
from constructs_lib.delivery import delivery_dead_letter_queue
from constructs_lib.execution import catch_failed_executions
from constructs_lib.failure import watch
from constructs_lib.synchronous.invoke_task import CALLBACK, allow_response, make_task
from constructs_lib.types import AnyFunction, AnyQueue


class StateMachineToLambda(Construct):
    """A state machine of one task that invokes a function, retries it and keeps what fails.

    Step Functions invokes at least once: errors of the Lambda service and throttling are tried again six times, so the
    handler must bear seeing an input twice. What it returns is the output of the execution; a handler that cannot do
    the work must raise. Invoked asynchronously, what it returns is dropped. With a callback, the handler gets
    ``{"taskToken": ..., "input": ...}``, and the execution waits until someone calls ``SendTaskSuccess`` or
    ``SendTaskFailure`` with that token; the function may, unless its role is not known or not to be changed, of which a
    warning tells.

    Where a failed event goes
        *delivery* and *execution*: after the retries, the input, the error and the id of the execution go to
        ``failure_queue``, which an alarm watches, and the execution fails. Invoked asynchronously, what the handler
        fails on goes to ``on_failure``; by default to a failure queue beneath the function, which both then share.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported; to be invoked asynchronously, with its role.
    invocation_type
        ``LambdaInvocationType.EVENT`` invokes asynchronously: the execution is over when Lambda has queued the event.
        Default: ``REQUEST_RESPONSE``, which waits.
    integration_pattern
        ``IntegrationPattern.WAIT_FOR_TASK_TOKEN`` waits for a callback. Default: ``REQUEST_RESPONSE``.
    task_timeout
        How long one try may take; needed with a callback, which Step Functions would await for a year. Default: the
        function's timeout, or 15 minutes if that is not known, and 10 seconds for a new environment.
    dead_letter_queue
        A standard queue for failed executions. Default: a new ``FailureQueue``, or that of the function if it is
        invoked asynchronously.
    options
        ``alarm_topic``, notified when a failed execution waits; and with ``LambdaInvocationType.EVENT`` the other
        parameters of ``ExecutionOptions``.

    Attributes
    ----------
    function
        What was given.
    state_machine : stepfunctions.StateMachine
        Start it with ``.state_machine.grant_start_execution(...)``. It logs every step, without the data, and traces.
    task : tasks.LambdaInvoke
        To add retries of your own errors to.
    failure_queue : sqs.IQueue
        Where failed executions wait.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If a callback has no ``task_timeout`` or is invoked asynchronously, if ``dead_letter_queue`` is FIFO, or if
        options of asynchronous invocation come without it. With it, as ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object, or there is no such parameter.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        invocation_type: tasks.LambdaInvocationType = tasks.LambdaInvocationType.REQUEST_RESPONSE,
        integration_pattern: stepfunctions.IntegrationPattern = stepfunctions.IntegrationPattern.REQUEST_RESPONSE,
        task_timeout: Duration | None = None,
        dead_letter_queue: AnyQueue | None = None,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id)
        refuse_unknown(self, options, ExecutionOptions)
        check_function(self, function)
        check_kinds(self, alarm_topic=options.get("alarm_topic"))
        is_event = invocation_type is tasks.LambdaInvocationType.EVENT
        self._check(is_event, integration_pattern is CALLBACK, task_timeout, options)
        self.function = function
        self.alarms: list[cloudwatch.Alarm] = []
        shared: AnyQueue | None = None
        if is_event:
            capture = catch_failed_executions(function, **options)
            self.alarms, shared = capture.alarms, capture.failure_queue
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        topic = options.get("alarm_topic")
        self.failure_queue = delivery_dead_letter_queue(self, dead_letter_queue, shared, role, topic)
        self.alarms = list(dict.fromkeys([*self.alarms, watch(self.failure_queue, topic)]))
        self.task = make_task(
            self,
            function,
            self.failure_queue,
            invocation_type=invocation_type,
            integration_pattern=integration_pattern,
            timeout=task_timeout,
        )
        self.state_machine = stepfunctions.StateMachine(
            self,
            "StateMachine",
            definition_body=stepfunctions.DefinitionBody.from_chainable(self.task),
            role=role,
            logs=stepfunctions.LogOptions(
                destination=logs.LogGroup(self, "Log", retention=logs.RetentionDays.ONE_MONTH),
                level=stepfunctions.LogLevel.ALL,
            ),
            tracing_enabled=True,
        )
        failures = WatchedAlarm(
            self,
            "ExecutionsFailedAlarm",
            metric=self.state_machine.metric_failed(period=Duration.minutes(5), statistic="Sum"),
            threshold=1,
            description=f"Executions of {self.node.path} failed: see the failure queue, or else the execution.",
            alarm_topic=topic,
        )
        self.alarms.append(failures)
        acknowledge(
            role,
            "Log deliveries and X-Ray have no resources to name: their actions only take *",
            "AwsSolutions-IAM5[Resource::*]",
        )
        acknowledge_wildcard(role, "CDK lets a task invoke every version and alias", f"{function.function_arn}:*")
        if integration_pattern is CALLBACK:
            allow_response(self, function, self.state_machine)
        acknowledge_no_dead_letter_queue(function, "The state machine, or the on-failure destination, has the event")

    def _check(self, is_event: bool, is_callback: bool, timeout: Duration | None, options: ExecutionOptions) -> None:
        if is_callback and (is_event or timeout is None):
            found = "invocation_type=EVENT" if is_event else "none"
            expected = "to be invoked synchronously" if is_event else "to have a task_timeout"
            raise ValueError(
                f"{self.node.path}: expected a task that waits for a callback {expected}, got {found}; without, an "
                "execution whose handler failed would wait for a year"
            )
        useless = ", ".join(name for name, value in options.items() if value is not None and name != "alarm_topic")
        if useless and not is_event:
            raise ValueError(
                f"{self.node.path}: expected {useless} only with invocation_type=LambdaInvocationType.EVENT, got "
                f"{useless} for a task that waits; its failures end in dead_letter_queue"
            )
