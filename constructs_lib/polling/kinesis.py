"""Kinesis data stream to a function, through an event source mapping."""

from typing import Any, Unpack

from aws_cdk import Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.checks import check_kinds
from constructs_lib.facts import STREAM_RETENTION_DEFAULT_SECONDS
from constructs_lib.polling.mapping import decrypt
from constructs_lib.polling.stream_options import StreamOptions
from constructs_lib.polling.streams import StreamPattern
from constructs_lib.types import AnyFunction, AnyStream, AnyStreamConsumer


class KinesisToLambda(StreamPattern):
    """A Kinesis data stream whose records a function works through, shard by shard and in order.

    Lambda delivers at least once: the handler must bear seeing a record twice. It works through the records in order
    and returns ``{"batchItemFailures": [{"itemIdentifier": sequence_number}]}`` with the first that failed, and an
    empty list if none did; that record and all after it are tried again. If the first record of the batch fails, the
    handler should raise its error instead: Lambda then halves the batch, until the bad record is alone (AWS:
    lambda/services-kinesis-batchfailurereporting).

    Where a failed event goes
        *delivery* and *execution* are one stage: what is tried again ``retry_attempts`` times and still fails, or is
        older than ``max_record_age``, goes to ``on_failure``, by default to a failure queue, which an alarm watches. If
        the handler raises as above, that is the bad record alone. If it returns the first record of a batch again and
        again, AWS does not say that the batch is halved: the good records behind the bad one may be given up with it.
        Lambda may tell of several records in one message (AWS: AWS::Lambda::EventSourceMapping). A queue or topic gets
        only the positions in the stream: the records must be read from there before they expire. A bucket gets the
        records themselves: ``on_failure=Bucket(...)``. A stream that is passed is read from its oldest record; those
        that expire within an hour go to ``on_failure`` unseen, with their positions. Give an imported stream that keeps
        records for 7 days or less a shorter ``max_record_age``: how long it keeps them is not known, and what expires
        there reaches no target. Lambda reads with the role of the function (AWS: lambda/lambda-intro-execution-role):
        if the function is deleted, or its role may not read, records stay in the stream until it no longer keeps them.
        The function's own dead-letter queue and destinations are never used.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported.
    stream
        An owned or imported stream. Default: a new one: on demand, encrypted, retained when it leaves the stack.
    consumer
        A consumer of a stream, for enhanced fan-out: the function then has 2 MB/s of each shard for itself. Instead of
        ``stream``. Default: the function shares the shards' throughput.
    starting_position
        Where to begin in the stream. Default: with the oldest record that it holds.
    starting_position_timestamp
        Where ``StartingPosition.AT_TIMESTAMP`` begins, in Unix time. Default: none.
    options
        ``on_failure``, ``retry_attempts``, ``max_record_age`` and the others of ``StreamOptions``.

    Attributes
    ----------
    stream
        What was given or made. The others are those of ``StreamPattern``.

    Raises
    ------
    ValueError
        If both ``stream`` and ``consumer`` are given, if a timestamp is given without ``AT_TIMESTAMP`` or the other way
        round, and as ``StreamPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        stream: AnyStream | None = None,
        consumer: AnyStreamConsumer | None = None,
        starting_position: lambda_.StartingPosition = lambda_.StartingPosition.TRIM_HORIZON,
        starting_position_timestamp: float | None = None,
        **options: Unpack[StreamOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, stream=stream, consumer=consumer)
        if stream is not None and consumer is not None:
            raise ValueError(
                f"{self.node.path}: expected either stream or consumer, got both; a consumer knows its stream"
            )
        if consumer is not None:
            stream = consumer.stream
        self.stream = stream or kinesis.Stream(
            self, "Stream", stream_mode=kinesis.StreamMode.ON_DEMAND, encryption=kinesis.StreamEncryption.MANAGED
        )
        self._poll(
            self.stream,
            self.stream.stream_arn if consumer is None else consumer.stream_consumer_arn,
            self._reading(consumer),
            _kept_seconds(self.stream),
            starting_position,
            starting_position_timestamp,
            options,
            is_new=stream is None,
        )

    def _reading(self, consumer: AnyStreamConsumer | None) -> list[iam.PolicyStatement]:
        # What Lambda's poller needs, no more (AWS: lambda/services-kinesis-create); it subscribes to a consumer only.
        statements = [
            iam.PolicyStatement(
                actions=[
                    "kinesis:DescribeStream",
                    "kinesis:DescribeStreamSummary",
                    "kinesis:GetRecords",
                    "kinesis:GetShardIterator",
                    "kinesis:ListShards",
                ],
                resources=[self.stream.stream_arn],
            ),
            *decrypt(self.stream.encryption_key),
        ]
        if consumer is not None:
            subscribing = ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"]
            statements.append(iam.PolicyStatement(actions=subscribing, resources=[consumer.stream_consumer_arn]))
        return statements


def _kept_seconds(stream: AnyStream) -> float | None:
    """Return for how long a stream keeps its records; ``None`` if it is imported or a token, and so not known."""
    resource = stream.node.default_child
    if not isinstance(resource, kinesis.CfnStream):
        return None
    hours: Any = resource.retention_period_hours
    if hours is None:
        return STREAM_RETENTION_DEFAULT_SECONDS
    return None if Token.is_unresolved(hours) else float(hours) * 3600
