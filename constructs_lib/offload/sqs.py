"""REST API to a queue to a function."""

from typing import Unpack

from aws_cdk import Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from constructs_lib.checks import check_function, check_kinds
from constructs_lib.offload.integrations import api_role, method_responses, send_message
from constructs_lib.offload.stacks import check_stacks, scope_beside
from constructs_lib.polling.sqs import SqsToLambda
from constructs_lib.rest_apis import RestApiOptions, rest_api, root_of, watch_rest_api
from constructs_lib.types import AnyFunction, AnyKey, AnyRestApi, AnyTopic

ANY_OBJECT = apigateway.JsonSchema(type=apigateway.JsonSchemaType.OBJECT)


class RestApiToSqsToLambda(Construct):
    """A REST API that puts each valid request on a queue and answers 202; a function works through the queue.

    ``POST`` takes a JSON body, which becomes the message as it is; the answer is ``{"messageId": "..."}``. A body that
    does not fit the schema is answered 400 and goes nowhere; one that SQS does not take, being too large or with
    characters that no message may have, 400 or 413. 429 says that SQS throttles: the client may try again. A request
    may be handled twice: SQS delivers at least once, and a client that lost the answer sends it again. The handler
    returns what that of ``SqsToLambda`` does.

    Where a failed event goes
        *delivery*: the client gets an error while the message is not on the queue. If Lambda cannot poll the queue,
        because the function is deleted or its role may not receive, messages stay there until the queue no longer keeps
        them. *execution*: a message that was received five times without success moves to the dead-letter queue of the
        queue, which an alarm watches.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported.
    path
        Where requests are posted, such as ``"orders"``. Default: at the root.
    request_schema
        What a body must be. Default: any JSON object.
    api
        An owned or imported REST API to add to. Default: a new one.
    encryption_key
        Customer-managed key for the queue and its dead-letter queue. Default: SSE-SQS.
    visibility_timeout
        As of ``SqsToLambda``. Default: 6 times the function's timeout.
    alarm_topic
        Notified by the alarms of the dead-letter queue and the API; of an imported API there is none. Default: they
        notify nobody.
    options
        The settings of a new API: ``RestApiOptions``.

    Attributes
    ----------
    function, api
        What was given or made.
    queue, dead_letter_queue, mapping
        Those of ``SqsToLambda``.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        As ``SqsToLambda`` and ``RestApiToLambda`` do; the function's time is not limited by the API. If the stack of
        ``api`` is not that of the pattern, but that of something that the pattern needs, too.
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
        encryption_key: AnyKey | None = None,
        visibility_timeout: Duration | None = None,
        alarm_topic: AnyTopic | None = None,
        **options: Unpack[RestApiOptions],
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function)
        check_kinds(self, api=api, encryption_key=encryption_key, alarm_topic=alarm_topic)
        check_stacks(
            self,
            api,
            Stack.of(self),
            function=function.function_arn,
            encryption_key=encryption_key.key_arn if encryption_key else None,
            alarm_topic=alarm_topic.topic_arn if alarm_topic else None,
        )
        worker = SqsToLambda(
            self,
            "Worker",
            function=function,
            encryption_key=encryption_key,
            visibility_timeout=visibility_timeout,
            alarm_topic=alarm_topic,
        )
        self.function = function
        self.queue, self.dead_letter_queue, self.mapping = worker.queue, worker.dead_letter_queue, worker.mapping
        self.api = rest_api(self, api, None, options)
        root = root_of(self, self.api)
        resource = root.resource_for_path(path) if path else root
        add_post(self, resource, send_message(self.queue, api_role(self)), request_schema)
        self.alarms = [*worker.alarms, *watch_rest_api(self, self.api, alarm_topic, watches_more=True)]


def add_post(
    pattern: Construct,
    resource: apigateway.IResource,
    integration: apigateway.Integration,
    schema: apigateway.JsonSchema | None,
) -> apigateway.Method:
    """Add a ``POST`` whose body must fit a schema, and which answers 202."""
    scope = scope_beside(pattern, resource)
    model = apigateway.Model(
        scope, "RequestModel", rest_api=resource.api, content_type="application/json", schema=schema or ANY_OBJECT
    )
    validator = apigateway.RequestValidator(
        scope,
        "RequestValidator",
        rest_api=resource.api,
        validate_request_body=True,
        validate_request_parameters=True,
    )
    return resource.add_method(
        "POST",
        integration,
        request_models={"application/json": model},
        request_validator=validator,
        method_responses=method_responses("202"),
    )
