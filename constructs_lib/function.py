"""The function that every pattern invokes, with the settings that CDK leaves to chance made explicit."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.acknowledge import acknowledge
from constructs_lib.bundling import bundle_python
from constructs_lib.facts import FUNCTION_TIMEOUT_MAX_SECONDS
from constructs_lib.failure import complete_dead_letter_target
from constructs_lib.grants import warn_of_missing
from constructs_lib.timeouts import known_seconds
from constructs_lib.types import AnyLogGroup, AnyQueue, AnyTopic


class LambdaFunction(lambda_.Function):
    """A ``lambda_.Function`` with explicit time, memory and logs, and an execution role of least privilege.

    Its role may write to its own log group and send traces, nothing else, until something is granted to it.
    Every pattern also takes a plain ``lambda_.Function`` (for what has no parameter here, such as a VPC), an alias, a
    version or an imported function.

    Parameters
    ----------
    scope, id
        Where the function stands in the construct tree. Its role and log group stand beside it, as ``<id>Role`` and
        ``<id>LogGroup``.
    code
        A folder of Python source, such as ``"handlers/orders"``: it is packed with the wheels of its
        ``requirements.txt``, for the function's architecture and Python version, without containers. Or any CDK
        ``Code``.
    handler
        What Lambda calls, module and function. Default: ``index.handler``.
    runtime
        Default: Python 3.14.
    timeout
        How long one invocation may take, at most 15 minutes (AWS: lambda/gettingstarted-limits). Default: 10 seconds.
    memory_size
        Memory in MiB, 128 to 10,240; processor time is in proportion. Default: 256.
    architecture
        Default: arm64.
    environment
        Environment variables. Default: none.
    description
        Default: none.
    layers
        Default: none.
    reserved_concurrent_executions
        Concurrency kept for this function, and its upper limit. Default: the account's unreserved concurrency.
    dead_letter_queue
        Standard queue or topic that gets the events of asynchronous invocations whose execution failed. Patterns then
        add no failure queue of their own. Default: none; an on-failure destination says more about the failure.
    tracing
        Default: active, so that X-Ray shows the whole way of an event.
    logging_format
        Default: JSON, so that logs can be queried by field.
    log_group
        Default: a new one with ``log_retention`` and ``log_removal_policy``.
    log_retention
        How long log events are kept. Default: one month.
    log_removal_policy
        What becomes of the new log group when it leaves the stack. Default: destroyed; its name is generated, so
        nothing would find it again.
    role
        An execution role to use; write access to the log group is added to it. A warning says what a role lacks whose
        policy cannot be changed, as it was imported with ``mutable=False``. Default: a new one.

    Raises
    ------
    ValueError
        If ``timeout`` is above 15 minutes, if ``dead_letter_queue`` is FIFO, if a setting of the new log group comes
        with ``log_group``, or if ``code`` names no folder, or is a folder and the runtime is not Python.
    RuntimeError
        If a requirement has no wheel for the function's architecture and Python version.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: lambda_.Code | str | Path,
        handler: str = "index.handler",
        runtime: lambda_.Runtime | None = None,
        timeout: Duration | None = None,
        memory_size: int = 256,
        architecture: lambda_.Architecture | None = None,
        environment: Mapping[str, str] | None = None,
        description: str | None = None,
        layers: Sequence[lambda_.ILayerVersion] | None = None,
        reserved_concurrent_executions: int | None = None,
        dead_letter_queue: AnyQueue | AnyTopic | None = None,
        tracing: lambda_.Tracing = lambda_.Tracing.ACTIVE,
        logging_format: lambda_.LoggingFormat = lambda_.LoggingFormat.JSON,
        log_group: AnyLogGroup | None = None,
        log_retention: logs.RetentionDays | None = None,
        log_removal_policy: RemovalPolicy | None = None,
        role: iam.Role | iam.IRole | None = None,
    ) -> None:
        if log_group is not None and (log_retention or log_removal_policy):
            raise ValueError(
                f"{scope.node.path}/{id}: expected log_retention and log_removal_policy only for a log group that the "
                "function makes, got log_group as well; set them on that log group instead"
            )
        if timeout is not None and (known_seconds(timeout) or 0) > FUNCTION_TIMEOUT_MAX_SECONDS:
            raise ValueError(
                f"{scope.node.path}/{id}: expected a timeout of at most {FUNCTION_TIMEOUT_MAX_SECONDS} s, got "
                f"{timeout.to_seconds()} s; split the work, or let Step Functions hold the long part"
            )
        runtime = runtime or lambda_.Runtime.PYTHON_3_14
        architecture = architecture or lambda_.Architecture.ARM_64
        if not isinstance(code, lambda_.Code):
            code = bundle_python(str(code), runtime=runtime, architecture=architecture)
        is_topic = hasattr(dead_letter_queue, "topic_arn")
        if log_group is None:
            log_group = logs.LogGroup(
                scope,
                f"{id}LogGroup",
                retention=log_retention or logs.RetentionDays.ONE_MONTH,
                removal_policy=log_removal_policy or RemovalPolicy.DESTROY,
            )
        if role is None:
            role = iam.Role(scope, f"{id}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
            if tracing is not lambda_.Tracing.DISABLED:
                acknowledge(
                    role,
                    "X-Ray has no resources to name: its write actions only take *",
                    "AwsSolutions-IAM5[Resource::*]",
                )
        super().__init__(
            scope,
            id,
            code=code,
            handler=handler,
            runtime=runtime,
            timeout=timeout or Duration.seconds(10),
            memory_size=memory_size,
            architecture=architecture,
            environment=environment,
            description=description,
            layers=layers,
            reserved_concurrent_executions=reserved_concurrent_executions,
            dead_letter_queue=None if is_topic else cast(AnyQueue | None, dead_letter_queue),
            dead_letter_topic=cast(AnyTopic, dead_letter_queue) if is_topic else None,
            tracing=tracing,
            logging_format=logging_format,
            log_group=log_group,
            role=role,
        )
        log_group.grant_write(self)
        writing = iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group.log_group_arn]
        )
        warn_of_missing(self, self, writing)
        complete_dead_letter_target(self)
