import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from constructs_lib import JobApi, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources, statements, warnings
from tests.offload.reading import definition, methods

KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:jobs"


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


def test_all_but_an_imported_api_is_watched(stack: Stack, function: LambdaFunction) -> None:
    api = apigateway.RestApi.from_rest_api_attributes(stack, "Mine", rest_api_id="abc", root_resource_id="def")
    topic = sns.Topic(stack, "Alarms")
    jobs = JobApi(stack, "Jobs", function=function, api=api, alarm_topic=topic)
    alarms = resources(stack, "AWS::CloudWatch::Alarm").values()
    assert {alarm["MetricName"] for alarm in alarms} == {
        "ApproximateNumberOfMessagesVisible",
        "ExecutionsFailed",
        "ExecutionsAborted",
    }
    assert len(jobs.alarms) == 3
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in alarms)


@pytest.mark.parametrize("imported", [True, False])
def test_a_fifo_topic_is_refused(stack: Stack, function: LambdaFunction, imported: bool) -> None:
    theirs = sns.Topic.from_topic_arn(stack, "Theirs", f"{TOPIC_ARN}.fifo")
    topic = theirs if imported else sns.Topic(stack, "Mine", fifo=True)
    with pytest.raises(ValueError, match=f"expected topic to be a standard topic, got the FIFO {topic.node.path};"):
        JobApi(stack, "Jobs", function=function, topic=topic)


def test_an_imported_key_of_the_topic_is_warned_of(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
    JobApi(stack, "Jobs", function=function, topic=sns.Topic(stack, "Mine", master_key=key))
    (warning,) = warnings(stack)
    assert "Stack/Mine: the policy of its imported key Stack/Key cannot be changed here" in warning
    assert "If the state machine's role may not use the key, jobs are done, but nobody is told" in warning
    assert "[ack: lambda-invocation-constructs:jobTopicKey]" in warning


def test_a_key_that_an_imported_topic_may_have_is_warned_of(stack: Stack, function: LambdaFunction) -> None:
    JobApi(stack, "Jobs", function=function, topic=sns.Topic.from_topic_arn(stack, "Theirs", TOPIC_ARN))
    (warning,) = warnings(stack)
    assert "Stack/Theirs: it was imported, and whether a customer-managed key encrypts it is not known" in warning


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_topic_of_this_app_is_not_warned_of(stack: Stack, function: LambdaFunction, encrypted: bool) -> None:
    key = kms.Key(stack, "Key") if encrypted else None
    JobApi(stack, "Jobs", function=function, topic=sns.Topic(stack, "Mine", master_key=key))
    assert warnings(stack) == []
