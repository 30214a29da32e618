"""API Gateway REST API to a function that the client does not wait for."""

from typing import Unpack

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from constructs_lib.asynchronous.pattern import AsynchronousPattern, ExecutionOptions
from constructs_lib.offload.sqs import add_post
from constructs_lib.offload.templates import text
from constructs_lib.rest_apis import RestApiOptions, rest_api, root_of, watch_rest_api
from constructs_lib.types import AnyAuthorizer, AnyFunction, AnyRestApi


def _object(values: str) -> str:
    return (
        f"{{#foreach($name in {values}.keySet())"
        f"{text('$name')}: {text(f'{values}.get($name)')}#if($foreach.hasNext), #end#end}}"
    )


# The context has the stage in front, unless the API has a domain name of its own.
_PATH = '$context.path.replaceFirst("^/${context.stage}(?![^/])/?", "/")'
# What an authorizer function returns is flat; the claims of a user pool are an object in it.
_AUTHORIZER = (
    f"{{#foreach($key in $context.authorizer.keySet()){text('$key')}: "
    f"#if($key == 'claims' && $context.authorizer.claims.keySet()){_object('$context.authorizer.claims')}"
    f"#else{text('$context.authorizer.get($key)')}#end#if($foreach.hasNext), #end#end}}"
)
# Fields and names as in the event of a proxy integration, so that one handler can serve both.
_EVENT = f"""{{
  "httpMethod": "$context.httpMethod",
  "resource": "$context.resourcePath",
  "path": {text(_PATH)},
  "headers": {_object("$input.params().header")},
  "pathParameters": {_object("$input.params().path")},
  "queryStringParameters": {_object("$input.params().querystring")},
  "stageVariables": {_object("$stageVariables")},
  "requestContext": {{
    "accountId": "$context.accountId",
    "apiId": "$context.apiId",
    "httpMethod": "$context.httpMethod",
    "path": {text("$context.path")},
    "requestId": "$context.requestId",
    "requestTimeEpoch": $context.requestTimeEpoch,
    "resourcePath": "$context.resourcePath",
    "stage": "$context.stage",
    "identity": {{
      "sourceIp": "$context.identity.sourceIp",
      "userAgent": {text("$context.identity.userAgent")},
      "userArn": {text("$context.identity.userArn")}
    }},
    "authorizer": {_AUTHORIZER}
  }},
  "body": {text("$input.body")},
  "isBase64Encoded": false
}}"""


class RestApiToLambdaAsync(AsynchronousPattern):
    """A REST API that hands requests to a function asynchronously, and answers 202 at once.

    ``POST`` takes a JSON body; the answer is ``{"requestId": "..."}``, the id that the event has in ``requestContext``.
    A body that does not fit the schema is answered 400, one that is not JSON 415, and neither invokes the function. The
    function may take as long as Lambda lets it. A request may be handled twice. What the handler returns is dropped,
    unless there is an ``on_success`` destination; a handler that cannot do the work must raise.

    The event
        That of a proxy integration, so that one handler can serve both: ``httpMethod``, ``resource``, ``path``,
        ``headers``, ``pathParameters``, ``queryStringParameters``, ``stageVariables``, ``body`` as text, and
        ``requestContext`` with what the authorizer says of the caller: ``authorizer`` has all that an authorizer
        function returned, or the ``claims`` of a user pool. Different are: what is empty is ``{}`` or ``""`` and not
        null, everything that an authorizer says is text, a header or parameter given twice is there once (there is no
        ``multiValueHeaders``), and of ``requestContext`` and its ``identity`` only the fields that tell who asked for
        what are there.

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
        For methods of your own, which have to declare the response 202. Each is allowed to invoke the function; the
        test of the console is not.
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
        topic = options.get("alarm_topic")
        self._refuse_circle(topic, source=self.api)
        self.integration = apigateway.LambdaIntegration(
            function,
            proxy=False,  # a proxy integration is always synchronous
            allow_test_invoke=False,  # a test of the console would be a request that counts
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
        self.alarms += watch_rest_api(self, self.api, topic if is_owned else None)
