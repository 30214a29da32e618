"""The poller of a mapping reads the source with the role of the function."""

from collections.abc import Iterator
from typing import Final

from constructs_lib.graph.iam.access import missing, with_key
from constructs_lib.graph.iam.coverage import STREAM_KEY, Asked
from constructs_lib.graph.iam.roles import execution_role
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed

_TABLE: Final = tuple(f"dynamodb:{action}" for action in ("DescribeStream", "GetRecords", "GetShardIterator"))
_ACTIONS: Final = {
    "AWS::SQS::Queue": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "AWS::Kinesis::Stream": ("kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator"),
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::DynamoDB::GlobalTable": _TABLE,
}
"""What no poller of such a source can do without (AWS: lambda/services-sqs-configure, services-kinesis-create,
services-dynamodb-eventsourcemapping)."""


class PollerPermission(Rule):
    """The role of a function does not allow what reading the source of its mapping needs."""

    severity = Severity.ERROR
    description = (
        "An event source mapping reads its queue or stream with the role of the function, and this role does not allow "
        "it, or does not allow to decrypt what is read. The deployment fails, or nothing is ever processed."
    )
    fix = (
        "CDK: function.add_event_source(SqsEventSource(queue)), which grants it; otherwise "
        "queue.grant_consume_messages, stream.grant_read, table.grant_stream_read, key.grant_decrypt. CloudFormation: "
        "a policy of the role with the actions of AWSLambdaSQSQueueExecutionRole, AWSLambdaKinesisExecutionRole or "
        "AWSLambdaDynamoDBExecutionRole on the source, and kms:Decrypt on its key."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            source = mapping.source
            role = execution_role(world, mapping.target.function) if mapping.target else None
            if source is None or role is None or mapping.target is None:
                continue
            key = STREAM_KEY + "*" if mapping.service == "dynamodb" else ""
            wanted = [(action, Asked(source, key)) for action in _ACTIONS.get(source.type, ())]
            lacking = list(missing(world, role, [*wanted, *with_key(world, source, "kms:Decrypt")]))
            if lacking:
                actions = listed([f"{action} on {asked.resource.label}" for action, asked in lacking])
                yield self.finding(
                    mapping.resource,
                    "EventSourceArn",
                    f"mapping {mapping.resource.label} reads {source.label} with role {role.label} of function "
                    f"{mapping.target.function.label}, which does not allow {actions}: nothing is processed. Allow it "
                    "in a policy of the role.",
                )
