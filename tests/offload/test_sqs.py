import json

from aws_cdk import Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from constructs_lib import LambdaFunction, RestApiToSqsToLambda
from tests.helpers import make_function, only, resources, statements
from tests.offload.reading import methods, template_of


def test_a_request_becomes_a_message_and_is_answered_202(stack: Stack, function: LambdaFunction) -> None:
    orders = RestApiToSqsToLambda(stack, "Orders", function=function, path="orders")
    post = methods(stack)["POST"]
    assert post["Integration"]["Type"] == "AWS"
    assert post["Integration"]["PassthroughBehavior"] == "NEVER"
    assert json.dumps(stack.resolve(orders.queue.queue_name)) in json.dumps(post["Integration"]["Uri"])
    template = post["Integration"]["RequestTemplates"]["application/json"]
    assert template == "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
    assert "messageId" in template_of(post, "202")
    assert {response["StatusCode"] for response in post["MethodResponses"]} == {"202", "400", "413", "429", "500"}
    assert only(stack, "AWS::ApiGateway::Resource")["PathPart"] == "orders"


def test_only_a_valid_body_gets_through(stack: Stack, function: LambdaFunction) -> None:
    schema = apigateway.JsonSchema(type=apigateway.JsonSchemaType.OBJECT, required=["sku"])
    RestApiToSqsToLambda(stack, "Orders", function=function, request_schema=schema)
    validator = only(stack, "AWS::ApiGateway::RequestValidator")
    assert (validator["ValidateRequestBody"], validator["ValidateRequestParameters"]) == (True, True)
    assert only(stack, "AWS::ApiGateway::Model")["Schema"]["required"] == ["sku"]
    assert "RequestValidatorId" in methods(stack)["POST"]
    assert "application/json" in methods(stack)["POST"]["RequestModels"]


def test_the_api_may_send_to_this_queue_only(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    orders = RestApiToSqsToLambda(stack, "Orders", function=function, encryption_key=key)
    queue_arn, key_arn = stack.resolve(orders.queue.queue_arn), stack.resolve(key.key_arn)
    found = statements(stack)
    assert {"Action": "sqs:SendMessage", "Effect": "Allow", "Resource": queue_arn} in found
    assert {"Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Effect": "Allow", "Resource": key_arn} in found


def test_a_failed_message_ends_in_the_dead_letter_queue(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    orders = RestApiToSqsToLambda(stack, "Orders", function=function, alarm_topic=topic)
    assert orders.dead_letter_queue is not None
    redrive = [
        queue["RedrivePolicy"] for queue in resources(stack, "AWS::SQS::Queue").values() if "RedrivePolicy" in queue
    ]
    assert redrive == [{"deadLetterTargetArn": stack.resolve(orders.dead_letter_queue.queue_arn), "maxReceiveCount": 5}]
    alarms = resources(stack, "AWS::CloudWatch::Alarm").values()
    assert len(orders.alarms) == len(alarms) == 2
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in alarms)


def test_a_slow_function_is_welcome_behind_a_queue(stack: Stack) -> None:
    RestApiToSqsToLambda(stack, "Orders", function=make_function(stack, timeout=Duration.minutes(15)))
    assert 5400 in [queue.get("VisibilityTimeout") for queue in resources(stack, "AWS::SQS::Queue").values()]


def test_the_queue_is_watched_behind_an_imported_api(stack: Stack, function: LambdaFunction) -> None:
    api = apigateway.RestApi.from_rest_api_attributes(stack, "Mine", rest_api_id="abc", root_resource_id="def")
    topic = sns.Topic(stack, "Topic")
    orders = RestApiToSqsToLambda(stack, "Orders", function=function, api=api, alarm_topic=topic)
    alarm = only(stack, "AWS::CloudWatch::Alarm")
    assert len(orders.alarms) == 1
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)]
