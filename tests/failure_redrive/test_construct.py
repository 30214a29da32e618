import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from constructs_lib import AsyncInvocation, FailureQueue, FailureRedrive, LambdaFunction, assert_no_findings
from tests.helpers import ACCOUNT, make_function, only, resources


@pytest.fixture
def failures(stack: Stack) -> s3.Bucket:
    return s3.Bucket(stack, "Failures")


@pytest.fixture
def queue(stack: Stack) -> FailureQueue:
    return FailureQueue(stack, "Queue")


def allowed(stack: Stack, role: str) -> list[dict[str, Any]]:
    """Return what the policies of a role allow, but for logs and traces, which are of the function's own class."""
    statements = []
    for policy in resources(stack, "AWS::IAM::Policy").values():
        if role in json.dumps(policy["Roles"]):
            statements += policy["PolicyDocument"]["Statement"]
    return [found for found in statements if not str(found["Action"]).startswith(("['logs:", "['xray:"))]


def definition(stack: Stack) -> dict[str, Any]:
    """Return the definition of the one state machine, with ``<...>`` for what is known only when deployed."""
    text = only(stack, "AWS::StepFunctions::StateMachine")["DefinitionString"]
    parts = text["Fn::Join"][1] if isinstance(text, dict) else [text]
    found: dict[str, Any] = json.loads("".join(part if isinstance(part, str) else _name(part) for part in parts))
    return found


def _name(token: dict[str, Any]) -> str:
    (value,) = token.values()
    return f"<{'.'.join(value) if isinstance(value, list) else value}>"


def redrive_function(stack: Stack) -> dict[str, Any]:
    found = [f for f in resources(stack, "AWS::Lambda::Function").values() if "failure_redrive" in f["Handler"]]
    assert len(found) == 1
    return found[0]


def test_objects_are_mapped_in_batches_and_failures_are_counted(
    stack: Stack, function: LambdaFunction, failures: s3.Bucket
) -> None:
    FailureRedrive(stack, "Redrive", bucket=failures, prefix="failed/", function=function)
    states = definition(stack)["States"]
    (of_redrive,) = (name for name in resources(stack, "AWS::Lambda::Function") if name.startswith("RedriveFunction"))
    assert states["Plan"]["Resource"] == f"<{of_redrive}.Arn>"
    assert states["Plan"]["Parameters"] == {"plan.$": "$$.Execution.Input", "started.$": "$$.Execution.StartTime"}
    redrive = states["Redrive"]
    assert redrive["ItemReader"] == {
        "Resource": "arn:<AWS::Partition>:states:::s3:listObjectsV2",
        "Parameters": {"Bucket": f"<{stack.resolve(failures.bucket_name)['Ref']}>", "Prefix": "failed/"},
        "ReaderConfig": {"MaxItemsPath": "$.limit"},
    }
    assert redrive["ItemBatcher"] == {"MaxItemsPerBatch": 100, "BatchInput": {"job.$": "$.job"}}
    assert redrive["MaxConcurrencyPath"] == "$.workers"
    assert redrive["ToleratedFailurePercentage"] == 100
    assert redrive["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    assert redrive["ResultWriter"]["Resource"].endswith(":states:::s3:putObject")
    child = redrive["ItemProcessor"]["States"]
    assert child["Work"]["Resource"] == f"<{of_redrive}.Arn>"
    assert {choice["Variable"]: choice["Next"] for choice in child["IsDone"]["Choices"]} == {
        "$.again": "Work",
        "$.done": "Done",
    }
    assert child[child["IsDone"]["Default"]]["Type"] == "Fail"
    (choice,) = states["IsAllDone"]["Choices"]
    assert [one["Variable"] for one in choice["Or"]] == ["$.parts.Failed", "$.parts.TimedOut", "$.parts.Aborted"]
    assert states[choice["Next"]]["Type"] == "Fail"
    assert states["CountFailures"]["Resource"].endswith("aws-sdk:sfn:describeMapRun")


def test_messages_are_shared_among_workers(stack: Stack, function: LambdaFunction, queue: FailureQueue) -> None:
    FailureRedrive(stack, "Redrive", queue=queue, function=function, max_concurrency=25, rate=2.5)
    redrive = definition(stack)["States"]["Redrive"]
    assert redrive["ItemsPath"] == "$.items"
    assert "ItemReader" not in redrive
    assert "ItemBatcher" not in redrive
    assert redrive_function(stack)["Environment"]["Variables"] == {
        "FUNCTION_ARN": stack.resolve(function.function_arn),
        "MAX_CONCURRENCY": "25",
        "PLACE_ARN": stack.resolve(queue.queue_arn),
        "QUEUE_URL": stack.resolve(queue.queue_url),
        "RATE": "2.5",
        "TIMEOUT": "21600",
    }


def test_every_task_is_tried_again_when_lambda_itself_fails(
    stack: Stack, function: LambdaFunction, queue: FailureQueue
) -> None:
    FailureRedrive(stack, "Redrive", queue=queue, function=function)
    states = definition(stack)["States"]
    for task in (states["Plan"], states["Redrive"]["ItemProcessor"]["States"]["Work"]):
        (retry,) = task["Retry"]
        assert {"Lambda.TooManyRequestsException", "Lambda.ServiceException"} <= set(retry["ErrorEquals"])
        assert task["TimeoutSeconds"] > redrive_function(stack)["Timeout"]


def test_an_execution_ends(stack: Stack, function: LambdaFunction, queue: FailureQueue) -> None:
    FailureRedrive(stack, "Redrive", queue=queue, function=function, timeout=Duration.hours(1))
    assert redrive_function(stack)["Environment"]["Variables"]["TIMEOUT"] == "3600"
    assert definition(stack)["TimeoutSeconds"] == 3_600 + 2 * 900


def grants(stack: Stack, role: str) -> dict[str, set[str]]:
    """Return the actions by what they are allowed on, as short text."""
    found: dict[str, set[str]] = {}
    for statement in allowed(stack, role):
        actions = statement["Action"]
        found.setdefault(_short(statement["Resource"]), set()).update(
            [actions] if isinstance(actions, str) else actions
        )
    return found


def _short(resource: Any) -> str:
    match resource:
        case {"Fn::Join": [_, parts]}:
            return "".join(part if isinstance(part, str) else _name(part) for part in parts)
        case {}:
            return _name(resource)
        case _:
            return str(resource)


def of(stack: Stack, token: str) -> str:
    """Return how a test names what a token stands for."""
    return _short(stack.resolve(token))


def test_the_function_may_take_objects_and_invoke_one_qualifier(
    stack: Stack, function: LambdaFunction, failures: s3.Bucket
) -> None:
    live = lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version)
    FailureRedrive(stack, "Redrive", bucket=failures, prefix="failed/", function=live)
    bucket = of(stack, failures.bucket_arn)
    assert grants(stack, "RedriveFunctionRole") == {
        f"{bucket}/failed/*": {"s3:GetObject", "s3:DeleteObject"},
        bucket: {"s3:ListBucket"},
        of(stack, live.function_arn): {"lambda:InvokeFunction"},
    }
    for role in ("RedriveFunctionRole", "RedriveStateMachineRole"):
        (listing,) = (found for found in allowed(stack, role) if found["Action"] == "s3:ListBucket")
        assert listing["Condition"] == {"StringLike": {"s3:prefix": "failed/*"}}


def test_the_function_may_take_messages_and_send_to_the_source(stack: Stack, function: LambdaFunction) -> None:
    keys = {name: kms.Key(stack, f"{name}Key") for name in ("Queue", "Source")}
    queue = FailureQueue(stack, "Queue", encryption_key=keys["Queue"])
    source = sqs.Queue(stack, "Source", encryption_master_key=keys["Source"])
    FailureRedrive(stack, "Redrive", queue=queue, function=function, source_queue=source)
    assert grants(stack, "RedriveFunctionRole") == {
        of(stack, queue.queue_arn): {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"},
        of(stack, source.queue_arn): {"sqs:GetQueueUrl", "sqs:SendMessage"},
        of(stack, function.function_arn): {"lambda:InvokeFunction"},
        of(stack, keys["Queue"].key_arn): {"kms:Decrypt"},
        of(stack, keys["Source"].key_arn): {"kms:Decrypt", "kms:GenerateDataKey"},
    }


def test_the_key_of_a_bucket_is_granted(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    FailureRedrive(
        stack, "Redrive", bucket=s3.Bucket(stack, "Failures", encryption_key=key), prefix="f/", function=function
    )
    assert grants(stack, "RedriveFunctionRole")[of(stack, key.key_arn)] == {"kms:Decrypt"}


def test_records_of_streams_may_be_fetched_back(stack: Stack, function: LambdaFunction, queue: FailureQueue) -> None:
    stream = kinesis.Stream(stack, "Stream", encryption=kinesis.StreamEncryption.KMS)
    table = dynamodb.Table(
        stack,
        "Table",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        stream=dynamodb.StreamViewType.NEW_IMAGE,
    )
    FailureRedrive(stack, "Redrive", queue=queue, function=function, stream=stream, table=table)
    found = grants(stack, "RedriveFunctionRole")
    assert found[of(stack, stream.stream_arn)] == {"kinesis:GetShardIterator", "kinesis:GetRecords"}
    assert table.table_stream_arn is not None
    assert found[of(stack, table.table_stream_arn)] == {"dynamodb:GetShardIterator", "dynamodb:GetRecords"}
    assert stream.encryption_key is not None
    assert found[of(stack, stream.encryption_key.key_arn)] == {"kms:Decrypt"}


def test_the_state_machine_may_run_its_children_and_write_their_outcome(
    stack: Stack, function: LambdaFunction, queue: FailureQueue
) -> None:
    redrive = FailureRedrive(stack, "Redrive", queue=queue, function=function)
    found = grants(stack, "RedriveStateMachineRole")
    here = "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>"
    name = of(stack, redrive.state_machine.state_machine_name)
    assert found == {
        of(stack, redrive.function.function_arn): {"lambda:InvokeFunction"},
        f"{of(stack, redrive.result_bucket.bucket_arn)}/Redrive/*": {
            "s3:PutObject",
            "s3:GetObject",
            "s3:ListMultipartUploadParts",
            "s3:AbortMultipartUpload",
        },
        of(stack, redrive.state_machine.state_machine_arn): {"states:StartExecution"},
        f"{here}:execution:{name}:*": {"states:DescribeExecution", "states:StopExecution"},
        f"{here}:execution:{name}/Redrive:*": {"states:RedriveExecution"},
        f"{here}:mapRun:{name}/Redrive:*": {"states:DescribeMapRun"},
    }


def test_it_is_logged_without_the_data_and_traced(stack: Stack, function: LambdaFunction, queue: FailureQueue) -> None:
    FailureRedrive(stack, "Redrive", queue=queue, function=function)
    machine = only(stack, "AWS::StepFunctions::StateMachine")
    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert not machine["LoggingConfiguration"].get("IncludeExecutionData")


def test_what_does_not_end_well_is_noticed(stack: Stack, function: LambdaFunction, queue: FailureQueue) -> None:
    topic = sns.Topic(stack, "Topic")
    redrive = FailureRedrive(stack, "Redrive", queue=queue, function=function, alarm_topic=topic)
    ours = {
        alarm["MetricName"]: alarm
        for name, alarm in resources(stack, "AWS::CloudWatch::Alarm").items()
        if name.startswith("Redrive")
    }
    assert set(ours) == {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "Errors"}
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in ours.values())
    assert {alarm.node.id for alarm in redrive.alarms} >= {f"{name}Alarm" for name in ours if name != "Errors"}


def test_a_schedule_starts_it_and_keeps_starts_that_failed(
    stack: Stack, function: LambdaFunction, queue: FailureQueue
) -> None:
    topic = sns.Topic(stack, "Topic")
    redrive = FailureRedrive(
        stack,
        "Redrive",
        queue=queue,
        function=function,
        schedule=scheduler.ScheduleExpression.rate(Duration.hours(1)),
        alarm_topic=topic,
    )
    assert redrive.dead_letter_queue is not None
    made = only(stack, "AWS::Scheduler::Schedule")
    assert made["ScheduleExpression"] == "rate(1 hour)"
    assert made["Target"]["Arn"] == stack.resolve(redrive.state_machine.state_machine_arn)
    assert made["Target"]["Input"] == "{}"
    assert made["Target"]["DeadLetterConfig"] == {"Arn": stack.resolve(redrive.dead_letter_queue.queue_arn)}
    assert grants(stack, "RedriveScheduleRole") == {
        of(stack, redrive.state_machine.state_machine_arn): {"states:StartExecution"},
        of(stack, redrive.dead_letter_queue.queue_arn): {"sqs:SendMessage"},
    }
    watched = json.dumps(resources(stack, "AWS::CloudWatch::Alarm"))
    assert json.dumps(stack.resolve(redrive.dead_letter_queue.queue_name)) in watched
    assert "FailedEventsAlarm" in {alarm.node.id for alarm in redrive.alarms if "Redrive/" in alarm.node.path}


def test_without_a_schedule_nothing_starts_it(stack: Stack, function: LambdaFunction, queue: FailureQueue) -> None:
    redrive = FailureRedrive(stack, "Redrive", queue=queue, function=function)
    assert (redrive.schedule, redrive.dead_letter_queue) == (None, None)
    assert resources(stack, "AWS::Scheduler::Schedule") == {}


@pytest.mark.parametrize("kind", ["owned", "alias", "imported"])
def test_the_prefix_is_that_of_the_function(
    stack: Stack, function: LambdaFunction, failures: s3.Bucket, kind: str
) -> None:
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:resize"
    make: dict[str, Callable[[], Any]] = {
        "owned": lambda: function,
        "alias": lambda: function.add_alias("live"),
        "imported": lambda: lambda_.Function.from_function_arn(stack, "Imported", arn),
    }
    FailureRedrive(stack, "Redrive", bucket=failures, function=make[kind]())
    prefix = definition(stack)["States"]["Redrive"]["ItemReader"]["Parameters"]["Prefix"]
    name = "resize" if kind == "imported" else of(stack, function.function_name)
    assert prefix == f"aws/lambda/async/{name}/"


def test_what_is_imported_will_do(stack: Stack) -> None:
    queue = sqs.Queue.from_queue_arn(stack, "Queue", f"arn:aws:sqs:us-east-1:{ACCOUNT}:failed.fifo")
    source = sqs.Queue.from_queue_arn(stack, "Source", f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders.fifo")
    FailureRedrive(stack, "Redrive", queue=queue, source_queue=source)
    assert redrive_function(stack)["Environment"]["Variables"]["PLACE_ARN"] == queue.queue_arn


def test_tokens_are_not_compared(stack: Stack, function: LambdaFunction, failures: s3.Bucket) -> None:
    number = CfnParameter(stack, "Number", type="Number")
    FailureRedrive(
        stack,
        "Redrive",
        bucket=failures,
        prefix=CfnParameter(stack, "Prefix").value_as_string,
        function=function,
        max_concurrency=number.value_as_number,  # type: ignore[arg-type]
        rate=number.value_as_number,
        timeout=Duration.seconds(number.value_as_number),
    )
    variables = redrive_function(stack)["Environment"]["Variables"]
    assert {variables[name]["Ref"] for name in ("MAX_CONCURRENCY", "RATE", "TIMEOUT")} == {"Number"}
    assert variables["PREFIX"] == {"Ref": "Prefix"}
    assert "TimeoutSeconds" not in definition(stack)


def test_it_may_stand_in_another_stack(app: App, function: LambdaFunction, stack: Stack) -> None:
    other = Stack(app, "Other")
    FailureRedrive(other, "Redrive", bucket=s3.Bucket(stack, "Failures"), function=function)
    assert Template.from_stack(other).find_resources("AWS::StepFunctions::StateMachine")


def configurations(stack: Stack) -> list[dict[str, Any]]:
    return list(resources(stack, "AWS::Lambda::EventInvokeConfig").values())


def test_what_fails_again_is_kept(stack: Stack, function: LambdaFunction, queue: FailureQueue) -> None:
    redrive = FailureRedrive(stack, "Redrive", queue=queue, function=function)
    (found,) = configurations(stack)
    assert redrive.failure_queue is not None
    target = found["DestinationConfig"]["OnFailure"]["Destination"]
    assert target == stack.resolve(redrive.failure_queue.queue_arn)


def test_the_failure_target_that_is_there_stays(stack: Stack, function: LambdaFunction) -> None:
    pattern = AsyncInvocation(stack, "Invocation", function=function, invokers=[])
    assert pattern.failure_queue is not None
    redrive = FailureRedrive(stack, "Redrive", queue=pattern.failure_queue, function=function)
    assert redrive.failure_queue is pattern.failure_queue
    assert len(configurations(stack)) == 1


@pytest.mark.parametrize("kind", ["imported", "polled", "dead-lettered", "no function"])
def test_no_failure_target_is_made_where_none_is_needed(stack: Stack, queue: FailureQueue, kind: str) -> None:
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:resize"
    settings: dict[str, Callable[[], dict[str, Any]]] = {
        "imported": lambda: {"function": lambda_.Function.from_function_arn(stack, "Imported", arn)},
        "polled": lambda: {"function": make_function(stack), "stream": kinesis.Stream(stack, "Stream")},
        "dead-lettered": lambda: {"function": make_function(stack, dead_letter_queue=queue)},
        "no function": lambda: {"source_queue": sqs.Queue(stack, "Source")},
    }
    FailureRedrive(stack, "Redrive", queue=queue, **settings[kind]())
    assert configurations(stack) == []


def test_its_own_rules_are_content(app: App, stack: Stack, function: LambdaFunction, queue: FailureQueue) -> None:
    FailureRedrive(
        stack,
        "Redrive",
        queue=queue,
        function=function,
        schedule=scheduler.ScheduleExpression.rate(Duration.hours(1)),
    )
    assert_no_findings(stack)
