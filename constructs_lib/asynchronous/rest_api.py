"""API Gateway REST API to a function that the client does not wait for."""

from typing import Unpack

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from constructs_lib.asynchronous.pattern import AsynchronousPattern, ExecutionOptions
from constructs_lib.offload.sqs import add_post
from constructs_lib.rest_apis import RestApiOptions, rest_api, root_of, watch_rest_api
from constructs_lib.types import AnyAuthorizer, AnyFunction, AnyRestApi


def _text(value: str) -> str:
    # escapeJavaScript escapes single quotes, too, which JSON does not know.
    return f'"$util.escapeJavaScript({value}).replaceAll("\\\\\'", "\'")"'


def _params(kind: str) -> str:
    value = f"$input.params().{kind}.get($name)"
    return (
        f"{{#foreach($name in $input.params().{kind}.keySet())"
        f"{_text('$name')}: {_text(value)}#if($foreach.hasNext), #end#end}}"
    )


# Fields and names as in the event of a proxy integration, so that one handler can serve both.
_EVENT = f"""{{
  "httpMethod": "$context.httpMethod",
  "resource": "$context.resourcePath",
  "path": {_text("$context.path")},
  "headers": {_params("header")},
  "pathParameters": {_params("path")},
  "queryStringParameters": {_params("querystring")},
  "requestContext": {{
    "requestId": "$context.requestId",
    "stage": "$context.stage",
    "identity": {{"sourceIp": "$context.identity.sourceIp", "userArn": "$context.identity.userArn"}},
    "authorizer": {{"claims": {{"sub": "$context.authorizer.claims.sub"}}}}
  }},
  "body": {_text("$input.body")},
  "isBase64Encoded": false
}}"""


class RestApiToLambdaAsync(AsynchronousPattern):
    """A REST API that hands requests to a function asynchronously, and answers 202 at once.

    ``POST`` takes a JSON body; the answer is ``{"requestId": "..."}``, the id that the event has in
    ``requestContext``. A body that does not fit the schema is answered 400, one that is not JSON 415, and neither
    invokes the function. The function may take as long as Lambda lets it. The handler gets the event of a proxy
    integration: ``body`` as text, ``headers``, ``path``, ``queryStringParameters``; the parts that have no use once the
    client is gone are missing. A request may be handled twice. What the handler returns is dropped, unless there is an
    ``on_success`` destination; a handler that cannot do the work must raise.

    Where a failed event goes
        *delivery*: the client gets an error as long as Lambda has not taken the event. *execution*: after the retries
        the event goes to ``on_failure``; by default to a failure queue beneath the function, which an alarm watches.
        To let clients ask what became of their request, use ``JobApi``.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role.
    path
        Where requests are posted, such as ``"orders"``. Default: at the root.
    request_schema
        What a body must be. Default: any JSON object.
    api
        An owned or imported REST API to add to. Default: a new one: Regional, access log, tracing, throttled.
    authorization_type
        Who may call a new API. Default: callers that sign with IAM credentials. ``AuthorizationType.NONE`` is public.
    authorizer
        Custom or Cognito authorizer for a new API. Default: none.
    throttling_rate_limit
        Requests per second that a new API lets through on average. Default: 100.
    throttling_burst_limit
        Requests that a new API lets through at once. Default: 200.
    cloud_watch_role
        Whether to set the account's role for logs, for every API of this account and Region. Default: no.
    options
        ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic`` of
        ``ExecutionOptions``. The topic is notified of server errors of the API, too, unless that is imported.

    Attributes
    ----------
    api
        What was given or made.
    integration : apigateway.LambdaIntegration
        For methods of your own, which have to declare the response 202.
    method : apigateway.Method
        The ``POST``. The other attributes are those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        If the root of an imported API is not known, if a setting of a new API comes with ``api``, and as
        ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        path: str | None = None,
        request_schema: apigateway.JsonSchema | None = None,
        api: AnyRestApi | None = None,
        authorization_type: apigateway.AuthorizationType | None = None,
        authorizer: AnyAuthorizer | None = None,
        throttling_rate_limit: int | None = None,
        throttling_burst_limit: int | None = None,
        cloud_watch_role: bool | None = None,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        settings = RestApiOptions(
            authorization_type=authorization_type,
            authorizer=authorizer,
            throttling_rate_limit=throttling_rate_limit,
            throttling_burst_limit=throttling_burst_limit,
            cloud_watch_role=cloud_watch_role,
        )
        self.api = rest_api(self, api, None, settings)
        self.integration = apigateway.LambdaIntegration(
            function,
            proxy=False,  # a proxy integration is always synchronous
            scope_permission_to_method=False,
            request_parameters={"integration.request.header.X-Amz-Invocation-Type": "'Event'"},
            request_templates={"application/json": _EVENT},
            passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
            # Of errors of Lambda itself, API Gateway makes a 500, whatever is mapped here.
            integration_responses=[
                apigateway.IntegrationResponse(
                    status_code="202", response_templates={"application/json": '{"requestId": "$context.requestId"}'}
                )
            ],
        )
        root = root_of(self, self.api)
        resource = root.resource_for_path(path) if path else root
        self.method = add_post(self, resource, self.integration, request_schema)
        is_owned = isinstance(self.api, apigateway.RestApi)
        self.alarms += watch_rest_api(self, self.api, options.get("alarm_topic") if is_owned else None)
