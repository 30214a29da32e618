import json
from typing import Any

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as stepfunctions

from constructs_lib import JobApi, LambdaFunction, RestApiToSqsToLambda, RestApiToStateMachine
from tests.helpers import make_function, only, resources, statements


def methods(stack: Stack) -> dict[str, dict[str, Any]]:
    return {method["HttpMethod"]: method for method in resources(stack, "AWS::ApiGateway::Method").values()}


def template_of(method: dict[str, Any], status: str) -> str:
    (response,) = (
        response for response in method["Integration"]["IntegrationResponses"] if response["StatusCode"] == status
    )
    return str(response["ResponseTemplates"]["application/json"])


def definition(stack: Stack) -> dict[str, Any]:
    """Return the state machine's definition, its references as their JSON."""
    _, parts = only(stack, "AWS::StepFunctions::StateMachine")["DefinitionString"]["Fn::Join"]
    text = "".join(
        part if isinstance(part, str) else str(next(iter(part.values()))).replace('"', "'") for part in parts
    )
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@pytest.fixture
def machine(stack: Stack) -> stepfunctions.StateMachine:
    body = stepfunctions.DefinitionBody.from_chainable(stepfunctions.Succeed(stack, "Done"))
    return stepfunctions.StateMachine(stack, "Machine", definition_body=body)


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


def test_a_request_starts_an_execution(stack: Stack, machine: stepfunctions.StateMachine) -> None:
    RestApiToStateMachine(stack, "Reports", state_machine=machine)
    post = methods(stack)["POST"]
    request = post["Integration"]["RequestTemplates"]["application/json"]
    assert json.dumps(stack.resolve(machine.state_machine_arn)) in json.dumps(request)
    assert "$util.escapeJavaScript($input.body)" in json.dumps(request)
    assert "executionId" in template_of(post, "202")
    arn = stack.resolve(machine.state_machine_arn)
    assert {"Action": "states:StartExecution", "Effect": "Allow", "Resource": arn} in statements(stack)


def test_what_is_no_state_machine_is_refused(stack: Stack) -> None:
    with pytest.raises(TypeError, match="expected state_machine to be a state machine of the CDK, got 'reports'"):
        RestApiToStateMachine(stack, "Reports", state_machine="reports")  # type: ignore[arg-type]


def test_a_job_is_started_and_can_be_asked_for(stack: Stack, function: LambdaFunction) -> None:
    JobApi(stack, "Jobs", function=function)
    found = methods(stack)
    assert set(found) == {"POST", "GET"}
    assert {resource["PathPart"] for resource in resources(stack, "AWS::ApiGateway::Resource").values()} == {
        "jobs",
        "{id}",
    }


def test_the_history_of_one_s_jobs_is_all_that_the_api_may_read(stack: Stack, function: LambdaFunction) -> None:
    jobs = JobApi(stack, "Jobs", function=function)
    machine = stack.resolve(jobs.state_machine.state_machine_arn)
    assert {"Action": "states:StartExecution", "Effect": "Allow", "Resource": machine} in statements(stack)
    (read,) = (each for each in statements(stack) if each["Action"] == "states:GetExecutionHistory")
    parts = read["Resource"]["Fn::Join"][1]
    assert (parts[-2], parts[-1]) == (stack.resolve(jobs.state_machine.state_machine_name), ":*")
    assert parts[-3].endswith(":execution:")


def test_only_the_worker_has_events_of_a_function(stack: Stack, function: LambdaFunction) -> None:
    """The status goes by them: a task by the function's ARN has ``LambdaFunction...`` events, others ``Task...``."""
    JobApi(stack, "Jobs", function=function)
    states = definition(stack)["States"]
    assert states["Work"]["Resource"] == str(stack.resolve(function.function_arn)["Fn::GetAtt"])
    others = {state["Resource"] for name, state in states.items() if "Resource" in state and name != "Work"}
    assert {resource.rsplit(":", 2)[-2] for resource in others} == {"sns", "sqs"}


def test_a_failed_job_is_retried_kept_told_and_failed(stack: Stack, function: LambdaFunction) -> None:
    jobs = JobApi(stack, "Jobs", function=function, retry_attempts=3)
    states = definition(stack)["States"]
    work = states["Work"]
    service, every = work["Retry"]
    assert "Lambda.ServiceException" in service["ErrorEquals"]
    assert "Lambda.TooManyRequestsException" in service["ErrorEquals"]
    assert (every["ErrorEquals"], every["MaxAttempts"]) == (["States.ALL"], 3)
    (catch,) = work["Catch"]
    assert catch == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "KeepFailedJob"}
    keep = states["KeepFailedJob"]
    assert keep["Parameters"]["QueueUrl"] == stack.resolve(jobs.failure_queue.queue_url)["Ref"]
    assert keep["Parameters"]["MessageBody"] == {"jobId.$": "$$.Execution.Name", "input.$": "$"}
    assert keep["Next"] == "PublishFailed"
    assert keep["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.notKept", "Next": "PublishFailed"}]
    assert states["PublishFailed"]["Parameters"]["Message"]["status"] == "failed"
    assert states["PublishFailed"]["Next"] == "Failed"
    assert states["Failed"]["ErrorPath"] == "$.failure.Error"


def test_a_done_job_is_told_and_keeps_its_result(stack: Stack, function: LambdaFunction) -> None:
    JobApi(stack, "Jobs", function=function)
    states = definition(stack)["States"]
    assert states["Work"]["Next"] == "PublishSucceeded"
    assert states["PublishSucceeded"]["ResultPath"] is None  # what it publishes does not replace the result
    assert states["PublishSucceeded"]["Next"] == "Succeeded"


def test_step_functions_waits_a_little_longer_than_the_function(stack: Stack) -> None:
    JobApi(stack, "Jobs", function=make_function(stack, timeout=Duration.minutes(5)))
    assert definition(stack)["States"]["Work"]["TimeoutSeconds"] == 310


def test_the_state_machine_logs_and_traces(stack: Stack, function: LambdaFunction) -> None:
    JobApi(stack, "Jobs", function=function)
    machine = only(stack, "AWS::StepFunctions::StateMachine")
    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert machine["TracingConfiguration"] == {"Enabled": True}


def test_a_topic_of_the_user_is_told(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Mine")
    assert JobApi(stack, "Jobs", function=function, topic=topic).topic is topic
    assert len(resources(stack, "AWS::SNS::Topic")) == 1
    arn = stack.resolve(topic.topic_arn)
    assert {"Action": "sns:Publish", "Effect": "Allow", "Resource": arn} in statements(stack)


def test_attempts_out_of_range_are_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected retry_attempts to be from 0 to 10, got 11"):
        JobApi(stack, "Jobs", function=function, retry_attempts=11)


def test_no_attempts_leave_only_those_of_the_service(stack: Stack, function: LambdaFunction) -> None:
    JobApi(stack, "Jobs", function=function, retry_attempts=0)
    assert len(definition(stack)["States"]["Work"]["Retry"]) == 1


def test_telling_is_tried_again_and_never_changes_the_outcome(stack: Stack, function: LambdaFunction) -> None:
    JobApi(stack, "Jobs", function=function)
    states = definition(stack)["States"]
    for name, then in (("PublishSucceeded", "Succeeded"), ("PublishFailed", "Failed")):
        assert states[name]["Retry"][0]["MaxAttempts"] == 6
        assert states[name]["Catch"][0]["Next"] == then
    assert states["KeepFailedJob"]["Retry"][0]["MaxAttempts"] == 6


def test_a_topic_with_a_key_can_be_told(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    JobApi(stack, "Jobs", function=function, topic=sns.Topic(stack, "Mine", master_key=key))
    arn = stack.resolve(key.key_arn)
    granted = [found["Action"] for found in statements(stack) if found["Resource"] == arn]
    assert ["kms:Decrypt", "kms:GenerateDataKey"] in granted


def test_failed_and_aborted_executions_are_watched(stack: Stack, function: LambdaFunction) -> None:
    jobs = JobApi(stack, "Jobs", function=function)
    metrics = {alarm["MetricName"] for alarm in resources(stack, "AWS::CloudWatch::Alarm").values()}
    assert {"ExecutionsFailed", "ExecutionsAborted", "5XXError", "ApproximateNumberOfMessagesVisible"} == metrics
    assert len(jobs.alarms) == 4


def test_an_express_state_machine_is_refused(stack: Stack) -> None:
    machine = stepfunctions.StateMachine(
        stack,
        "Machine",
        definition_body=stepfunctions.DefinitionBody.from_chainable(stepfunctions.Succeed(stack, "Done")),
        state_machine_type=stepfunctions.StateMachineType.EXPRESS,
    )
    with pytest.raises(ValueError, match="expected a standard state machine, got the express Stack/Machine"):
        RestApiToStateMachine(stack, "Reports", state_machine=machine)
