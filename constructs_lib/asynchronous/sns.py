"""SNS topic to a function."""

from collections.abc import Mapping
from typing import Unpack, cast

from aws_cdk import Names, Stack, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.alarms import in_sight
from constructs_lib.asynchronous.delivered import DeliveredPattern
from constructs_lib.asynchronous.pattern import ExecutionOptions
from constructs_lib.checks import check_kinds, refuse_settings
from constructs_lib.delivery import queue_for_source
from constructs_lib.types import AnyFunction, AnyKey, AnyQueue, AnyTopic


class SnsToLambda(DeliveredPattern):
    """A topic whose messages a function gets, asynchronously.

    SNS delivers at least once and in no order: the handler must bear seeing a message twice. What the handler returns
    is dropped, unless there is an ``on_success`` destination; a handler that cannot do the work must raise.

    Where a failed event goes
        *delivery*: SNS tries for up to 23 days, or not at all if it may not invoke the function, then the message goes
        to ``dead_letter_queue`` (AWS: sns/sns-message-delivery-retries). *execution*: after the retries of Lambda the
        event goes to ``on_failure``. By default both are the failure queue beneath the function, which an alarm
        watches.

    SNS counts what it could not send to ``dead_letter_queue`` where the topic is. An alarm of the topic watches that,
    which all patterns of a stack share; none does if the topic is of another account or Region: watch
    ``NumberOfNotificationsFailedToRedriveToDlq`` there (AWS: sns/sns-monitoring-using-cloudwatch).

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role.
    topic
        An owned or imported standard topic. Default: a new one: encrypted, TLS only.
    encryption_key
        Customer-managed key for the new topic, which AWS services that publish there need, such as S3 or CloudWatch
        alarms (AWS: sns/sns-key-management). Default: the AWS-managed key for SNS.
    filter_policy
        Which messages the function gets, by their attributes. Default: all.
    filter_policy_with_message_body
        Which messages the function gets, by their body; instead of ``filter_policy``. Default: all.
    dead_letter_queue
        A standard queue for messages that could not be delivered, in the account and Region of the topic. Default:
        ``failure_queue``, or a new one if that is none or is of another stack.
    options
        ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic`` of
        ``ExecutionOptions``.

    Attributes
    ----------
    topic
        What was given or made.
    subscription : sns.Subscription
        The subscription of the function to the topic.
    dead_letter_queue
        Where messages wait that could not be delivered. The others are those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        If the topic or ``dead_letter_queue`` is FIFO, if ``dead_letter_queue`` is encrypted with the AWS-managed key
        or known to be of another account or Region than the topic, if a topic of another Region comes without it, if
        both filter policies are given, if a setting of a new topic comes with ``topic``, if ``alarm_topic`` stands in
        the stack of this pattern but what it watches in another, and as ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        topic: AnyTopic | None = None,
        encryption_key: AnyKey | None = None,
        filter_policy: Mapping[str, sns.SubscriptionFilter] | None = None,
        filter_policy_with_message_body: Mapping[str, sns.FilterOrPolicy] | None = None,
        dead_letter_queue: AnyQueue | None = None,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, topic=topic)
        if filter_policy is not None and filter_policy_with_message_body is not None:
            raise ValueError(
                f"{self.node.path}: expected filter_policy or filter_policy_with_message_body, got both; "
                "SNS filters by the attributes or by the body, not by both: leave one out"
            )
        if topic is None:
            topic = self._make_topic(encryption_key)
        else:
            refuse_settings(self, "topic", encryption_key=encryption_key)
            self._check_topic(topic)
        self.topic = topic
        region = self._region_of(topic)
        if region is not None and dead_letter_queue is None and not Token.is_unresolved(Stack.of(self).region):
            raise ValueError(
                f"{self.node.path}: expected a dead_letter_queue in {region}, the Region of the topic "
                f"{topic.node.path}, got none; SNS sends failed deliveries to its own Region only: "
                "import a queue of that Region"
            )
        service = iam.ServicePrincipal("sns.amazonaws.com")
        alarm_topic = options.get("alarm_topic")
        queue = self._catch_failed_deliveries(
            dead_letter_queue,
            service,
            alarm_topic,
            region=region,
            # That of the subscription: of who makes it, or of the topic (AWS: sns/sns-dead-letter-queues).
            accounts=list(dict.fromkeys([Stack.of(self).account, topic.env.account])),
        )
        if isinstance(topic, sns.Topic) and topic.stack is Stack.of(self):
            queue = queue_for_source(self, queue, service, "*")
        # All beneath the pattern: CDK's LambdaSubscription puts it beneath the function, whose stack would need this
        # one.
        function.add_permission("Permission", scope=self, principal=service, source_arn=topic.topic_arn)
        self.subscription = sns.Subscription(
            self,
            "Subscription",
            topic=topic,
            protocol=sns.SubscriptionProtocol.LAMBDA,
            endpoint=function.function_arn,
            region=region,
            filter_policy=filter_policy,
            filter_policy_with_message_body=filter_policy_with_message_body,
            dead_letter_queue=queue,
        )
        permission = self.node.try_find_child("Permission")
        if permission is not None:  # there is none for a function of another account
            self.subscription.node.add_dependency(permission)
        if region is None and in_sight(self, topic):
            self._watch_topic(topic, alarm_topic)

    def _watch_topic(self, topic: AnyTopic, alarm_topic: AnyTopic | None) -> None:
        # One alarm a stack: the metric is that of all subscriptions together. Not in the stack of the topic, which
        # would then need that of alarm_topic.
        here = Stack.of(self)
        scope, prefix = (topic, "") if Stack.of(topic) is here else (here, Names.node_unique_id(topic.node))
        metric = topic.metric("NumberOfNotificationsFailedToRedriveToDlq")
        self._watch_loss(metric, alarm_topic, cast(Construct, scope), topic.node.path, prefix)

    def _make_topic(self, encryption_key: AnyKey | None) -> sns.Topic:
        key = encryption_key or kms.Alias.from_alias_name(self, "SnsKey", "alias/aws/sns")
        return sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)

    def _check_topic(self, topic: AnyTopic) -> None:
        resource = cast(sns.CfnTopic | None, topic.node.default_child)
        if topic.fifo or (resource is not None and resource.fifo_topic is True):
            raise ValueError(
                f"{self.node.path}: expected topic to be a standard topic, got the FIFO {topic.node.path}; SNS cannot "
                "invoke functions from FIFO topics: subscribe a FIFO queue, and use SqsToLambda"
            )

    def _region_of(self, topic: AnyTopic) -> str | None:
        region = topic.env.region
        return None if Token.is_unresolved(region) or region == Stack.of(self).region else region
