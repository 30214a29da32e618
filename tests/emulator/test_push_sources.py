import base64
import gzip
import json

import pytest

from tests.emulator.bench import ACCOUNT, REGION, Bench

pytestmark = pytest.mark.e2e


def failing(bench: Bench) -> tuple[str, str]:
    """Make a function that fails, and its DLQ."""
    queue = bench.queue()
    dlq = {"TargetArn": queue}
    return bench.function("raise RuntimeError", ("sqs:SendMessage", queue), DeadLetterConfig=dlq), queue


def test_a_subscription_filter_is_retried(bench: Bench) -> None:
    function, queue = failing(bench)
    group, logs = bench.name("group"), bench.clients["logs"]
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    bench.permit(function, "logs.amazonaws.com", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:*")
    logs.put_subscription_filter(logGroupName=group, filterName="all", filterPattern="", destinationArn=function)
    logs.put_log_events(
        logGroupName=group, logStreamName="s", logEvents=[{"timestamp": 1_790_000_000_000, "message": "hello"}]
    )
    bench.wait_for_calls(3)
    event = json.loads(bench.messages(queue)[0]["Body"])
    data = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    assert [entry["message"] for entry in data["logEvents"]] == ["hello"]


@pytest.mark.parametrize("permitted", [True, False])
def test_an_iot_rule_is_retried_or_tells_its_error_action(bench: Bench, permitted: bool) -> None:
    function, queue = failing(bench)
    errors = bench.queue("errors")
    rule = bench.name("rule").replace("-", "_")
    if permitted:
        bench.permit(function, "iot.amazonaws.com", f"arn:aws:iot:{REGION}:{ACCOUNT}:rule/{rule}")
    role = bench.role("iot", ("sqs:SendMessage", errors), service="iot.amazonaws.com")
    bench.clients["iot"].create_topic_rule(
        ruleName=rule,
        topicRulePayload={
            "sql": f"SELECT * FROM '{rule}'",
            "actions": [{"lambda": {"functionArn": function}}],
            "errorAction": {"sqs": {"roleArn": role, "queueUrl": bench.url(errors)}},
        },
    )
    bench.clients["iot-data"].publish(topic=rule, payload=json.dumps({"n": 1}))
    if permitted:
        bench.wait_for_calls(3)
        assert json.loads(bench.messages(queue)[0]["Body"]) == {"n": 1}
        assert bench.is_empty(errors)
    else:
        (message,) = bench.messages(errors)
        assert json.loads(base64.b64decode(json.loads(message["Body"])["base64OriginalPayload"])) == {"n": 1}
        assert bench.calls() == []


@pytest.mark.parametrize("permitted", [True, False])
def test_a_bucket_uses_the_settings_of_the_alias_that_it_invokes(bench: Bench, permitted: bool) -> None:
    function, queue = failing(bench)
    client, bucket = bench.clients["lambda"], bench.name("bucket")
    version = client.publish_version(FunctionName=function)["Version"]
    client.create_alias(FunctionName=function, Name="live", FunctionVersion=version)
    client.put_function_event_invoke_config(FunctionName=function, Qualifier="live", MaximumRetryAttempts=1)
    bench.permit(f"{function}:live", "s3.amazonaws.com", f"arn:aws:s3:::{bucket}")
    bench.clients["s3"].create_bucket(Bucket=bucket)
    bench.clients["s3"].put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "LambdaFunctionConfigurations": [
                {"LambdaFunctionArn": f"{function}:live", "Events": ["s3:ObjectCreated:*"]}
            ]
        },
    )
    if not permitted:
        client.remove_permission(FunctionName=function, Qualifier="live", StatementId="push")
    bench.clients["s3"].put_object(Bucket=bucket, Key="k", Body=b"")
    if permitted:
        bench.wait_for_calls(2)
        assert json.loads(bench.messages(queue)[0]["Body"])["Records"][0]["s3"]["object"]["key"] == "k"
    else:
        assert bench.is_empty(queue)  # there is no place for it
        assert bench.calls() == []
