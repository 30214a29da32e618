"""CloudFront to a function, as Lambda@Edge."""

from typing import cast

from aws_cdk import Annotations, ArnFormat, Token
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from constructs_lib.acknowledge import acknowledge, acknowledge_no_dead_letter_queue, acknowledge_wildcard
from constructs_lib.checks import check_fast_enough, check_function
from constructs_lib.facts import EDGE_REGION, EDGE_TIMEOUT_MAX_SECONDS, EDGE_VIEWER_MEMORY_MAX_MEBIBYTES
from constructs_lib.synchronous.edge import custom_log_group, forbidden, resource_of
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFunction

_VIEWER = (cloudfront.LambdaEdgeEventType.VIEWER_REQUEST, cloudfront.LambdaEdgeEventType.VIEWER_RESPONSE)
_BODIES = (cloudfront.LambdaEdgeEventType.VIEWER_REQUEST, cloudfront.LambdaEdgeEventType.ORIGIN_REQUEST)


class CloudFrontToLambda(Construct):
    """A version of a function that CloudFront replicates and runs at its edges, synchronously.

    The handler returns the request or response that it got, changed or not, or for a request a response of its own. If
    it raises, the viewer gets 502 or 503.

    Where a failed event goes
        *delivery* and *execution*: nowhere. The viewer waits for the answer, sees the error, and decides whether to
        send the request again, so a request may arrive twice. Lambda@Edge allows no dead-letter queue.

    Give ``.edge_lambda`` to the behavior of a distribution: ``edge_lambdas=[headers.edge_lambda]``. Logs are written in
    the Region of the edge: in a group named like the function's own log group, which a ``LambdaFunction`` has, or else
    ``/aws/lambda/us-east-1.<function>`` (AWS: cloudfront/edge-functions-logs). The role is allowed to make that group
    there. What is set on the function's log group, such as its retention, applies in us-east-1 only.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        A function of this app in us-east-1, or a version of one, imported or not; at most 30 s. What Lambda@Edge
        forbids is refused; of a ``LambdaFunction``, set ``architecture=Architecture.X86_64`` and
        ``tracing=Tracing.DISABLED`` (AWS: cloudfront/lambda-at-edge-function-restrictions).
    event_type
        When CloudFront invokes it: on a request or response, of the viewer or of the origin.
    include_body
        Whether the handler gets the body of a request. Default: no.

    Attributes
    ----------
    function
        What was given.
    version : lambda_.IVersion
        What CloudFront runs. Of a function, its current version: a new one whenever the function changes.
    edge_lambda : cloudfront.EdgeLambda
        For the behavior of a distribution, which also lets ``edgelambda.amazonaws.com`` assume the role.
    alarms : list of cloudwatch.Alarm
        None: the metrics of an edge function are in the Regions of the edges.

    Raises
    ------
    ValueError
        If the function is an alias, or imported without version, is known not to stand in us-east-1, or has what
        Lambda@Edge forbids: another runtime than Python or Node.js, arm64, more than 30 s, environment variables, a
        VPC, a dead-letter queue, layers, tracing, more than 512 MiB in ``/tmp``, runtime updates that are not
        automatic, code encrypted with a key, or a version with provisioned concurrency; or if ``include_body`` is set
        for a response.
    TypeError
        If it is no function of the CDK.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        event_type: cloudfront.LambdaEdgeEventType,
        include_body: bool = False,
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function)
        owned = owned_function(function)
        if include_body and event_type not in _BODIES:
            raise ValueError(
                f"{self.node.path}: expected include_body only for requests, got {event_type.name}; leave it out"
            )
        if owned is not None:
            self._refuse_forbidden(owned)
            check_fast_enough(self, function, EDGE_TIMEOUT_MAX_SECONDS, "CloudFront")
        self.function = function
        self.version = self._numbered(function)
        if owned is not None:
            self._refuse_environment(owned)
            self._refuse_provisioned_concurrency()
        self.edge_lambda = cloudfront.EdgeLambda(
            event_type=event_type, function_version=self.version, include_body=include_body or None
        )
        if owned is not None:
            self._prepare(owned, event_type)
        self.alarms: list[cloudwatch.Alarm] = []

    def _numbered(self, function: AnyFunction) -> lambda_.IVersion:
        if isinstance(function, lambda_.Function):
            return function.current_version
        if hasattr(function, "version") and not hasattr(function, "alias_name"):
            return cast(lambda_.IVersion, function)
        raise ValueError(
            f"{self.node.path}: expected a function of this app or a version, got {function.node.path}; CloudFront "
            "runs numbered versions only: pass the version, for an imported one Version.from_version_arn(...)"
        )

    def _refuse_forbidden(self, function: lambda_.Function) -> None:
        region = function.stack.region
        if not Token.is_unresolved(region) and region != EDGE_REGION:
            raise ValueError(
                f"{self.node.path}: expected a function in {EDGE_REGION}, got {function.node.path} in {region}; put "
                f'it in a stack with env={{"region": "{EDGE_REGION}"}}'
            )
        for found, way_out in forbidden(function):
            raise ValueError(
                f"{self.node.path}: expected a function without what Lambda@Edge forbids, got {function.node.path} "
                f"with {found}; {way_out}"
            )

    def _refuse_environment(self, function: lambda_.Function) -> None:
        try:
            function.stack.resolve(self.version.edge_arn)  # the environment shows only so; CDK checks it there
        except RuntimeError as error:
            raise ValueError(
                f"{self.node.path}: expected a function without what Lambda@Edge forbids, got {function.node.path} "
                "with environment variables; put the values into the code, or read them from a parameter"
            ) from error

    def _refuse_provisioned_concurrency(self) -> None:
        resource = self.version.node.default_child
        if isinstance(resource, lambda_.CfnVersion) and resource.provisioned_concurrency_config is not None:
            raise ValueError(
                f"{self.node.path}: expected a version without what Lambda@Edge forbids, got {self.version.node.path} "
                "with provisioned concurrency; leave out provisioned_concurrent_executions"
            )

    def _prepare(self, function: lambda_.Function, event_type: cloudfront.LambdaEdgeEventType) -> None:
        acknowledge_no_dead_letter_queue(function, "Lambda@Edge allows no dead-letter queue")
        acknowledge(function, "Lambda@Edge allows no tracing", "Serverless-LambdaTracing")
        role = function.role
        if not isinstance(role, iam.Role):
            Annotations.of(self).add_warning_v2(
                "lambda-invocation-constructs:edgeRole",
                f"whether edgelambda.amazonaws.com may assume the imported role of {function.node.path} cannot be "
                "seen: allow it, then acknowledge this warning",
            )
        self._allow_logs(function)
        memory = resource_of(function).memory_size
        is_known = memory is not None and not Token.is_unresolved(memory)
        if is_known and event_type in _VIEWER and cast(float, memory) > EDGE_VIEWER_MEMORY_MAX_MEBIBYTES:
            Annotations.of(self).add_warning_v2(
                "lambda-invocation-constructs:edgeViewerMemory",
                f"{function.node.path} has {memory:g} MiB, and pages of AWS disagree on whether functions of viewer "
                f"events may have more than {EDGE_VIEWER_MEMORY_MAX_MEBIBYTES}; set memory_size, or acknowledge this "
                "warning",
            )

    def _allow_logs(self, function: lambda_.Function) -> None:
        group = custom_log_group(function)
        name = group or f"/aws/lambda/{EDGE_REGION}.{function.function_name}"
        arn = function.stack.format_arn(
            service="logs",
            region="*",
            resource="log-group",
            resource_name=name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        arns = [arn, f"{arn}:*"]
        statement = iam.PolicyStatement(
            actions=["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], resources=arns
        )
        role = cast(iam.IRole, function.role)
        holder: IConstruct = role
        if group is not None:
            function.add_to_role_policy(statement)
        else:
            # A policy of its own: the default policy, on which the function depends, cannot name the function.
            holder = iam.Policy(self, "Logs", roles=[role], statements=[statement])
        for each in arns:
            acknowledge_wildcard(holder, "CloudFront runs the function, and logs, in the Region of each edge", each)
