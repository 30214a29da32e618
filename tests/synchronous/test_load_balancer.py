import json
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Duration, Stack, Token
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from constructs_lib import LambdaFunction, LoadBalancerToLambda
from tests.helpers import ACCOUNT, make_function, only, resources

RULE = {"conditions": [elbv2.ListenerCondition.path_patterns(["/orders/*"])], "priority": 10}
BALANCER_ARN = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/mine/1"
CERTIFICATE_ARN = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1"
HTTP = elbv2.ApplicationProtocol.HTTP
LISTENER_ARN = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:listener/app/mine/1/2"


def make_balancer(stack: Stack, **settings: Any) -> elbv2.ApplicationLoadBalancer:
    return elbv2.ApplicationLoadBalancer(stack, "Balancer", vpc=ec2.Vpc(stack, "Vpc"), **settings)


def make_listener(stack: Stack, **settings: Any) -> elbv2.ApplicationListener:
    return make_balancer(stack, **settings).add_listener("Listener", port=80, open=False)


def imported_balancer(stack: Stack) -> elbv2.IApplicationLoadBalancer:
    return elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
        stack, "Balancer", load_balancer_arn=BALANCER_ARN, security_group_id="sg-1"
    )


def certificate(stack: Stack) -> acm.ICertificate:
    return acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE_ARN)


def imported_listener(stack: Stack) -> elbv2.IApplicationListener:
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
    return elbv2.ApplicationListener.from_application_listener_attributes(
        stack, "Listener", listener_arn=LISTENER_ARN, security_group=group
    )


def test_what_no_rule_takes_goes_to_the_function(stack: Stack, function: LambdaFunction) -> None:
    orders = LoadBalancerToLambda(stack, "Orders", function=function, listener=make_listener(stack))
    group = stack.resolve(orders.target_group.target_group_arn)
    assert only(stack, "AWS::ElasticLoadBalancingV2::Listener")["DefaultActions"] == [
        {"TargetGroupArn": group, "Type": "forward"}
    ]
    properties = only(stack, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert (properties["TargetType"], properties["Targets"]) == (
        "lambda",
        [{"Id": stack.resolve(function.function_arn)}],
    )
    assert "HealthCheckEnabled" not in properties  # off for functions unless asked for
    assert "multi_value_headers" not in json.dumps(properties)
    permission = only(stack, "AWS::Lambda::Permission")
    assert permission["Principal"] == "elasticloadbalancing.amazonaws.com"


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_a_rule_takes_some_requests(stack: Stack, function: LambdaFunction, kind: str) -> None:
    listener = imported_listener(stack) if kind == "imported" else make_listener(stack)
    if isinstance(listener, elbv2.ApplicationListener):
        listener.add_action("Default", action=elbv2.ListenerAction.fixed_response(404))
    orders = LoadBalancerToLambda(stack, "Orders", function=function, listener=listener, **RULE)  # type: ignore[arg-type]
    rule = only(stack, "AWS::ElasticLoadBalancingV2::ListenerRule")
    assert rule == {
        "Actions": [{"TargetGroupArn": stack.resolve(orders.target_group.target_group_arn), "Type": "forward"}],
        "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/orders/*"]}}],
        "ListenerArn": stack.resolve(listener.listener_arn),
        "Priority": 10,
    }


def test_lists_of_headers_on_request(stack: Stack, function: LambdaFunction) -> None:
    LoadBalancerToLambda(stack, "Orders", function=function, listener=make_listener(stack), multi_value_headers=True)
    attributes = only(stack, "AWS::ElasticLoadBalancingV2::TargetGroup")["TargetGroupAttributes"]
    assert {"Key": "lambda.multi_value_headers.enabled", "Value": "true"} in attributes


@pytest.mark.parametrize(("settings", "limit"), [({}, 60), ({"idle_timeout": Duration.seconds(20)}, 20)])
def test_a_function_slower_than_the_idle_timeout_is_refused(stack: Stack, settings: dict[str, Any], limit: int) -> None:
    listener = make_listener(stack, **settings)
    slow = make_function(stack, timeout=Duration.seconds(limit + 1))
    with pytest.raises(ValueError, match=rf"within the {limit} s that the load balancer waits, got .* {limit + 1} s"):
        LoadBalancerToLambda(stack, "Orders", function=slow, listener=listener)


def test_a_longer_idle_timeout_lets_slower_functions_pass(stack: Stack) -> None:
    listener = make_listener(stack, idle_timeout=Duration.minutes(5))
    LoadBalancerToLambda(stack, "Orders", function=make_function(stack, timeout=Duration.minutes(5)), listener=listener)
    assert len(resources(stack, "AWS::ElasticLoadBalancingV2::TargetGroup")) == 1


def test_idle_timeouts_that_are_not_known_are_not_judged(stack: Stack) -> None:
    slow = make_function(stack, timeout=Duration.minutes(5))
    LoadBalancerToLambda(stack, "A", function=slow, listener=imported_listener(stack), **RULE)  # type: ignore[arg-type]
    listener = make_listener(Stack(stack.node.scope, "Other"))  # type: ignore[arg-type]
    balancer = listener.load_balancer
    assert isinstance(balancer, elbv2.ApplicationLoadBalancer)
    parameter = CfnParameter(listener.stack, "Idle", type="Number")
    balancer.set_attribute("idle_timeout.timeout_seconds", Token.as_string(parameter.value))
    LoadBalancerToLambda(listener.stack, "B", function=slow, listener=listener)
    assert len(resources(listener.stack, "AWS::ElasticLoadBalancingV2::TargetGroup")) == 1


@pytest.mark.parametrize("given", ["conditions", "priority"])
def test_half_a_rule_is_refused(stack: Stack, function: LambdaFunction, given: str) -> None:
    with pytest.raises(ValueError, match=f"expected conditions and priority together, got {given} without"):
        LoadBalancerToLambda(
            stack,
            "Orders",
            function=function,
            listener=imported_listener(stack),
            **{given: RULE[given]},  # type: ignore[arg-type]
        )


def test_the_default_of_an_imported_listener_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected conditions and priority for the imported listener Stack/Listener"):
        LoadBalancerToLambda(stack, "Orders", function=function, listener=imported_listener(stack))


@pytest.mark.parametrize("first", ["pattern", "action"])
def test_a_default_action_is_not_replaced(stack: Stack, function: LambdaFunction, first: str) -> None:
    listener = make_listener(stack)
    if first == "pattern":
        LoadBalancerToLambda(stack, "First", function=function, listener=listener)
    else:
        listener.add_action("Default", action=elbv2.ListenerAction.fixed_response(404))
    with pytest.raises(ValueError, match="Stack/Balancer/Listener, whose own would be replaced; pass conditions= and"):
        LoadBalancerToLambda(stack, "Second", function=function, listener=listener)


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_an_alias_or_version_is_the_target(stack: Stack, function: LambdaFunction, qualifier: str) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    LoadBalancerToLambda(stack, "Orders", function=target, listener=imported_listener(stack), **RULE)  # type: ignore[arg-type]
    arn = stack.resolve(target.function_arn)
    assert only(stack, "AWS::ElasticLoadBalancingV2::TargetGroup")["Targets"] == [{"Id": arn}]
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == arn


def test_errors_of_the_function_are_watched(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    orders = LoadBalancerToLambda(stack, "Orders", function=function, listener=make_listener(stack), alarm_topic=topic)
    alarm = only(stack, "AWS::CloudWatch::Alarm")
    name = stack.resolve(orders.target_group.target_group_full_name)
    assert alarm["Dimensions"] == [{"Name": "TargetGroup", "Value": name}]
    assert alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)]


@pytest.mark.parametrize("rule", [RULE, {}])
@pytest.mark.parametrize("pattern_in", ["Front", "Net"])
def test_function_pattern_and_listener_may_stand_in_different_stacks(
    app: App, pattern_in: str, rule: dict[str, Any]
) -> None:
    compute, front, net = Stack(app, "Compute"), Stack(app, "Front"), Stack(app, "Net")
    listener = make_listener(net)
    if rule:
        listener.add_action("Default", action=elbv2.ListenerAction.fixed_response(404))
    scope = front if pattern_in == "Front" else net
    LoadBalancerToLambda(scope, "Orders", function=make_function(compute), listener=listener, **rule)
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(scope, "AWS::ElasticLoadBalancingV2::TargetGroup")) == 1


def test_what_is_no_listener_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected listener to be a listener of the CDK, got 'abc'"):
        LoadBalancerToLambda(stack, "Orders", function=function, listener="abc")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_a_load_balancer_gets_a_listener(stack: Stack, function: LambdaFunction, kind: str) -> None:
    balancer = make_balancer(stack) if kind == "owned" else imported_balancer(stack)
    orders = LoadBalancerToLambda(
        stack, "Orders", function=function, load_balancer=balancer, certificates=[certificate(stack)]
    )
    assert only(stack, "AWS::ElasticLoadBalancingV2::Listener") == {
        "Certificates": [{"CertificateArn": CERTIFICATE_ARN}],
        "DefaultActions": [{"TargetGroupArn": stack.resolve(orders.target_group.target_group_arn), "Type": "forward"}],
        "LoadBalancerArn": stack.resolve(balancer.load_balancer_arn),
        "Port": 443,
        "Protocol": "HTTPS",
        "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
    }
    assert stack.resolve(orders.listener.listener_arn) == {
        "Ref": next(iter(resources(stack, "AWS::ElasticLoadBalancingV2::Listener")))
    }


def ingress(stack: Stack) -> list[Any]:
    inline = only(stack, "AWS::EC2::SecurityGroup").get("SecurityGroupIngress", [])
    return [*inline, *resources(stack, "AWS::EC2::SecurityGroupIngress").values()]


@pytest.mark.parametrize("open", [None, False])
def test_nobody_is_let_in_unasked(stack: Stack, function: LambdaFunction, open: bool | None) -> None:
    balancer = make_balancer(stack)
    LoadBalancerToLambda(stack, "Orders", function=function, load_balancer=balancer, protocol=HTTP, open=open)
    assert ingress(stack) == []


def test_everyone_is_let_in_on_request(stack: Stack, function: LambdaFunction) -> None:
    balancer = make_balancer(stack)
    LoadBalancerToLambda(stack, "Orders", function=function, load_balancer=balancer, protocol=HTTP, open=True)
    assert [(rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in ingress(stack)] == [("0.0.0.0/0", 80, 80)]


def test_requests_that_no_rule_of_a_new_listener_takes_are_answered(stack: Stack, function: LambdaFunction) -> None:
    balancer = make_balancer(stack)
    orders = LoadBalancerToLambda(
        stack,
        "Orders",
        function=function,
        load_balancer=balancer,
        protocol=HTTP,
        **RULE,  # type: ignore[arg-type]
    )
    (action,) = only(stack, "AWS::ElasticLoadBalancingV2::Listener")["DefaultActions"]
    assert action == {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    rule = only(stack, "AWS::ElasticLoadBalancingV2::ListenerRule")
    assert rule["ListenerArn"] == stack.resolve(orders.listener.listener_arn)
    assert rule["Actions"] == [
        {"TargetGroupArn": stack.resolve(orders.target_group.target_group_arn), "Type": "forward"}
    ]


def test_the_new_listener_serves_more_patterns(stack: Stack, function: LambdaFunction) -> None:
    balancer = make_balancer(stack)
    first = LoadBalancerToLambda(stack, "First", function=function, load_balancer=balancer, protocol=HTTP)
    LoadBalancerToLambda(stack, "Second", function=function, listener=first.listener, **RULE)  # type: ignore[arg-type]
    assert len(resources(stack, "AWS::ElasticLoadBalancingV2::Listener")) == 1
    assert len(resources(stack, "AWS::ElasticLoadBalancingV2::ListenerRule")) == 1


def test_a_listener_without_certificate_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected certificates for a listener of HTTPS, got none; pass certificates"):
        LoadBalancerToLambda(stack, "Orders", function=function, load_balancer=imported_balancer(stack))


def test_a_certificate_that_encrypts_nothing_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected certificates only for HTTPS, got protocol=HTTP as well"):
        LoadBalancerToLambda(
            stack,
            "Orders",
            function=function,
            load_balancer=imported_balancer(stack),
            certificates=[certificate(stack)],
            protocol=HTTP,
        )


@pytest.mark.parametrize("found", ["both", "neither"])
def test_one_place_for_the_function_is_needed(stack: Stack, function: LambdaFunction, found: str) -> None:
    given: dict[str, Any] = (
        {"listener": imported_listener(stack), "load_balancer": imported_balancer(stack)} if found == "both" else {}
    )
    with pytest.raises(ValueError, match=f"Stack/Orders: expected listener or load_balancer, got {found}; pass"):
        LoadBalancerToLambda(stack, "Orders", function=function, **given)


def test_a_certificate_that_is_none_is_refused(stack: Stack, function: LambdaFunction) -> None:
    given: Any = [CERTIFICATE_ARN]
    with pytest.raises(TypeError, match="expected certificates to be certificates of the CDK, got 'arn:aws:acm"):
        LoadBalancerToLambda(stack, "Orders", function=function, load_balancer=make_balancer(stack), certificates=given)


@pytest.mark.parametrize("setting", [{"certificates": ["arn"]}, {"protocol": HTTP}, {"open": False}])
def test_settings_of_a_new_listener_are_refused_with_one(
    stack: Stack, function: LambdaFunction, setting: dict[str, Any]
) -> None:
    (name,) = setting
    with pytest.raises(ValueError, match=f"expected {name} only for a new listener, got listener= as well"):
        LoadBalancerToLambda(stack, "Orders", function=function, listener=imported_listener(stack), **setting)


def test_a_function_slower_than_the_load_balancer_given_is_refused(stack: Stack) -> None:
    slow = make_function(stack, timeout=Duration.seconds(61))
    with pytest.raises(ValueError, match=r"within the 60 s that the load balancer waits"):
        LoadBalancerToLambda(stack, "Orders", function=slow, load_balancer=make_balancer(stack), protocol=HTTP)


def test_a_network_load_balancer_is_refused(stack: Stack, function: LambdaFunction) -> None:
    balancer: Any = elbv2.NetworkLoadBalancer(stack, "Balancer", vpc=ec2.Vpc(stack, "Vpc"))
    with pytest.raises(TypeError, match="expected load_balancer to be an Application Load Balancer of the CDK, got"):
        LoadBalancerToLambda(stack, "Orders", function=function, load_balancer=balancer, protocol=HTTP)


@pytest.mark.parametrize("rule", [RULE, {}])
def test_function_pattern_and_load_balancer_may_stand_in_different_stacks(app: App, rule: dict[str, Any]) -> None:
    compute, front, net = Stack(app, "Compute"), Stack(app, "Front"), Stack(app, "Net")
    balancer = make_balancer(net)
    LoadBalancerToLambda(
        front,
        "Orders",
        function=make_function(compute),
        load_balancer=balancer,
        protocol=HTTP,
        open=True,
        **rule,
    )
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(front, "AWS::ElasticLoadBalancingV2::Listener")) == 1
