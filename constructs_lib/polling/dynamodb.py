"""DynamoDB stream of a table to a function, through an event source mapping."""

from typing import Unpack

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_wildcard
from constructs_lib.checks import check_kinds
from constructs_lib.facts import STREAM_RETENTION_DEFAULT_SECONDS
from constructs_lib.polling.mapping import decrypt
from constructs_lib.polling.stream_options import StreamOptions
from constructs_lib.polling.streams import StreamPattern
from constructs_lib.types import AnyFunction, AnyTable


class DynamoDbToLambda(StreamPattern):
    """A table whose changes a function works through, shard by shard and in order, from the table's stream.

    Lambda delivers at least once: the handler must bear seeing a record twice. It works through the records in order
    and returns ``{"batchItemFailures": [{"itemIdentifier": sequence_number}]}`` with the first that failed, and an
    empty list if none did; that record and all after it are tried again. If the first record of the batch fails, the
    handler should raise its error instead: Lambda then halves the batch, until the bad record is alone (AWS:
    lambda/services-ddb-batchfailurereporting).

    Where a failed event goes
        *delivery* and *execution* are one stage: what is tried again ``retry_attempts`` times and still fails, or is
        older than ``max_record_age``, goes to ``on_failure``, by default to a failure queue, which an alarm watches. If
        the handler raises as above, that is the bad record alone. If it returns the first record of a batch again and
        again, AWS does not say that the batch is halved: the good records behind the bad one may be given up with it.
        Lambda may tell of several records in one message (AWS: AWS::Lambda::EventSourceMapping). A queue or topic gets
        only the positions in the stream: the records must be read from there within the 24 hours for which it keeps
        them. A bucket gets the records themselves: ``on_failure=Bucket(...)``. The stream is read from its oldest
        record; those that expire within an hour go to ``on_failure`` unseen, with their positions, and so does what
        waits for 23 hours because Lambda throttles the function. Lambda reads with the role of the function (AWS:
        lambda/lambda-intro-execution-role): if the function is deleted, or its role may not read, records stay in the
        stream until it no longer keeps them. The function's own dead-letter queue and destinations are never used.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported.
    table
        An owned table that has a stream, or one imported with ``table_stream_arn``.
    starting_position
        Where to begin in the stream: ``TRIM_HORIZON`` or ``LATEST``. Default: with the oldest record that it holds.
    options
        ``on_failure``, ``retry_attempts``, ``max_record_age`` and the others of ``StreamOptions``.

    Attributes
    ----------
    table
        What was given. The others are those of ``StreamPattern``.

    Raises
    ------
    ValueError
        If the table has no stream, if ``starting_position`` is ``AT_TIMESTAMP``, and as ``StreamPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        table: AnyTable,
        starting_position: lambda_.StartingPosition = lambda_.StartingPosition.TRIM_HORIZON,
        **options: Unpack[StreamOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, table=table)
        self.table = table
        stream_arn = table.table_stream_arn
        if stream_arn is None:
            raise ValueError(
                f"{self.node.path}: expected a table with a stream, got {table.node.path} without; pass stream="
                "StreamViewType.NEW_AND_OLD_IMAGES (dynamo_stream= for TableV2) to that table, or import it with "
                "Table.from_table_attributes(..., table_stream_arn=...)"
            )
        if starting_position is lambda_.StartingPosition.AT_TIMESTAMP:
            raise ValueError(
                f"{self.node.path}: expected starting_position to be TRIM_HORIZON or LATEST, got AT_TIMESTAMP; "
                "DynamoDB streams cannot be read from a time"
            )
        # What Lambda's poller needs, no more (AWS: amazondynamodb/iam-policy-example-lamda-process-dynamodb-streams).
        # It lists the streams of a table, not one stream.
        streams = f"{table.table_arn}/stream/*"
        reading = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
        policy = self._poll(
            table,
            stream_arn,
            [
                iam.PolicyStatement(actions=reading, resources=[stream_arn]),
                iam.PolicyStatement(actions=["dynamodb:ListStreams"], resources=[streams]),
                *decrypt(table.encryption_key),
            ],
            STREAM_RETENTION_DEFAULT_SECONDS,
            starting_position,
            None,
            options,
        )
        if policy is not None:
            acknowledge_wildcard(policy, "The streams of a table are listed, which names no one of them", streams)
