"""What the AWS managed policies that functions use allow, on every resource.

Only the policies that are known completely are here; any other may allow anything. Each is documented at
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/.
"""

import re
from typing import Final

from constructs_lib.graph.values import Value, fold

_LOGS: Final = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_INTERFACES: Final = ("ec2:*NetworkInterface*", "ec2:DescribeSubnets", "ec2:*PrivateIpAddresses")
_TABLE_STREAM: Final = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)

_ACTIONS: Final = {
    "AdministratorAccess": ("*",),
    # All but IAM, Organizations and accounts, which no invocation model needs.
    "PowerUserAccess": ("*",),
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaVPCAccessExecutionRole": (*_LOGS, *_INTERFACES),
    "AWSLambdaENIManagementAccess": _INTERFACES,
    "AWSXRayDaemonWriteAccess": ("xray:*",),
    "AWSXrayWriteOnlyAccess": ("xray:*",),
    "CloudWatchLambdaInsightsExecutionRolePolicy": _LOGS,
    "CloudWatchLogsFullAccess": ("logs:*", "cloudwatch:GenerateQuery*"),
    "AWSLambdaSQSQueueExecutionRole": (
        *_LOGS,
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    ),
    "AWSLambdaKinesisExecutionRole": (
        *_LOGS,
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
        "kinesis:ListStreams",
        "kinesis:SubscribeToShard",
    ),
    "AWSLambdaDynamoDBExecutionRole": (*_LOGS, *_TABLE_STREAM),
    "AWSLambdaInvocation-DynamoDB": ("lambda:InvokeFunction", *_TABLE_STREAM),
    "AWSLambdaRole": ("lambda:InvokeFunction",),
    "AWSLambdaExecute": ("logs:*", "s3:GetObject", "s3:PutObject"),
    "AmazonSQSFullAccess": ("sqs:*",),
    "AmazonSQSReadOnlyAccess": ("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:List*"),
    "AmazonSNSFullAccess": ("sns:*",),
    "AmazonSNSReadOnlyAccess": ("sns:Get*", "sns:List*", "sns:CheckIfPhoneNumberIsOptedOut"),
    "AmazonS3FullAccess": ("s3:*", "s3-object-lambda:*"),
    "AmazonS3ReadOnlyAccess": ("s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*"),
    "AmazonKinesisFullAccess": ("kinesis:*",),
    "AmazonKinesisReadOnlyAccess": ("kinesis:Get*", "kinesis:List*", "kinesis:Describe*"),
}

_NAME: Final = re.compile(r":aws:policy/(?:.*/)?([^/]+)")


def managed_actions(arn: Value) -> tuple[str, ...] | None:
    """Return the actions that an AWS managed policy allows; None when that is not known."""
    name = _NAME.search(fold(arn)[0])
    return _ACTIONS.get(name[1]) if name else None
