"""CloudWatch Logs subscription filters to a function."""

from typing import Unpack, cast

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_logs_destinations as destinations
from constructs import Construct

from constructs_lib.asynchronous.pattern import AsynchronousPattern, ExecutionOptions
from constructs_lib.checks import check_kinds
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFilterPattern, AnyFunction, AnyLogGroup

# Where a function logs that has no other log group (AWS: lambda/monitoring-cloudwatchlogs).
_DEFAULT_PREFIX = "/aws/lambda/"


class LogsToLambda(AsynchronousPattern):
    """A log group whose events a function gets, asynchronously and in batches.

    An event arrives at least once: the handler must bear seeing it twice. It finds a batch in
    ``event["awslogs"]["data"]``, packed with gzip and base64 (AWS: logs/SubscriptionFilters). What the handler returns
    is dropped, unless there is an ``on_success`` destination; a handler that cannot do the work must raise.

    Where a failed event goes
        *delivery*: nowhere. CloudWatch Logs retries for up to 24 hours, and has no dead-letter queue; if the function
        is missing or does not allow it, the log events are lost at once (AWS: logs/SubscriptionFilters).
        *execution*: after the retries the batch goes to ``on_failure``; by default to a failure queue beneath the
        function, which an alarm watches.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role.
    log_group
        An owned or imported log group of the same account and Region, not the function's own. A log group has at most
        two subscription filters (AWS: logs quotas).
    filter_pattern
        Which log events to send. Default: all.
    options
        ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic`` of
        ``ExecutionOptions``.

    Attributes
    ----------
    log_group
        What was given.
    subscription_filter : logs.SubscriptionFilter
        The filter. The other attributes are those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        If the function itself logs to the log group, and as ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        log_group: AnyLogGroup,
        filter_pattern: AnyFilterPattern | None = None,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, log_group=log_group, filter_pattern=filter_pattern)
        self._refuse_circle(options.get("alarm_topic"))
        self.log_group = log_group
        if self._logs_to(log_group):
            raise ValueError(
                f"{self.node.path}: expected a log group that {function.node.path} does not write to, got its own, "
                f"{log_group.node.path}; each invocation would log, and so cause the next: pass another log group"
            )
        self.subscription_filter = logs.SubscriptionFilter(
            self,
            "SubscriptionFilter",
            log_group=log_group,
            destination=destinations.LambdaDestination(function),
            filter_pattern=filter_pattern or logs.FilterPattern.all_events(),
        )

    def _logs_to(self, log_group: AnyLogGroup) -> bool:
        # Not function.log_group: to answer, CDK may make a resource that configures the log group.
        resource = cast(logs.CfnLogGroup | None, log_group.node.default_child)
        names = {log_group.log_group_name, resource and resource.log_group_name}
        return not names.isdisjoint(_log_group_names(self.function))


def _log_group_names(function: AnyFunction) -> set[str]:
    owned = owned_function(function)
    if owned is None:
        base = getattr(function, "lambda_", function)
        return {f"{_DEFAULT_PREFIX}{base.function_name}"}
    resource = cast(lambda_.CfnFunction, owned.node.default_child)
    chosen = getattr(resource.logging_config, "log_group", None)
    if chosen is not None:
        return {chosen}
    return {f"{_DEFAULT_PREFIX}{name}" for name in (owned.function_name, resource.function_name) if name is not None}
