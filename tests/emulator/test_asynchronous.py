import json
from typing import Any

import pytest

from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e
FAIL = "raise RuntimeError('no luck')"


def send(bench: Bench, function: str, event: Any) -> None:
    answer = bench.clients["lambda"].invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(event))
    assert (answer["StatusCode"], answer.get("ExecutedVersion")) == (202, None)


def settings(bench: Bench, function: str, qualifier: str = "$LATEST", **values: Any) -> None:
    bench.clients["lambda"].put_function_event_invoke_config(FunctionName=function, Qualifier=qualifier, **values)


def test_a_failed_event_goes_to_the_dlq_as_it_was(bench: Bench) -> None:
    queue = bench.queue()
    function = bench.function(FAIL, ("sqs:SendMessage", queue), DeadLetterConfig={"TargetArn": queue})
    send(bench, function, {"n": 1})
    (message,) = bench.messages(queue)
    calls = bench.calls()
    assert len(calls) == 3  # two retries by default
    assert len({call["request"] for call in calls}) == 1
    assert json.loads(message["Body"]) == {"n": 1}
    assert message["MessageAttributes"] == {
        "RequestID": {"DataType": "String", "StringValue": calls[0]["request"]},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": "no luck"},
    }


def test_the_dlq_and_the_destination_both_receive_it(bench: Bench) -> None:
    dlq, destination = bench.queue("dlq"), bench.queue("destination")
    function = bench.function(
        FAIL, ("sqs:SendMessage", dlq), ("sqs:SendMessage", destination), DeadLetterConfig={"TargetArn": dlq}
    )
    settings(bench, function, MaximumRetryAttempts=1, DestinationConfig={"OnFailure": {"Destination": destination}})
    send(bench, function, {"n": 1})
    (message,) = bench.messages(destination)
    record = json.loads(message["Body"])
    assert record["version"] == "1.0"
    assert record["requestContext"] == {
        "requestId": bench.calls()[0]["request"],
        "functionArn": f"{function}:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 2,
    }
    assert record["requestPayload"] == {"n": 1}
    assert record["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    }
    assert record["responsePayload"]["errorMessage"] == "no luck"
    assert json.loads(bench.messages(dlq)[0]["Body"]) == {"n": 1}


def test_a_success_goes_to_its_destination(bench: Bench) -> None:
    queue = bench.queue()
    function = bench.function("return {'done': event['n']}", ("sqs:SendMessage", queue))
    settings(bench, function, DestinationConfig={"OnSuccess": {"Destination": queue}})
    send(bench, function, {"n": 1})
    record = json.loads(bench.messages(queue)[0]["Body"])
    assert record["requestContext"]["condition"] == "Success"
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert record["responsePayload"] == {"done": 1}


def test_a_bus_receives_the_record_as_an_event(bench: Bench) -> None:
    queue = bench.queue()
    bench.allow_service(queue, "events.amazonaws.com")
    events = bench.clients["events"]
    bus = events.create_event_bus(Name=bench.name("bus"))["EventBusArn"]
    rule = {"Name": bench.name("rule"), "EventBusName": bench.name("bus")}
    events.put_rule(**rule, EventPattern=json.dumps({"source": ["lambda"]}))
    events.put_targets(Rule=rule["Name"], EventBusName=rule["EventBusName"], Targets=[{"Id": "q", "Arn": queue}])
    function = bench.function(FAIL, ("events:PutEvents", bus))
    settings(bench, function, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": bus}})
    send(bench, function, {"n": 1})
    event = json.loads(bench.messages(queue)[0]["Body"])
    assert event["detail-type"] == "Lambda Function Invocation Result - Failure"
    assert event["resources"] == [f"{function}:$LATEST", bus]
    assert event["detail"]["requestPayload"] == {"n": 1}


def test_a_bucket_receives_the_record_as_an_object(bench: Bench) -> None:
    bucket = bench.name("failed")
    bench.clients["s3"].create_bucket(Bucket=bucket)
    function = bench.function(
        FAIL, ("s3:PutObject", f"arn:aws:s3:::{bucket}/*"), ("s3:ListBucket", f"arn:aws:s3:::{bucket}")
    )
    destination = {"OnFailure": {"Destination": f"arn:aws:s3:::{bucket}"}}
    settings(bench, function, MaximumRetryAttempts=0, DestinationConfig=destination)
    send(bench, function, {"n": 1})
    bench.wait_for_calls(1)
    (found,) = bench.clients["s3"].list_objects_v2(Bucket=bucket)["Contents"]
    assert found["Key"].startswith(f"aws/lambda/async/{bench.name('f')}/20")


def test_what_the_role_may_not_send_is_lost(bench: Bench) -> None:
    queue = bench.queue()
    function = bench.function(FAIL, DeadLetterConfig={"TargetArn": queue})
    settings(bench, function, MaximumRetryAttempts=0)
    send(bench, function, {"n": 1})
    bench.wait_for_calls(1)
    assert bench.is_empty(queue)


def test_an_alias_has_settings_of_its_own(bench: Bench) -> None:
    function = bench.function(FAIL)
    version = bench.clients["lambda"].publish_version(FunctionName=function)["Version"]
    bench.clients["lambda"].create_alias(FunctionName=function, Name="live", FunctionVersion=version)
    settings(bench, function, MaximumRetryAttempts=2)
    settings(bench, function, "live", MaximumRetryAttempts=0)
    send(bench, f"{function}:live", {"n": 1})
    bench.wait_for_calls(1)


@pytest.mark.slow_e2e
def test_a_throttle_uses_up_no_attempt(bench: Bench) -> None:
    queue = bench.queue()
    function = bench.function("time.sleep(0.1)", ("sqs:SendMessage", queue), DeadLetterConfig={"TargetArn": queue})
    settings(bench, function, MaximumRetryAttempts=0)
    bench.clients["lambda"].put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=1)
    for n in range(10):
        send(bench, function, {"n": n})
    assert sorted(call["event"]["n"] for call in bench.wait_for_calls(10)) == list(range(10))
    assert bench.is_empty(queue)


def test_no_concurrency_sends_events_straight_to_the_dlq(bench: Bench) -> None:
    queue = bench.queue()
    function = bench.function("pass", ("sqs:SendMessage", queue), DeadLetterConfig={"TargetArn": queue})
    bench.clients["lambda"].put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    send(bench, function, {"n": 1})
    bench.messages(queue)
    assert bench.calls() == []


def test_an_old_event_is_given_up(bench: Bench) -> None:
    queue = bench.queue()
    function = bench.function(FAIL, ("sqs:SendMessage", queue))
    settings(bench, function, MaximumEventAgeInSeconds=60, DestinationConfig={"OnFailure": {"Destination": queue}})
    send(bench, function, {"n": 1})
    record = json.loads(bench.messages(queue)[0]["Body"])
    assert record["requestContext"]["approximateInvokeCount"] == 1  # a minute passes before the second
    assert record["requestContext"]["condition"] != "RetriesExhausted"


def test_a_topic_receives_the_event_with_its_attributes(bench: Bench) -> None:
    queue = bench.queue()
    bench.allow_service(queue, "sns.amazonaws.com")
    topic = bench.clients["sns"].create_topic(Name=bench.name("topic"))["TopicArn"]
    bench.clients["sns"].subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"}
    )
    function = bench.function(FAIL, ("sns:Publish", topic), DeadLetterConfig={"TargetArn": topic})
    settings(bench, function, MaximumRetryAttempts=0)
    send(bench, function, {"n": 1})
    (message,) = bench.messages(queue)
    assert json.loads(message["Body"]) == {"n": 1}
    assert message["MessageAttributes"]["ErrorCode"]["StringValue"] == "200"
