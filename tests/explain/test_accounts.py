"""What is told about a function, for each way of invoking it."""

from typing import Any

import pytest

from constructs_lib.explain import text
from constructs_lib.explain.accounts import accounts
from constructs_lib.explain.model import Account, Fate, Route, Stage, StageName
from tests.graph.build import make_app

ARN = {"Fn::GetAtt": ["Function", "Arn"]}
FAILURES = {"Failures": {"Type": "AWS::SQS::Queue"}}
KEPT = {"Fn::GetAtt": ["Failures", "Arn"]}
DESTINATION: dict[str, Any] = {"DestinationConfig": {"OnFailure": {"Destination": KEPT}}}


def explained(resources: dict[str, Any], function: dict[str, Any] | None = None, **sections: Any) -> Account:
    body = {"Function": {"Type": "AWS::Lambda::Function", "Properties": function or {}}, **resources}
    (account,) = accounts(make_app({"Resources": body, **sections}))
    return account


def only_route(resources: dict[str, Any], function: dict[str, Any] | None = None) -> Route:
    (route,) = explained(resources, function).routes
    return route


def resource(type: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type, "Properties": properties}


def mapping(source: str, attribute: str = "Arn", **properties: Any) -> dict[str, Any]:
    arn = {"Fn::GetAtt": [source, attribute]}
    return resource("AWS::Lambda::EventSourceMapping", FunctionName=ARN, EventSourceArn=arn, **properties)


def stage(route: Route, name: StageName) -> Stage:
    (found,) = (one for one in route.stages if one.name is name)
    return found


def fates(one: Stage) -> list[tuple[Fate, str]]:
    return [(end.fate, end.place) for end in one.ends]


def notification(**more: Any) -> dict[str, Any]:
    configuration = {"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": ARN}]}
    return {"Bucket": resource("AWS::S3::Bucket", NotificationConfiguration=configuration), **more}


def rule(**target: Any) -> dict[str, Any]:
    return {"Rule": resource("AWS::Events::Rule", Targets=[{"Id": "0", "Arn": ARN, **target}])}


def test_an_unprotected_asynchronous_function_loses_its_events_in_both_stages() -> None:
    route = only_route(notification())
    assert (route.service, [one.logical_id for one in route.resources]) == ("S3", ["Bucket"])
    assert route.qualifier == "$LATEST"
    assert [one.name for one in route.stages] == [StageName.DELIVERY, StageName.EXECUTION]
    assert [end.fate for one in route.stages for end in one.ends] == [Fate.LOST, Fate.LOST]
    execution = stage(route, StageName.EXECUTION).attempts
    assert (execution.number, execution.seconds) == (3, 21_600)


def config(qualifier: str = "$LATEST", **properties: Any) -> dict[str, Any]:
    function = {"FunctionName": {"Ref": "Function"}, "Qualifier": qualifier}
    return {"Config": resource("AWS::Lambda::EventInvokeConfig", **function, **properties)}


def test_the_asynchronous_configuration_of_the_qualifier_counts() -> None:
    settings = config(MaximumRetryAttempts=1, MaximumEventAgeInSeconds=120, **DESTINATION)
    execution = stage(only_route({**notification(), **FAILURES, **settings}), StageName.EXECUTION)
    assert (execution.attempts.number, execution.attempts.seconds) == (2, 120)
    assert fates(execution) == [(Fate.KEPT, "queue Failures")]


def test_that_of_another_qualifier_does_not_count_and_is_named() -> None:
    route = only_route({**notification(), **FAILURES, **config("live", MaximumRetryAttempts=0, **DESTINATION)})
    execution = stage(route, StageName.EXECUTION)
    assert (execution.attempts.number, [end.fate for end in execution.ends]) == (3, [Fate.LOST])
    assert "does not count here" in route.notes[0]


def test_a_configuration_of_an_unknown_qualifier_is_unknown() -> None:
    settings = config(**DESTINATION)
    settings["Config"]["Properties"]["Qualifier"] = {"Fn::ImportValue": "qualifier"}
    execution = stage(only_route({**notification(), **FAILURES, **settings}), StageName.EXECUTION)
    assert [end.fate for end in execution.ends] == [Fate.UNKNOWN]
    assert execution.attempts.number is None


def test_both_failure_targets_of_a_function_are_named_but_no_destination_of_a_durable_one() -> None:
    other = {"Letters": resource("AWS::SQS::Queue")}
    function: dict[str, Any] = {"DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["Letters", "Arn"]}}}
    resources = {**notification(), **FAILURES, **other, **config(**DESTINATION)}
    places = [place for _, place in fates(stage(only_route(resources, function), StageName.EXECUTION))]
    assert places == ["queue Letters", "queue Failures"]
    account = explained(resources, {**function, "DurableConfig": {"ExecutionTimeout": 60}})
    assert fates(stage(account.routes[0], StageName.EXECUTION)) == [(Fate.KEPT, "queue Letters")]
    assert "durable" in account.notes[0]


def test_a_function_without_concurrency_never_runs() -> None:
    account = explained(notification(), {"ReservedConcurrentExecutions": 0})
    assert stage(account.routes[0], StageName.EXECUTION).attempts.number == 0
    assert "never runs" in account.notes[0]


def test_the_target_of_a_rule_has_its_own_retries_and_queue() -> None:
    targets = {"RetryPolicy": {"MaximumRetryAttempts": 4}, "DeadLetterConfig": {"Arn": KEPT}}
    delivery = stage(only_route({**rule(**targets), **FAILURES}), StageName.DELIVERY)
    assert (delivery.attempts.number, delivery.attempts.seconds) == (5, 86_400)
    assert fates(delivery) == [(Fate.KEPT, "queue Failures")]


def test_the_dead_letter_queue_of_another_target_of_the_rule_does_not_count() -> None:
    resources = {**rule(), **FAILURES, "Queue": resource("AWS::SQS::Queue")}
    other = {"Id": "1", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}, "DeadLetterConfig": {"Arn": KEPT}}
    resources["Rule"]["Properties"]["Targets"].append(other)
    assert fates(stage(only_route(resources), StageName.DELIVERY)) == [(Fate.LOST, "the rule has no dead-letter queue")]


def test_a_rule_that_is_turned_off_is_said_to_be() -> None:
    resources = rule()
    resources["Rule"]["Properties"]["State"] = "DISABLED"
    assert only_route(resources).notes == ("turned off: it invokes nothing until somebody turns it on",)


def test_what_a_condition_turns_off_is_so_in_this_outcome_only() -> None:
    conditions: dict[str, Any] = {
        "Parameters": {"P": {"Type": "String"}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
    }
    enabled = {"Fn::If": ["C", True, False]}
    account = explained(
        {"Queue": resource("AWS::SQS::Queue"), "Mapping": mapping("Queue", Enabled=enabled)}, **conditions
    )
    assert account.routes[0].notes == ("turned off: it invokes nothing in this outcome",)
    assert account.assumed == ("C is false",)


def test_a_subscription_with_and_without_a_dead_letter_queue() -> None:
    topic = {"Topic": resource("AWS::SNS::Topic")}
    subscription = {"TopicArn": {"Ref": "Topic"}, "Protocol": "lambda", "Endpoint": ARN}
    bare = only_route({**topic, "Subscription": resource("AWS::SNS::Subscription", **subscription)})
    assert [one.logical_id for one in bare.resources] == ["Topic"]
    assert [end.fate for end in stage(bare, StageName.DELIVERY).ends] == [Fate.LOST]
    policy = {"RedrivePolicy": {"deadLetterTargetArn": KEPT}}
    kept = {**topic, **FAILURES, "Subscription": resource("AWS::SNS::Subscription", **subscription, **policy)}
    delivery = stage(only_route(kept), StageName.DELIVERY)
    assert fates(delivery) == [(Fate.KEPT, "queue Failures")]
    assert delivery.attempts.number == 100_015


@pytest.mark.parametrize(
    ("action", "fate"),
    [(None, Fate.LOST), ({"Sqs": {"QueueUrl": {"Ref": "Failures"}}}, Fate.KEPT), ({"Sns": {}}, Fate.KEPT)],
)
def test_the_error_action_of_an_iot_rule(action: Any, fate: Fate) -> None:
    payload = {"Actions": [{"Lambda": {"FunctionArn": ARN}}], **({"ErrorAction": action} if action else {})}
    route = only_route({"Topic": resource("AWS::IoT::TopicRule", TopicRulePayload=payload), **FAILURES})
    assert [end.fate for end in stage(route, StageName.DELIVERY).ends] == [fate]


def test_a_queue_moves_what_fails_too_often() -> None:
    policy = {"deadLetterTargetArn": KEPT, "maxReceiveCount": 5}
    queue = {"Queue": resource("AWS::SQS::Queue", VisibilityTimeout=180, RedrivePolicy=policy)}
    route = only_route({**queue, **FAILURES, "Mapping": mapping("Queue")})
    assert (route.service, route.backlog) == ("SQS", ())
    (execution,) = route.stages
    assert (execution.attempts.number, execution.attempts.seconds) == (5, 900)
    assert "3 min apart" in execution.attempts.words
    assert fates(execution) == [(Fate.KEPT, "queue Failures")]


@pytest.mark.parametrize(
    ("number", "timeout", "words"),
    [
        (1, 120, "1 attempt"),
        (2, 120, "2 attempts, 2 min apart (visibility timeout); about 4 min"),
        (3, 0, "3 attempts, without a pause"),
        ({"Fn::ImportValue": "n"}, 0, "attempts of a number that the templates do not tell, without a pause"),
    ],
)
def test_the_attempts_that_a_queue_gives(number: Any, timeout: int, words: str) -> None:
    policy = {"deadLetterTargetArn": KEPT, "maxReceiveCount": number}
    queue = {"Queue": resource("AWS::SQS::Queue", VisibilityTimeout=timeout, RedrivePolicy=policy)}
    (execution,) = only_route({**queue, **FAILURES, "Mapping": mapping("Queue")}).stages
    assert execution.attempts.words == words


def test_a_queue_without_a_redrive_policy_drops_what_fails_in_the_end() -> None:
    (execution,) = only_route({"Queue": resource("AWS::SQS::Queue"), "Mapping": mapping("Queue")}).stages
    assert [end.fate for end in execution.ends] == [Fate.LOST]
    assert (execution.attempts.number, execution.attempts.seconds) == (None, 345_600)
    assert execution.ends[0].watchers == ()


@pytest.mark.parametrize(("invocation_type", "name"), [(None, "execution"), ("FIRE_AND_FORGET", "delivery")])
def test_a_pipe_leaves_what_fails_to_its_queue(invocation_type: str | None, name: str) -> None:
    policy = {"deadLetterTargetArn": KEPT, "maxReceiveCount": 2}
    lambda_parameters = {"InvocationType": invocation_type} if invocation_type else {}
    pipe = {
        "Source": {"Fn::GetAtt": ["Queue", "Arn"]},
        "Target": ARN,
        "TargetParameters": {"LambdaFunctionParameters": lambda_parameters},
    }
    queue = {"Queue": resource("AWS::SQS::Queue", RedrivePolicy=policy)}
    route = only_route({**queue, **FAILURES, "Pipe": resource("AWS::Pipes::Pipe", **pipe)})
    found = stage(route, StageName(name))
    assert found.attempts.number == 2
    assert fates(found) == [(Fate.KEPT, "queue Failures")]


def test_a_queue_outside_of_the_app_is_unknown() -> None:
    arn = "arn:aws:sqs:eu-west-1:111111111111:queue"
    outside = resource("AWS::Lambda::EventSourceMapping", FunctionName=ARN, EventSourceArn=arn)
    (execution,) = only_route({"Mapping": outside}).stages
    assert [end.fate for end in execution.ends] == [Fate.UNKNOWN]


STREAM = {"Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"RetentionPeriodHours": 48}}}


def test_a_stream_without_limits_tries_until_the_record_expires() -> None:
    (execution,) = only_route({**STREAM, "Mapping": mapping("Stream")}).stages
    assert "after 2 days" in execution.attempts.words
    assert (execution.attempts.number, execution.attempts.seconds) == (None, None)
    assert [end.fate for end in execution.ends] == [Fate.LOST]


@pytest.mark.parametrize(("more", "fate"), [({}, Fate.LOST), (DESTINATION, Fate.KEPT)])
def test_a_stream_with_limits_gives_up(more: dict[str, Any], fate: Fate) -> None:
    limited = mapping("Stream", MaximumRetryAttempts=3, MaximumRecordAgeInSeconds=3600, **more)
    (execution,) = only_route({**STREAM, **FAILURES, "Mapping": limited}).stages
    assert (execution.attempts.number, execution.attempts.seconds) == (4, 3600)
    assert [end.fate for end in execution.ends] == [fate]


def test_kafka_stops_after_ten_retries_when_there_is_a_destination() -> None:
    cluster = {"Cluster": resource("AWS::MSK::Cluster")}
    (execution,) = only_route({**cluster, **FAILURES, "Mapping": mapping("Cluster", **DESTINATION)}).stages
    assert execution.attempts.number == 11
    (execution,) = only_route({**cluster, "Mapping": mapping("Cluster")}).stages
    assert "without limit" in execution.attempts.words


def test_what_a_broker_does_is_unknown() -> None:
    (execution,) = only_route({"Broker": resource("AWS::AmazonMQ::Broker"), "Mapping": mapping("Broker")}).stages
    assert [end.fate for end in execution.ends] == [Fate.UNKNOWN]


def method(**integration: Any) -> dict[str, Any]:
    uri = {"Fn::Sub": "arn:aws:apigateway:eu-west-1:lambda:path/functions/${Function.Arn}/invocations"}
    return resource("AWS::ApiGateway::Method", Integration={"Type": "AWS_PROXY", "Uri": uri, **integration})


def test_an_api_waits_only_so_long_and_methods_that_fare_alike_are_one() -> None:
    route = only_route({"Get": method(), "Post": method()}, {"Timeout": 60})
    assert [one.logical_id for one in route.resources] == ["Get", "Post"]
    assert route.limits == ("the REST API waits 29 s; the function may run 1 min, then nobody listens",)
    (execution,) = route.stages
    assert (execution.name, [end.fate for end in execution.ends]) == (StageName.EXECUTION, [Fate.CALLER])


def test_methods_with_another_timeout_are_apart() -> None:
    assert len(explained({"Get": method(), "Post": method(TimeoutInMillis=5000)}).routes) == 2


@pytest.mark.parametrize(
    ("resources", "says"),
    [
        ({"Pool": resource("AWS::Cognito::UserPool", LambdaConfig={"PreSignUp": ARN})}, "Cognito waits 5 s"),
        ({"Url": resource("AWS::Lambda::Url", TargetFunctionArn=ARN)}, "as long as the function may run: 3 s"),
        ({"Pipe": resource("AWS::Pipes::Pipe", Target=ARN)}, "the pipe waits as long as the function may run"),
        (
            {"Group": resource("AWS::ElasticLoadBalancingV2::TargetGroup", Targets=[{"Id": ARN}])},
            "1 min by default",
        ),
        ({"Group": resource("AWS::VpcLattice::TargetGroup", Targets=[{"Id": ARN}])}, "AWS does not say"),
    ],
)
def test_what_callers_wait_for(resources: dict[str, Any], says: str) -> None:
    (limit,) = only_route(resources).limits
    assert says in limit


def test_firehose_tries_as_often_as_it_is_set_to() -> None:
    parameters = [
        {"ParameterName": "LambdaArn", "ParameterValue": ARN},
        {"ParameterName": "NumberOfRetries", "ParameterValue": "1"},
    ]
    processing = {"ProcessingConfiguration": {"Processors": [{"Type": "Lambda", "Parameters": parameters}]}}
    stream = resource("AWS::KinesisFirehose::DeliveryStream", ExtendedS3DestinationConfiguration=processing)
    (execution,) = only_route({"Stream": stream}).stages
    assert execution.attempts.number == 2
    assert "processing-failed" in execution.ends[0].place


def test_the_task_of_a_state_machine_tells_its_retries_and_its_catch() -> None:
    work = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": ARN},
        "TimeoutSeconds": 70,
        "Retry": [{"ErrorEquals": ["Lambda.ServiceException", "Other"], "MaxAttempts": 6}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
        "End": True,
    }
    definition = {"StartAt": "Work", "States": {"Work": work}}
    machine = resource("AWS::StepFunctions::StateMachine", Definition=definition)
    route = only_route({"Machine": machine})
    assert route.limits == ("task Work waits 70 s",)
    (execution,) = route.stages
    words = "up to 6 times again after 1 s to 32 s, about 63 s in all, on Lambda.ServiceException and 1 more"
    assert execution.attempts.words == f"task Work: 1 attempt, {words}"
    assert fates(execution) == [
        (
            Fate.CALLER,
            "the state machine, which goes on where the templates do not tell (the Catch of Work, for States.ALL)",
        )
    ]


def test_a_stack_waits_for_its_custom_resource() -> None:
    route = only_route({"Custom": resource("Custom::Thing", ServiceToken=ARN, ServiceTimeout=90)})
    assert route.limits == ("the stack waits 90 s for the answer of the custom resource",)
    assert [end.fate for one in route.stages for end in one.ends] == [Fate.CALLER, Fate.CALLER]


def test_custom_resources_come_last() -> None:
    functions = {name: resource("AWS::Lambda::Function") for name in ("A", "B")}
    custom = resource("Custom::Thing", ServiceToken={"Fn::GetAtt": ["A", "Arn"]})
    found = accounts(make_app({"Resources": {**functions, "Custom": custom}}))
    assert [one.function.logical_id for one in found] == ["B", "A"]


def test_a_function_that_nothing_invokes_has_no_routes() -> None:
    account = explained({})
    assert (account.routes, account.notes, account.timeout) == ((), (), 3)


def test_one_whose_name_is_an_output_may_be_invoked_from_elsewhere() -> None:
    (note,) = explained({}, Outputs={"Name": {"Value": {"Ref": "Function"}}}).notes
    assert "may invoke it" in note


def test_a_permission_says_only_that_somebody_may_invoke() -> None:
    permission = resource(
        "AWS::Lambda::Permission", FunctionName=ARN, Action="lambda:InvokeFunction", Principal="events.amazonaws.com"
    )
    route = only_route({"Permission": permission})
    assert route.only_allowed
    assert [end.fate for end in stage(route, StageName.DELIVERY).ends] == [Fate.UNKNOWN]


def test_a_function_with_the_role_is_the_caller() -> None:
    statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": ARN}
    document = {"PolicyDocument": {"Statement": [statement]}, "Roles": [{"Ref": "Role"}]}
    role = {"Role": resource("AWS::IAM::Role"), "Policy": resource("AWS::IAM::Policy", **document)}
    caller = resource("AWS::Lambda::Function", Role={"Fn::GetAtt": ["Role", "Arn"]})
    body = {"Function": resource("AWS::Lambda::Function"), "Caller": caller, **role}
    found = {one.function.logical_id: one for one in accounts(make_app({"Resources": body}))}
    (route,) = found["Function"].routes
    assert (route.service, [one.logical_id for one in route.resources]) == ("the AWS SDK", ["Caller"])
    assert route.model is None
    assert "asynchronously" in route.notes[0]


def test_conditions_that_decide_are_named_and_others_are_not() -> None:
    conditions = {"Parameters": {"P": {"Type": "String"}}, "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}}}
    decided = {"Timeout": {"Fn::If": ["C", 10, 20]}}
    several = explained({}, decided, **conditions)
    assert (several.conditional, several.timeout, several.assumed) == (True, 20, ("C is false",))
    assert "one of several outcomes: C is false\n" in text.render([several])
    one = explained({}, {"Timeout": 10}, **conditions)
    assert (one.conditional, one.assumed) == (False, ())
    body = {"Function": {**resource("AWS::Lambda::Function"), "Condition": "C"}}
    (account,) = accounts(make_app({"Resources": body, **conditions}))
    assert account.conditional
