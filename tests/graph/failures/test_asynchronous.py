from typing import Any

import pytest

from constructs_lib.graph.failures.asynchronous import failure_targets
from constructs_lib.graph.failures.failure_queues import failure_queues
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.invokers.targets import Qualifier, Target
from constructs_lib.graph.template import Environment
from constructs_lib.graph.values import UNKNOWN
from tests.graph.build import FUNCTION, make_world


def config(function: Any, qualifier: Any, destination: Any = "arn") -> dict[str, Any]:
    properties = {
        "FunctionName": function,
        "Qualifier": qualifier,
        "DestinationConfig": {"OnFailure": {"Destination": destination}},
    }
    return {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": properties}


@pytest.mark.parametrize(
    ("resource", "qualifier", "protected"),
    [
        (config({"Ref": "Fn"}, "$LATEST"), "$LATEST", True),
        (config({"Ref": "Fn"}, "$LATEST"), "live", True),
        (config({"Ref": "Fn"}, "live"), "live", True),
        (config({"Ref": "Fn"}, "live"), "$LATEST", False),
        (config({"Ref": "Fn"}, {"Ref": "Nothing"}), "$LATEST", True),
        (config({"Ref": "Fn"}, "live"), UNKNOWN, True),
        (config({"Ref": "Nothing"}, "$LATEST"), "$LATEST", True),
        (config("elsewhere", "$LATEST"), "$LATEST", False),
        (config({"Ref": "Other"}, "$LATEST"), "$LATEST", False),
        (config({"Ref": "Fn"}, "$LATEST", {"Ref": "Nothing"}), "$LATEST", True),
        (config({"Ref": "Fn"}, {"Fn::GetAtt": ["Version", "Version"]}), "7", True),
        (config({"Ref": "Fn"}, {"Fn::GetAtt": ["Version", "Version"]}), "live", False),
        (config({"Ref": "Fn"}, {"Fn::GetAtt": ["Version", "Version"]}), "$LATEST", False),
        (config({"Ref": "Fn"}, "${stageVariables.alias}"), "live", True),
        (config("{{resolve:ssm:/name}}", "$LATEST"), "$LATEST", True),
        (config({"Ref": "Fn"}, "$LATEST", {"Ref": "AWS::NoValue"}), "$LATEST", False),
    ],
)
def test_failure_targets(resource: Any, qualifier: Qualifier, protected: bool) -> None:
    other = {"Type": "AWS::Lambda::Function"}
    version = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Fn"}}}
    world = make_world({"Resources": {"Fn": FUNCTION, "Other": other, "Version": version, "Config": resource}})
    target = Target(world.app.templates[0].resources["Fn"], qualifier)
    assert bool(failure_targets(world, target)) is protected


def test_a_qualifier_as_cdk_takes_it_from_an_alias() -> None:
    alias = {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Fn"}, "Name": {"Ref": "Nothing"}}}
    qualifier = {"Fn::Select": [7, {"Fn::Split": [":", {"Ref": "Alias"}]}]}
    rule = {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Arn": {"Ref": "Alias"}}]}}
    resources = {"Fn": FUNCTION, "Alias": alias, "Config": config({"Ref": "Fn"}, qualifier), "Rule": rule}
    world = make_world({"Resources": resources})
    from constructs_lib.graph.invokers.invocations import invocations

    ((invocation,),) = world.once(invocations).values()
    assert failure_targets(world, invocation.target)
    assert not failure_targets(world, Target(invocation.function))


@pytest.mark.parametrize(
    ("source", "service", "known"),
    [
        ({"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}}, "sqs", True),
        ({"EventSourceArn": "arn:aws:sqs:eu-west-1:1:jobs"}, "sqs", True),
        ({"EventSourceArn": "arn:aws:sqs:eu-west-1:1:elsewhere"}, "sqs", False),
        ({"EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]}}, "dynamodb", True),
        (
            {"EventSourceArn": "arn:aws:dynamodb:eu-west-1:1:table/orders/stream/2026-01-01T00:00:00.000"},
            "dynamodb",
            True,
        ),
        ({"EventSourceArn": {"Fn::Sub": "arn:${AWS::Partition}:kinesis:${AWS::Region}:1:stream/x"}}, "kinesis", False),
        ({"EventSourceArn": "arn:aws:kinesis:eu-west-1:1:stream/clicks/consumer/c:1"}, "kinesis", True),
        ({"SelfManagedEventSource": {}}, "kafka", False),
        ({"EventSourceArn": {"Ref": "Nothing"}}, None, False),
        ({}, None, False),
    ],
)
def test_the_source_of_a_mapping(source: Any, service: str | None, known: bool) -> None:
    resources = {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}},
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "orders"}},
        "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "clicks"}},
        "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": source},
    }
    (mapping,) = mappings(make_world({"Resources": resources}, environment=Environment("1", "eu-west-1")))
    assert (mapping.service, mapping.source is not None) == (service, known)


ARN = {"Fn::GetAtt": ["Queue", "Arn"]}


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::SQS::Queue", {"RedrivePolicy": {"deadLetterTargetArn": ARN}}),
        ("AWS::Lambda::Function", {"DeadLetterConfig": {"TargetArn": ARN}}),
        ("AWS::Lambda::EventInvokeConfig", {"DestinationConfig": {"OnFailure": {"Destination": ARN}}}),
        ("AWS::Lambda::EventSourceMapping", {"DestinationConfig": {"OnFailure": {"Destination": ARN}}}),
        ("AWS::SNS::Subscription", {"RedrivePolicy": {"deadLetterTargetArn": ARN}}),
        ("AWS::Events::Rule", {"Targets": [{"DeadLetterConfig": {"Arn": ARN}}]}),
        ("AWS::EventsV2::Subscriber", {"OnFailureConfiguration": {"Arn": ARN}}),
        ("AWS::Scheduler::Schedule", {"Target": {"DeadLetterConfig": {"Arn": ARN}}}),
        ("AWS::Pipes::Pipe", {"SourceParameters": {"KinesisStreamParameters": {"DeadLetterConfig": {"Arn": ARN}}}}),
    ],
)
def test_failure_queues(kind: str, properties: Any) -> None:
    resources = {"Queue": {"Type": "AWS::SQS::Queue"}, "X": {"Type": kind, "Properties": properties}}
    assert [queue.logical_id for queue in failure_queues(make_world({"Resources": resources}))] == ["Queue"]
    assert failure_queues(make_world({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})) == set()
