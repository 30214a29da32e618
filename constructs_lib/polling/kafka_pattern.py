"""What both kinds of Kafka have in common: the mapping, and where it leaves a batch that keeps failing."""

from collections.abc import Sequence
from typing import Unpack, cast

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from constructs_lib.checks import check_kinds, refuse_unknown
from constructs_lib.polling.failure_target import failure_target
from constructs_lib.polling.kafka_options import KafkaOptions, check_options
from constructs_lib.polling.mapping import allow_polling, check_timestamp, finish_mapping
from constructs_lib.polling.metrics import mapping_metrics
from constructs_lib.polling.network import acknowledge_network, check_reader, reach_network, read_secret
from constructs_lib.polling.pollers import provision_pollers
from constructs_lib.polling.record_age import limit_record_age
from constructs_lib.polling.schema_registry import use_registry
from constructs_lib.types import AnyFunction, AnySecret


class KafkaPattern(Construct):
    """A Kafka topic whose records a function works through.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported; of at most 14 minutes.
    options
        See ``KafkaOptions``.

    Attributes
    ----------
    function
        What was given.
    mapping : lambda_.EventSourceMapping
        The event source mapping.
    failure_queue : sqs.IQueue or None
        Where failed batches wait; ``None`` if ``on_failure`` is no queue.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If the function may take longer than 14 minutes, if ``on_failure`` is FIFO, if a setting of provisioned mode
        comes without ``provisioned_poller_config``, if ``filter_encryption`` comes without ``filters``, or if a number
        or the length of a text is out of its range.
    TypeError
        If a parameter is not such a CDK object, or there is no such parameter.
    """

    def __init__(self, scope: Construct, id: str, *, function: AnyFunction, **options: Unpack[KafkaOptions]) -> None:
        super().__init__(scope, id)
        # At run time Python would take any name here.
        refuse_unknown(self, options, KafkaOptions)
        check_reader(self, function, options.get("batch_size"), options.get("max_batching_window"))
        check_kinds(self, alarm_topic=options.get("alarm_topic"))
        check_options(self, options)
        self.function = function

    def _poll(
        self,
        topic: str,
        reading: list[iam.PolicyStatement],
        secrets: Sequence[AnySecret | None],
        access: list[lambda_.CfnEventSourceMapping.SourceAccessConfigurationProperty],
        options: KafkaOptions,
        *,
        in_network: bool = True,
        cluster_arn: str | None = None,
        bootstrap_servers: Sequence[str] | None = None,
        consumption_mode: str | None = None,
    ) -> IConstruct | None:
        """Make the mapping, what catches its failures and what watches that; return what holds the policy."""
        position, timestamp = options.get("starting_position"), options.get("starting_position_timestamp")
        if consumption_mode != "Queue":
            position = position or lambda_.StartingPosition.TRIM_HORIZON
            check_timestamp(self, position, timestamp)
        on_failure = options.get("on_failure")
        if on_failure == f"kafka://{topic}":
            raise ValueError(
                f"{self.node.path}: expected on_failure to be another topic than the source, got {on_failure}; the "
                "function would get its failures again"
            )
        target = failure_target(self, on_failure, kafka=True)
        statements = [*reading, *target.statements]
        for secret in secrets:
            statements += read_secret(secret)
        if in_network:
            statements += reach_network()
        policy = allow_polling(self, self.function, f"the topic {topic}", statements)
        if in_network:
            acknowledge_network(policy)
        provisioned = options.get("provisioned_poller_config")
        # Beneath the pattern: beneath a function of another stack, that stack would need this one.
        self.mapping = lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=self.function,
            event_source_arn=cluster_arn,
            kafka_bootstrap_servers=bootstrap_servers,
            kafka_topic=topic,
            kafka_consumer_group_id=options.get("consumer_group_id"),
            starting_position=position,
            starting_position_timestamp=timestamp,
            retry_attempts=options.get("retry_attempts"),
            bisect_batch_on_error=_on_if(provisioned, options.get("bisect_batch_on_error")),
            report_batch_item_failures=_on_if(provisioned, options.get("report_batch_item_failures")),
            batch_size=options.get("batch_size"),
            max_batching_window=options.get("max_batching_window"),
            filters=options.get("filters"),
            filter_encryption=options.get("filter_encryption"),
            metrics_config=mapping_metrics(self, options.get("metrics_config"), target.metrics, kafka=True),
            log_level=options.get("log_level"),
        )
        resource = cast(lambda_.CfnEventSourceMapping, self.mapping.node.default_child)
        resource.source_access_configurations = [*access] if access else None
        if consumption_mode is not None:
            resource.add_property_override("SelfManagedKafkaEventSourceConfig.ConsumptionMode", consumption_mode)
        limit_record_age(self.mapping, options.get("max_record_age"))
        provision_pollers(self.mapping, provisioned)
        registry = options.get("schema_registry_config")
        if registry is not None:
            use_registry(self, self.mapping, self.function, registry)
        target.wire(self.mapping, policy)
        finish_mapping(self.mapping, self.function, policy)
        self.failure_queue = target.queue
        self.alarms = [target.watch(self, self.mapping, options.get("alarm_topic"))]
        return policy


def _on_if(provisioned: object, given: bool | None) -> bool | None:
    return True if provisioned is not None and given is None else given
