"""Function URL."""

from collections.abc import Sequence

from aws_cdk import Annotations, Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_no_dead_letter_queue
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.checks import check_function, check_kinds, refuse_version
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFunction, AnyGrantable, AnyTopic

# What runs on a custom runtime or in a container image streams as its author made it.
_STREAMING = (lambda_.RuntimeFamily.NODEJS, lambda_.RuntimeFamily.OTHER, None)


class FunctionUrlToLambda(Construct):
    """An HTTPS address of its own for a function, which answers each request synchronously.

    The handler gets the request in payload format 2.0 and returns ``{"statusCode": ..., "headers": ..., "body": ...}``.
    If it raises, the client gets 502; for a bad request it returns a 4xx instead of raising. The client waits as long
    as the function may take.

    Where a failed event goes
        *delivery* and *execution*: nowhere. The client waits for the answer, sees the error, and decides whether to
        send the request again, so a request may arrive twice. Nothing is retried or kept on the way.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias or imported. Versions have no URLs.
    auth_type
        Who may call. Default: callers that sign with IAM credentials. ``FunctionUrlAuthType.NONE`` is public.
    invokers
        Who is allowed to call the URL; each gets both actions that a call needs, ``lambda:InvokeFunctionUrl`` and
        ``lambda:InvokeFunction`` (AWS: lambda/urls-auth). Default: nobody yet; later, ``.url.grant_invoke_url(...)``.
    invoke_mode
        ``InvokeMode.RESPONSE_STREAM`` sends up to 200 MB as it comes, but not from a function in a VPC, and of the
        managed runtimes only Node.js can by itself: either gets a warning (AWS:
        lambda/configuration-response-streaming).
        Default: ``BUFFERED``, up to 6 MB at once.
    cors
        Which web pages of other origins may call. Default: none.
    alarm_topic
        Notified by the alarm on server errors. Default: it notifies nobody.

    Attributes
    ----------
    function
        What was given.
    url : lambda_.FunctionUrl
        Its address is ``.url.url``.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If the function is a version, or if ``invokers`` are given for a public URL.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        auth_type: lambda_.FunctionUrlAuthType = lambda_.FunctionUrlAuthType.AWS_IAM,
        invokers: Sequence[AnyGrantable] = (),
        invoke_mode: lambda_.InvokeMode = lambda_.InvokeMode.BUFFERED,
        cors: lambda_.FunctionUrlCorsOptions | None = None,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function)
        check_kinds(self, alarm_topic=alarm_topic)
        refuse_version(self, function, "versions have no URLs")
        if auth_type is lambda_.FunctionUrlAuthType.NONE and invokers:
            raise ValueError(
                f"{self.node.path}: expected invokers only for a URL that asks who calls, got "
                f"{len(invokers)} for a public one; leave out invokers, or auth_type"
            )
        if invoke_mode is lambda_.InvokeMode.RESPONSE_STREAM:
            self._warn_of_streaming(function)
        self.function = function
        self.url = lambda_.FunctionUrl(
            self, "Url", function=function, auth_type=auth_type, invoke_mode=invoke_mode, cors=cors
        )
        for invoker in invokers:
            check_kinds(self, invokers=invoker)
            self.url.grant_invoke_url(invoker)
        acknowledge_no_dead_letter_queue(function, "The URL invokes synchronously, which never uses such a queue")
        self.alarms = [
            WatchedAlarm(
                self,
                "ServerErrorsAlarm",
                metric=function.metric("Url5xxCount", period=Duration.minutes(1), statistic="Sum"),
                threshold=1,
                evaluation_periods=3,
                description=f"Requests to {self.node.path} keep ending in server errors: see the function's logs.",
                alarm_topic=alarm_topic,
            )
        ]

    def _warn_of_streaming(self, function: AnyFunction) -> None:
        owned = owned_function(function)
        if owned is None:
            return
        if owned.is_bound_to_vpc:
            Annotations.of(self).add_warning_v2(
                "lambda-invocation-constructs:responseStreamingVpc",
                f"{function.node.path} is in a VPC, from where a function URL streams no responses: leave out "
                "invoke_mode, or the VPC; if callers stream with InvokeWithResponseStream instead, acknowledge this "
                "warning",
            )
        if owned.runtime.family not in _STREAMING:
            Annotations.of(self).add_warning_v2(
                "lambda-invocation-constructs:responseStreaming",
                f"the runtime {owned.runtime.name} of {function.node.path} streams no responses by itself: with the "
                "Lambda Web Adapter or a custom runtime, acknowledge this warning; else leave out invoke_mode",
            )
