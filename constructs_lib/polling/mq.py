"""Amazon MQ broker, ActiveMQ or RabbitMQ, to a function, through an event source mapping."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.checks import check_kinds
from constructs_lib.polling.filters import allow_filter_decryption, check_filters
from constructs_lib.polling.mapping import allow_polling, finish_mapping
from constructs_lib.polling.network import (
    acknowledge_network,
    check_reader,
    reach_network,
    read_secret,
    source_access,
    watch_errors,
)
from constructs_lib.types import AnyFunction, AnyKey, AnySecret, AnyTopic


class MqToLambda(Construct):
    """A queue of an Amazon MQ broker whose messages a function works through in batches.

    Lambda delivers at least once: the handler must bear seeing a message twice. What the handler returns is not looked
    at; a handler that cannot do the work must raise, and then the whole batch is delivered again.

    Where a failed event goes
        *delivery* and *execution* are one stage, and it has no place for failed messages: Lambda delivers a batch again
        until it succeeds or its messages expire (AWS: lambda/with-mq), and they hold up those behind them. Only the
        broker can put them aside: let messages expire there, with a dead-letter queue or exchange (ActiveMQ:
        ``deadLetterStrategy``, RabbitMQ: ``x-message-ttl`` with ``x-dead-letter-exchange``), or let the handler put a
        bad message aside and return. An alarm on the function's errors watches. The function's own dead-letter queue
        and destinations are never used.

    The poller works in the broker's VPC: it needs a way to Lambda, STS and Secrets Manager from there, by VPC endpoints
    or a NAT gateway. Its security group must allow the broker's port from itself.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported; of at most 14 minutes.
    broker_arn
        The broker, ActiveMQ or RabbitMQ, of the same account and Region.
    queue_name
        The queue of the broker.
    secret
        The user of the broker, as a secret with ``username`` and ``password``.
    virtual_host
        The virtual host of a RabbitMQ broker that holds the queue. Default: ``/``; ActiveMQ has none.
    batch_size
        Most messages in one invocation, up to 10,000. Default: 100 (AWS: CreateEventSourceMapping).
    max_batching_window
        How long to gather messages for a batch, up to 5 minutes. Default: 500 ms (the same source).
    filters
        What of ``FilterCriteria.filter(...)`` a message must match one of. **Lambda acknowledges the others to the
        broker**. At most 20, more than an account's quota, which is 5 by default (AWS:
        lambda/invocation-eventfiltering). Default: all match.
    filter_encryption
        Customer-managed key for the filters. Default: none, they are not encrypted (the same source).
    alarm_topic
        Notified by the alarm on errors. Default: it notifies nobody.

    Attributes
    ----------
    function
        What was given.
    mapping : lambda_.CfnEventSourceMapping
        The event source mapping.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If the function may take longer than 14 minutes, if ``filter_encryption`` comes without ``filters``, or if a
        number is out of its range.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        broker_arn: str,
        queue_name: str,
        secret: AnySecret,
        virtual_host: str | None = None,
        batch_size: int | None = None,
        max_batching_window: Duration | None = None,
        filters: Sequence[Mapping[str, Any]] | None = None,
        filter_encryption: AnyKey | None = None,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_reader(self, function, batch_size, max_batching_window)
        check_kinds(self, secret=secret, alarm_topic=alarm_topic)
        check_filters(self, filters, filter_encryption)
        self.function = function
        # What Lambda's poller needs, no more (AWS: lambda/process-mq-messages-with-lambda).
        describing = iam.PolicyStatement(actions=["mq:DescribeBroker"], resources=[broker_arn])
        policy = allow_polling(self, function, "the broker", [describing, *read_secret(secret), *reach_network()])
        acknowledge_network(policy)
        access = [source_access("BASIC_AUTH", secret.secret_arn)]
        if virtual_host is not None:
            access.append(source_access("VIRTUAL_HOST", virtual_host))
        window = None if max_batching_window is None else max_batching_window.to_seconds()
        self.mapping = lambda_.CfnEventSourceMapping(
            self,
            "Mapping",
            function_name=function.function_name,
            event_source_arn=broker_arn,
            queues=[queue_name],
            source_access_configurations=access,
            batch_size=batch_size,
            maximum_batching_window_in_seconds=window,
            filter_criteria=None if filters is None else {"filters": filters},
            kms_key_arn=allow_filter_decryption(filter_encryption),
        )
        finish_mapping(
            self.mapping,
            function,
            policy,
            "Lambda has no destination for Amazon MQ: messages stay in the broker",
        )
        self.alarms: list[cloudwatch.Alarm] = [watch_errors(self, function, alarm_topic)]
