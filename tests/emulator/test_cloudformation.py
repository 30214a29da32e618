import json
from typing import Any

import pytest

from tests.e2e.clients import wait_until
from tests.e2e.drivers.http import request
from tests.emulator.bench import REGION, Bench

pytestmark = pytest.mark.e2e


def deploy(bench: Bench, **resources: Any) -> str:
    stack = bench.name("stack")
    bench.clients["cloudformation"].create_stack(StackName=stack, TemplateBody=_template(resources))
    _wait(bench, stack, "CREATE_COMPLETE")
    return stack


def _template(resources: dict[str, Any]) -> str:
    return json.dumps({"Resources": {name: {"Type": t, "Properties": p} for name, (t, p) in resources.items()}})


def _wait(bench: Bench, stack: str, status: str) -> None:
    def found() -> str:
        return str(bench.clients["cloudformation"].describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

    wait_until(lambda: not found().endswith("IN_PROGRESS"), "an end", seconds=20)
    assert found() == status


def function(bench: Bench, **more: Any) -> tuple[str, dict[str, Any]]:
    code = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'hello'}"
    properties = {"FunctionName": bench.name("f"), "Handler": "index.handler", "Runtime": "python3.11"}
    return "AWS::Lambda::Function", {**properties, "Role": bench.role("r"), "Code": {"ZipFile": code}, **more}


def permission(service: str) -> tuple[str, dict[str, Any]]:
    properties = {"FunctionName": {"Fn::GetAtt": ["F", "Arn"]}, "Action": "lambda:InvokeFunction"}
    return "AWS::Lambda::Permission", {**properties, "Principal": service}


def test_a_function_has_its_dlq_and_reserved_concurrency(bench: Bench) -> None:
    queue = bench.queue()
    kind, properties = function(bench, DeadLetterConfig={"TargetArn": queue}, ReservedConcurrentExecutions=3)
    stack = deploy(bench, F=(kind, properties))
    client = bench.clients["lambda"]
    found = client.get_function(FunctionName=bench.name("f"))
    assert found["Configuration"]["DeadLetterConfig"] == {"TargetArn": queue}
    assert found["Concurrency"] == {"ReservedConcurrentExecutions": 3}

    properties["ReservedConcurrentExecutions"] = 0
    bench.clients["cloudformation"].update_stack(StackName=stack, TemplateBody=_template({"F": (kind, properties)}))
    _wait(bench, stack, "UPDATE_COMPLETE")
    found = client.get_function(FunctionName=bench.name("f"))
    assert found["Concurrency"] == {"ReservedConcurrentExecutions": 0}
    assert found["Configuration"]["DeadLetterConfig"] == {"TargetArn": queue}


@pytest.mark.parametrize(
    ("permitted", "status"), [("elasticloadbalancing.amazonaws.com", 200), ("apigateway.amazonaws.com", 502)]
)
def test_a_load_balancer_reaches_the_target_of_its_group_if_permitted(
    bench: Bench, permitted: str, status: int
) -> None:
    elb = "AWS::ElasticLoadBalancingV2"
    group = {"TargetType": "lambda", "Targets": [{"Id": {"Fn::GetAtt": ["F", "Arn"]}}]}
    listener = {
        "LoadBalancerArn": {"Ref": "B"},
        "Port": 80,
        "Protocol": "HTTP",
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "G"}}],
    }
    deploy(
        bench,
        F=function(bench),
        A=permission(permitted),
        G=(f"{elb}::TargetGroup", group),
        B=(f"{elb}::LoadBalancer", {"Name": bench.name("b"), "Type": "application"}),
        L=(f"{elb}::Listener", listener),
    )
    found = request("GET", f"{bench.clients.url}/_alb/{bench.name('b')}/", service=None)
    assert found.status == status
    assert (found.text == "hello") == (status == 200)


def test_the_mapping_of_a_stream_takes_batches_of_100_by_default(bench: Bench) -> None:
    stream = bench.clients["kinesis"]
    stream.create_stream(StreamName=bench.name("s"), ShardCount=1)
    arn = stream.describe_stream(StreamName=bench.name("s"))["StreamDescription"]["StreamARN"]
    mapping = {"EventSourceArn": arn, "FunctionName": {"Ref": "F"}, "StartingPosition": "TRIM_HORIZON"}
    deploy(bench, F=function(bench), M=("AWS::Lambda::EventSourceMapping", mapping))
    (found,) = bench.clients["lambda"].list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"]
    assert found["BatchSize"] == 100


def test_a_method_refuses_what_its_validator_does_not_let_through(bench: Bench) -> None:
    gateway, api = "AWS::ApiGateway", {"Ref": "A"}
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/${{F.Arn}}/invocations"
    method = {
        "RestApiId": api,
        "ResourceId": {"Fn::GetAtt": ["A", "RootResourceId"]},
        "HttpMethod": "POST",
        "AuthorizationType": "NONE",
        "Integration": {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": {"Fn::Sub": uri}},
        "RequestModels": {"application/json": {"Ref": "M"}},
        "RequestValidatorId": {"Ref": "V"},
    }
    deploy(
        bench,
        F=function(bench),
        A=(f"{gateway}::RestApi", {"Name": bench.name("api")}),
        M=(f"{gateway}::Model", {"RestApiId": api, "Name": "Order", "Schema": {"type": "object", "required": ["id"]}}),
        V=(f"{gateway}::RequestValidator", {"RestApiId": api, "ValidateRequestBody": True}),
        P=(f"{gateway}::Method", method),
        I=permission("apigateway.amazonaws.com"),
    )
    client = bench.clients["apigateway"]
    (found,) = (each["id"] for each in client.get_rest_apis()["items"] if each["name"] == bench.name("api"))
    client.create_deployment(restApiId=found, stageName="test")
    url = f"{bench.clients.url}/_aws/execute-api/{found}/test/"
    assert request("POST", url, '{"id": 1}').status == 200
    assert request("POST", url, '{"number": 1}').status == 400


def test_an_alarm_on_metric_math_is_made(bench: Bench) -> None:
    metric = {"Namespace": "AWS/Firehose", "MetricName": "ExecuteProcessing.Success"}
    metrics = [
        {"Id": "failed", "Expression": "1 - success"},
        {"Id": "success", "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Average"}, "ReturnData": False},
    ]
    alarm = {"AlarmName": bench.name("a"), "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}
    deploy(bench, A=("AWS::CloudWatch::Alarm", {**alarm, "Threshold": 0.01, "Metrics": metrics}))
    (found,) = bench.clients["cloudwatch"].describe_alarms(AlarmNames=[bench.name("a")])["MetricAlarms"]
    assert (found["MetricName"], found["Threshold"]) == ("ExecuteProcessing.Success", 0.01)
