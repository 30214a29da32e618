"""What the function and the state machine of a redrive may do, and nothing else."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from constructs_lib.acknowledge import acknowledge, acknowledge_wildcard
from constructs_lib.failure_redrive.state_machine import LABEL
from constructs_lib.function import LambdaFunction
from constructs_lib.grants import allow_sending
from constructs_lib.types import AnyBucket, AnyFunction, AnyQueue, AnyStream, AnyTable


def let_take_objects(function: LambdaFunction, bucket: AnyBucket, prefix: str) -> None:
    """Let the function read and delete the objects under a prefix."""
    objects = bucket.arn_for_objects(f"{prefix}*")
    _allow(function, ["s3:GetObject", "s3:DeleteObject"], objects)
    # It asks for a single key, which S3 would otherwise rather deny than call missing.
    function.add_to_role_policy(let_list(bucket, prefix))
    if bucket.encryption_key is not None:
        bucket.encryption_key.grant(function, "kms:Decrypt")
    _acknowledge(function, "The objects under the prefix get their names when events fail", objects)


def let_list(bucket: AnyBucket, prefix: str) -> iam.PolicyStatement:
    """Return what allows to list the objects under a prefix."""
    return iam.PolicyStatement(
        actions=["s3:ListBucket"],
        resources=[bucket.bucket_arn],
        conditions={"StringLike": {"s3:prefix": f"{prefix}*"}},
    )


def let_take_messages(function: LambdaFunction, queue: AnyQueue) -> None:
    """Let the function receive and delete the messages of a queue, and give them back."""
    _allow(function, ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"], queue.queue_arn)
    if queue.encryption_master_key is not None:
        queue.encryption_master_key.grant(function, "kms:Decrypt")


def let_send(function: LambdaFunction, queue: AnyQueue) -> None:
    """Let the function send messages to a queue, of which it knows the ARN."""
    _allow(function, ["sqs:GetQueueUrl", "sqs:SendMessage"], queue.queue_arn)
    allow_sending(function, queue.encryption_master_key)


def let_invoke(function: LambdaFunction, invoked: AnyFunction) -> None:
    """Let the function invoke another one, with exactly this qualifier."""
    _allow(function, ["lambda:InvokeFunction"], invoked.function_arn)


def let_read_stream(function: LambdaFunction, stream: AnyStream) -> None:
    """Let the function fetch records back from a Kinesis stream."""
    _allow(function, ["kinesis:GetShardIterator", "kinesis:GetRecords"], stream.stream_arn)
    if stream.encryption_key is not None:
        stream.encryption_key.grant(function, "kms:Decrypt")


def let_read_table(function: LambdaFunction, table: AnyTable) -> None:
    """Let the function fetch records back from the stream of a table."""
    if table.table_stream_arn is not None:
        _allow(function, ["dynamodb:GetShardIterator", "dynamodb:GetRecords"], table.table_stream_arn)
    if table.encryption_key is not None:
        table.encryption_key.grant(function, "kms:Decrypt")


def let_run(
    scope: Construct, machine: stepfunctions.StateMachine, function: LambdaFunction, results: AnyBucket
) -> None:
    """Let the state machine invoke the function, run child executions, and write and look at their outcome.

    Sources: https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html,
    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html.
    """
    written = results.arn_for_objects(f"{LABEL}/*")
    machine.add_to_role_policy(
        iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])
    )
    machine.add_to_role_policy(
        iam.PolicyStatement(
            actions=["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"],
            resources=[written],
        )
    )
    executions = _arn(machine, "execution", machine.state_machine_name, "*")
    children = _arn(machine, "execution", f"{machine.state_machine_name}/{LABEL}", "*")
    runs = _arn(machine, "mapRun", f"{machine.state_machine_name}/{LABEL}", "*")
    # A policy of its own: the machine needs the default policy of its role, and this one needs the machine.
    policy = iam.Policy(
        scope,
        "MapPolicy",
        roles=[machine.role],
        statements=[
            iam.PolicyStatement(actions=["states:StartExecution"], resources=[machine.state_machine_arn]),
            iam.PolicyStatement(actions=["states:DescribeExecution", "states:StopExecution"], resources=[executions]),
            iam.PolicyStatement(actions=["states:RedriveExecution"], resources=[children]),
            iam.PolicyStatement(actions=["states:DescribeMapRun"], resources=[runs]),
        ],
    )
    for resource in (executions, children, runs):
        acknowledge_wildcard(policy, "Executions and Map Runs get their names when they start", resource)
    acknowledge_wildcard(machine.role, "Step Functions names the files of outcomes itself", written)
    acknowledge(
        machine.role,
        "Log deliveries and X-Ray have no resources to name: their actions only take *",
        "AwsSolutions-IAM5[Resource::*]",
    )


def _arn(machine: stepfunctions.StateMachine, resource: str, *names: str) -> str:
    return Stack.of(machine).format_arn(
        service="states",
        resource=resource,
        resource_name=":".join(names),
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )


def _allow(function: LambdaFunction, actions: list[str], resource: str) -> None:
    function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=[resource]))


def _acknowledge(function: LambdaFunction, reason: str, resource: str) -> None:
    if function.role is not None:
        acknowledge_wildcard(function.role, reason, resource)
