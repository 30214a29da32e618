"""What the parts read, page by page."""

import json
import signal
import threading
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from constructs_lib.nag.run import run
from constructs_lib.nag.selection import choose_rules
from constructs_lib.operations.account import Account
from constructs_lib.operations.live.buckets import read_buckets
from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.firehose import read_delivery_streams
from constructs_lib.operations.live.functions import read_functions
from constructs_lib.operations.live.mappings import read_mappings
from constructs_lib.operations.live.parts import PARTS
from constructs_lib.operations.live.queues import read_queues
from constructs_lib.operations.live.reader import Live, read_account, read_parts
from constructs_lib.operations.live.rules import read_rules
from constructs_lib.operations.live.sources import read_sources
from tests.operations.conftest import Stub
from tests.operations.live.answers import ID, REGION, Answers, Refused
from tests.operations.live.safe import ANSWERS, JOBS, ORDERS, POLLER, ROLE, STREAM, TOPIC, WEB, permitted


def functions(stubber: Stubber, *pages: list[str]) -> None:
    for number, page in enumerate(pages):
        marker = {"Marker": str(number)} if number else {}
        more = {"NextMarker": str(number + 1)} if number + 1 < len(pages) else {}
        found = [{"FunctionName": name, "FunctionArn": f"{ORDERS}-{name}"} for name in page]
        stubber.add_response("list_functions", {"Functions": found, **more}, marker)


def test_functions_come_in_pages(account: Account, stub: Stub) -> None:
    stubber = stub("lambda")
    functions(stubber, ["a"], [], ["b"])
    for name in ("a", "b"):
        for method in ("get_function_concurrency", "get_function_recursion_config"):
            stubber.add_response(method, {}, {"FunctionName": name})
        stubber.add_response(
            "list_function_event_invoke_configs", {"FunctionEventInvokeConfigs": []}, {"FunctionName": name}
        )
        stubber.add_response("list_aliases", {"Aliases": [{"Name": "live"}]}, {"FunctionName": name})
        stubber.add_client_error("get_policy", "ResourceNotFoundException")
        policy = permitted(f"{ORDERS}-{name}:live", sns="arn:aws:sns:eu-west-1:1:x")
        stubber.add_response("get_policy", policy, {"FunctionName": name, "Qualifier": "live"})
        stubber.add_response("list_function_url_configs", {"FunctionUrlConfigs": []}, {"FunctionName": name})
    calls = Calls(account)
    # One after the other, as a stubber has its answers in a fixed order.
    calls.each = lambda function, several: [function(one) for one in several]  # type: ignore[method-assign]
    found = {item.logical_id: item for item in read_functions(calls)}
    assert list(found) == [
        *("function/a", "policy of function/a:live"),
        *("function/b", "policy of function/b:live"),
    ]
    assert found["policy of function/a:live"].properties["ResourceArn"] == f"{ORDERS}-a:live"
    assert calls.refusals == []


def test_event_buses_come_in_pages_though_boto3_has_no_paginator_for_them(account: Account, stub: Stub) -> None:
    stubber = stub("events")
    stubber.add_response("list_event_buses", {"EventBuses": [{"Name": "default"}], "NextToken": "2"}, {})
    stubber.add_response("list_event_buses", {"EventBuses": [{"Name": "orders"}]}, {"NextToken": "2"})
    for name in ("default", "orders"):
        stubber.add_response("describe_event_bus", {"Name": name}, {"Name": name})
        stubber.add_response("list_rules", {"Rules": []}, {"EventBusName": name})
    assert [item.logical_id for item in read_rules(Calls(account))] == ["bus/default", "bus/orders"]


def test_delivery_streams_come_in_pages_that_begin_after_a_name(account: Account, stub: Stub) -> None:
    stubber = stub("firehose")
    first = {"DeliveryStreamNames": ["a"], "HasMoreDeliveryStreams": True}
    stubber.add_response("list_delivery_streams", first, {"Limit": 100})
    last = {"DeliveryStreamNames": [], "HasMoreDeliveryStreams": False}
    stubber.add_response("list_delivery_streams", last, {"Limit": 100, "ExclusiveStartDeliveryStreamName": "a"})
    stubber.add_client_error("describe_delivery_stream", "ResourceNotFoundException")
    assert [item.logical_id for item in read_delivery_streams(Calls(account))] == ["delivery stream/a"]


@pytest.mark.parametrize(("refusals", "read"), [(3, True), (4, False)])
def test_a_call_that_is_throttled_is_begun_anew_some_times(refusals: int, read: bool) -> None:
    answers = iter([*([Refused("ThrottlingException")] * refusals), {"Topics": [{"TopicArn": TOPIC}]}])
    calls = Calls(Answers({"sns.list_topics": lambda **_: next(answers)}))
    found = calls.maybe_pages("sns.list_topics", "Topics", "list the topics")
    assert found == ([{"TopicArn": TOPIC}] if read else None)
    assert len(calls.refusals) == (not read)


def test_a_call_that_has_no_permission_of_its_own_cannot_be_made(account: Account) -> None:
    with pytest.raises(KeyError):
        Calls(account).one("sqs.delete_queue", "delete a queue", QueueUrl="x")


def test_a_queue_that_is_gone_meanwhile_is_left_out() -> None:
    account = Answers({"sqs.list_queues": {"QueueUrls": ["https://sqs/1/gone"]}})
    assert list(read_queues(Calls(account))) == []


def test_buckets_of_other_regions_are_left_out() -> None:
    buckets = [{"Name": "here", "BucketRegion": REGION}, {"Name": "there", "BucketRegion": "us-east-1"}]
    account = Answers({"s3.list_buckets": {"Buckets": buckets}})
    found = [item.logical_id for item in read_buckets(Calls(account))]
    assert found == ["bucket/here"]


def test_what_a_mapping_has_by_default_is_left_out_and_a_consumer_of_a_stream_is_none_of_its_readers() -> None:
    consumer = f"{STREAM}/consumer/fast:1700000000"
    found = {
        "UUID": "00000000-0000-0000-0000-000000000001",
        "EventSourceArn": consumer,
        "FunctionArn": f"{POLLER}:live",
        "State": "Disabled",
        "MaximumRetryAttempts": -1,
        "TumblingWindowInSeconds": 0,
        "DestinationConfig": {"OnFailure": {}},
    }
    account = Answers({"lambda.list_event_source_mappings": {"EventSourceMappings": [found]}})
    items = {item.type: item for item in read_mappings(Calls(account))}
    mapping = items["AWS::Lambda::EventSourceMapping"].properties
    assert mapping["Enabled"] is False
    assert not {"MaximumRetryAttempts", "TumblingWindowInSeconds"} & mapping.keys()
    assert items["AWS::Kinesis::StreamConsumer"].arn == consumer
    assert [item.arn for item in read_sources(Calls(account), items.values())] == [STREAM]


def rules_of(live: Live) -> list[str]:
    return [one.rule for one in run([live.app], choose_rules()).active]


def policy_of_web(policy: dict[str, Any]) -> dict[str, Any]:
    def answer(FunctionName: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - AWS names it
        return policy if FunctionName == "web" else {}

    return {"lambda.get_policy": answer}


@pytest.fixture(scope="module")
def whole() -> Answers:
    return Answers(ANSWERS)


def test_a_permission_of_an_invoker_that_is_gone_is_no_invoker(whole: Answers) -> None:
    gone = permitted(WEB, events=f"arn:aws:events:{REGION}:{ID}:rule/gone", s3="arn:aws:s3:::uploads")
    whole.answer({**ANSWERS, **policy_of_web(gone)})
    assert "AsyncFailureTarget" not in rules_of(read_account(whole))


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(f"arn:aws:events:{REGION}:999999999999:rule/theirs", id="of another account"),
        pytest.param(f"arn:aws:events:us-east-1:{ID}:rule/there", id="of another region"),
        pytest.param(f"arn:aws:events:{REGION}:{ID}:rule/*", id="of any name"),
    ],
)
def test_a_permission_of_an_invoker_that_is_not_read_is_one(whole: Answers, source: str) -> None:
    other = permitted(WEB, events=source)
    whole.answer({**ANSWERS, **policy_of_web(other)})
    assert "AsyncFailureTarget" in rules_of(read_account(whole))


def test_an_api_is_known_by_its_id_in_a_permission(whole: Answers) -> None:
    apis = [{"id": "abc123", "name": "pets"}, {"id": "zzz999", "name": "pets"}]
    other = permitted(WEB, apigateway=f"arn:aws:execute-api:{REGION}:{ID}:zzz999/prod/GET/pets")
    whole.answer({**ANSWERS, **policy_of_web(other), "apigateway.get_rest_apis": {"items": apis}})
    live = read_account(whole)
    refused = [one for one in run([live.app], choose_rules()).active if one.rule == "InvokePermission"]
    methods = [one.resource.label for one in refused if one.resource.type == "AWS::ApiGateway::Method"]
    assert methods == ["pets abc123 GET /pets"]


def test_the_key_that_aws_manages_goes_by_its_alias_however_a_queue_names_it(whole: Answers) -> None:
    managed = {"KeyMetadata": {"KeyId": "1", "Arn": f"arn:aws:kms:{REGION}:{ID}:key/1", "KeyManager": "AWS"}}
    whole.answer({**ANSWERS, "kms.describe_key": managed})
    assert "DeadLetterQueueKey" in rules_of(read_account(whole))


@pytest.mark.parametrize("granted", [False, True])
def test_a_grant_of_a_key_counts_as_its_policy(whole: Answers, granted: bool) -> None:
    (role,) = ANSWERS["iam.get_account_authorization_details"]["RoleDetailList"]
    keyless = [{**role, "AttachedManagedPolicies": role["AttachedManagedPolicies"][1:]}]
    grant = {"GranteePrincipal": ROLE, "Operations": ["Decrypt", "GenerateDataKey"]}
    answers = {
        "iam.get_account_authorization_details": {"RoleDetailList": keyless},
        "kms.list_grants": {"Grants": [grant] if granted else []},
    }
    whole.answer({**ANSWERS, **answers})
    live = read_account(whole)
    lacking = [one.message for one in run([live.app], choose_rules()).active if one.rule == "PollerPermission"]
    assert len([one for one in lacking if "kms:Decrypt" in one]) == (not granted)


def test_a_queue_names_its_dead_letter_queue_as_an_object() -> None:
    policy = json.dumps({"deadLetterTargetArn": JOBS, "maxReceiveCount": 3})
    attributes = {"QueueArn": JOBS, "RedrivePolicy": policy, "VisibilityTimeout": "30"}
    account = Answers(
        {
            "sqs.list_queues": {"QueueUrls": ["https://sqs/1/jobs"]},
            "sqs.get_queue_attributes": {"Attributes": attributes},
        }
    )
    (queue,) = read_queues(Calls(account))
    assert queue.properties["RedrivePolicy"] == {"deadLetterTargetArn": JOBS, "maxReceiveCount": 3}


def no_endpoint(service: str, region: str, address: str | None = None) -> Any:
    def fail(**_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url=address or f"https://{service}.{region}.amazonaws.com/")

    return fail


@pytest.mark.parametrize(
    ("region", "call", "address", "problems"),
    [
        pytest.param("mx-central-1", "iot.list_topic_rules", None, 0, id="not there"),
        pytest.param("eu-west-1", "iot.list_topic_rules", None, 1, id="there, but not reached"),
        pytest.param("mx-central-1", "iot.list_topic_rules", "http://127.0.0.1:4566/", 1, id="of an emulator"),
        pytest.param("mx-central-1", "iam.get_account_authorization_details", None, 1, id="in no region"),
    ],
)
def test_a_service_that_a_region_does_not_have_holds_nothing(
    region: str, call: str, address: str | None, problems: int
) -> None:
    service = call.partition(".")[0]
    calls = Calls(Answers({call: no_endpoint(service, region, address)}, region))
    assert calls.maybe_pages(call, "rules", "list them") == (None if problems else [])
    assert len(calls.refusals) == problems


def test_the_environment_of_a_function_is_dropped_for_there_can_be_secrets_in_it() -> None:
    found = {"FunctionName": "a", "FunctionArn": ORDERS, "Environment": {"Variables": {"PASSWORD": "hunter2"}}}
    live = read_parts(Answers({"lambda.list_functions": {"Functions": [found]}}), PARTS[:1])
    assert live.arns["function/a"] == ORDERS
    assert "hunter2" not in json.dumps([template.body for template in live.app.templates])


@pytest.mark.parametrize("code", ["NoSuchBucketPolicy", "PolicyNotFoundException", "ResourceNotFoundException"])
def test_that_there_is_no_policy_is_no_refusal(code: str) -> None:
    calls = Calls(Answers({"dynamodb.get_resource_policy": Refused(code)}))
    assert calls.maybe("dynamodb.get_resource_policy", "read the policy", ResourceArn="x") == {}
    assert calls.refusals == []


def test_an_interrupted_reading_makes_no_more_calls(whole: Answers) -> None:
    reached, released = threading.Event(), threading.Event()

    def hang(**_: Any) -> Any:
        if not reached.is_set():
            reached.set()
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        released.wait(60)
        return {}

    functions = [{"FunctionName": f"f{number}", "FunctionArn": f"{ORDERS}{number}"} for number in range(100)]
    whole.answer({"lambda.list_functions": {"Functions": functions}, "lambda.get_function_concurrency": hang})
    before = set(threading.enumerate())
    try:
        with pytest.raises(KeyboardInterrupt):
            read_account(whole)
        assert not released.is_set()
    finally:
        released.set()
        for thread in set(threading.enumerate()) - before:
            thread.join(60)
    assert 0 < whole.asked.count("lambda.get_function_concurrency") < 10
    assert "lambda.get_function_recursion_config" not in whole.asked
