"""CloudWatch alarms that notify one topic, and are silent without it."""

from typing import cast

from aws_cdk import Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from constructs_lib.checks import check_kinds
from constructs_lib.grants import allow_service_to_send
from constructs_lib.stacks import apart
from constructs_lib.types import AnyBucket, AnyQueue, AnyTopic

# AWS re:Post: cloudwatch-configure-alarm-sns; nobody can change the policy of this key.
_MANAGED_KEY = "alias/aws/sns"


class WatchedAlarm(cloudwatch.Alarm):
    """A CloudWatch alarm on one metric that treats missing data as healthy.

    Failure metrics have no data points while nothing fails, so missing data never breaches.

    Parameters
    ----------
    scope, id
        Where the alarm stands in the construct tree.
    metric
        The metric, with its period and statistic.
    threshold
        The alarm goes off when the metric is at or above this value, in the metric's unit.
    description
        What the alarm means and what to do, for whoever is woken by it.
    evaluation_periods
        How many periods in a row must breach. Default: 1.
    alarm_topic
        Notified when the alarm goes off and when it is over. CloudWatch is allowed to publish to it, through its
        customer-managed key too; of an imported key, a warning says what its policy must allow. An imported topic must
        have the default policy, or allow ``cloudwatch.amazonaws.com`` itself.
        Default: the alarm notifies nobody, it only shows its state.

    Raises
    ------
    ValueError
        If the topic is encrypted with the AWS-managed key, which alarms cannot use (AWS re:Post:
        cloudwatch-configure-alarm-sns), or is known to be in another Region.
    TypeError
        If ``alarm_topic`` is no topic.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        metric: cloudwatch.Metric | cloudwatch.MathExpression,
        threshold: float,
        description: str,
        evaluation_periods: int = 1,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            metric=metric,
            threshold=threshold,
            evaluation_periods=evaluation_periods,
            alarm_description=description,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        if alarm_topic is not None:
            notify(self, alarm_topic)


def shared_alarm(
    scope: Construct, id: str, *, metric: cloudwatch.Metric, description: str, alarm_topic: AnyTopic | None
) -> cloudwatch.Alarm:
    """Return the alarm that goes off at the first count of a metric, made by whichever pattern comes first.

    It notifies the topics of all patterns that share what it watches.
    """
    alarm = scope.node.try_find_child(id)
    if alarm is None:
        return WatchedAlarm(scope, id, metric=metric, threshold=1, description=description, alarm_topic=alarm_topic)
    alarm = cast(cloudwatch.Alarm, alarm)
    if alarm_topic is not None:
        notify(alarm, alarm_topic)
    return alarm


def notify(alarm: cloudwatch.Alarm, topic: AnyTopic) -> None:
    """Let an alarm notify a topic, unless it does so already, and let CloudWatch publish there.

    Raises
    ------
    ValueError, TypeError
        As ``WatchedAlarm`` does.
    """
    check_kinds(alarm, alarm_topic=topic)
    _check_reach(alarm, topic)
    resource = cast(cloudwatch.CfnAlarm, alarm.node.default_child)
    resolve = Stack.of(alarm).resolve
    if resolve(topic.topic_arn) not in (resolve(resource.alarm_actions) or []):
        _allow_to_publish(alarm, topic)
        alarm.add_alarm_action(actions.SnsAction(topic))
        alarm.add_ok_action(actions.SnsAction(topic))


def refuse_circle(owner: IConstruct, topic: AnyTopic | None, *watched: IConstruct | None) -> None:
    """Raise ``ValueError`` if the alarms of another stack would need that of a topic, which needs that one.

    Parameters
    ----------
    owner
        In the stack that needs what is watched.
    topic
        Notified by the alarms. An imported one is known by its ARN, and needs no stack.
    watched
        What has its alarm in its own stack, or the alarm; ``None`` and what is imported pass.
    """
    if not isinstance(topic, sns.Topic):
        return
    for one in watched:
        if one is None or one.node.default_child is None:
            continue
        there = Stack.of(one)
        needed = apart(topic.stack, there)
        if needed is not None and needed is apart(Stack.of(owner), there):
            raise ValueError(
                f"{owner.node.path}: expected alarm_topic in the stack of {one.node.path}, whose alarm notifies it, or "
                f"in a stack of its own, got {topic.node.path} in this one; the two stacks would need each other: move "
                "the topic"
            )


def in_sight(owner: IConstruct, resource: AnyQueue | AnyTopic | AnyBucket) -> bool:
    """Tell whether alarms see the metrics of a resource, which are in its own account and Region.

    Parameters
    ----------
    owner
        In whose stack the alarm would stand. What is not known to be elsewhere is taken to be seen.
    """
    here = Stack.of(owner)
    return not any(
        _differ(*pair) for pair in ((here.account, resource.env.account), (here.region, resource.env.region))
    )


def _differ(one: str, other: str) -> bool:
    return one != other and not Token.is_unresolved(one) and not Token.is_unresolved(other)


def _check_reach(alarm: cloudwatch.Alarm, topic: AnyTopic) -> None:
    resource = topic.node.default_child
    if isinstance(resource, sns.CfnTopic):
        key = resource.kms_master_key_id
    else:
        key = None if topic.master_key is None else topic.master_key.key_arn
    if key is not None and key.endswith(_MANAGED_KEY):
        raise ValueError(
            f"{alarm.node.path}: expected alarm_topic without encryption or with a customer-managed key, got "
            f"{topic.node.path} with the AWS-managed key {_MANAGED_KEY}, which CloudWatch alarms cannot use: make that "
            "topic with a key of your own, or pass another one"
        )
    here, there = alarm.stack.region, topic.env.region
    if _differ(here, there):
        raise ValueError(
            f"{alarm.node.path}: expected alarm_topic in {here}, the Region of the alarm, got {topic.node.path} in "
            f"{there}; alarms notify topics of their own Region only: pass one of that Region"
        )


def _allow_to_publish(alarm: cloudwatch.Alarm, topic: AnyTopic) -> None:
    service = iam.ServicePrincipal("cloudwatch.amazonaws.com")
    # In the topic's own stack, a token of the alarm's would mean that stack's.
    account = Stack.of(topic).account if Token.is_unresolved(alarm.stack.account) else alarm.stack.account
    # A topic with a policy of its own (enforce_ssl makes one) loses the default policy that lets alarms publish.
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[service],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": account}},
        )
    )
    # Of the topic, not of each alarm: what is missing is the same for all.
    allow_service_to_send(
        topic, service, topic.master_key, "importedAlarmTopicKey", f"alarms do not reach {topic.node.path}"
    )
