"""CloudWatch alarms that notify one topic, and are silent without it."""

from typing import cast

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from constructs_lib.types import AnyTopic


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
        customer-managed key too. An imported topic must allow ``cloudwatch.amazonaws.com`` itself.
        Default: the alarm notifies nobody, it only shows its state.
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
    """Let an alarm notify a topic, unless it does so already, and let CloudWatch publish there."""
    resource = cast(cloudwatch.CfnAlarm, alarm.node.default_child)
    resolve = Stack.of(alarm).resolve
    if resolve(topic.topic_arn) not in (resolve(resource.alarm_actions) or []):
        _allow_alarms_to_publish(topic)
        alarm.add_alarm_action(actions.SnsAction(topic))
        alarm.add_ok_action(actions.SnsAction(topic))


def refuse_circle(owner: IConstruct, topic: AnyTopic | None, *watched: IConstruct | None) -> None:
    """Raise ``ValueError`` if the alarms of another stack would need a topic of this one, which needs that one.

    Parameters
    ----------
    owner
        In the stack that needs what is watched.
    topic
        Notified by the alarms. An imported one is known by its ARN, and needs no stack.
    watched
        What has its alarm in its own stack; ``None`` and what is imported pass.
    """
    here = Stack.of(owner)
    if not isinstance(topic, sns.Topic) or topic.stack is not here:
        return
    for one in watched:
        if one is not None and one.node.default_child is not None and Stack.of(one) is not here:
            raise ValueError(
                f"{owner.node.path}: expected alarm_topic in the stack of {one.node.path}, whose alarm notifies it, or "
                f"in a stack of its own, got {topic.node.path} in this one; the two stacks would need each other: move "
                "the topic"
            )


def _allow_alarms_to_publish(topic: AnyTopic) -> None:
    cloudwatch_service = iam.ServicePrincipal("cloudwatch.amazonaws.com")
    # A topic with a policy of its own (enforce_ssl makes one) loses the default policy that lets alarms publish.
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[cloudwatch_service],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": Stack.of(topic).account}},
        )
    )
    if topic.master_key is not None:
        topic.master_key.grant(cloudwatch_service, "kms:Decrypt", "kms:GenerateDataKey")
