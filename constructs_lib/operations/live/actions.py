"""The calls by which an account is read, each with the permission it needs; there is no other way to call.

The permissions are those that the Service Authorization Reference lists for each call
(https://docs.aws.amazon.com/service-authorization/latest/reference/).
"""

from collections.abc import Sequence
from typing import Any, Final

ACTIONS: Final = {
    "apigateway.get_authorizers": "apigateway:GET",
    "apigateway.get_resources": "apigateway:GET",
    "apigateway.get_rest_apis": "apigateway:GET",
    "apigatewayv2.get_apis": "apigateway:GET",
    "apigatewayv2.get_authorizers": "apigateway:GET",
    "apigatewayv2.get_integrations": "apigateway:GET",
    "cloudwatch.describe_alarms": "cloudwatch:DescribeAlarms",
    "cognito-idp.describe_user_pool": "cognito-idp:DescribeUserPool",
    "cognito-idp.list_user_pools": "cognito-idp:ListUserPools",
    "dynamodb.get_resource_policy": "dynamodb:GetResourcePolicy",
    "elbv2.describe_load_balancer_attributes": "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elbv2.describe_target_groups": "elasticloadbalancing:DescribeTargetGroups",
    "elbv2.describe_target_health": "elasticloadbalancing:DescribeTargetHealth",
    "events.describe_event_bus": "events:DescribeEventBus",
    "events.list_event_buses": "events:ListEventBuses",
    "events.list_rules": "events:ListRules",
    "events.list_targets_by_rule": "events:ListTargetsByRule",
    "firehose.describe_delivery_stream": "firehose:DescribeDeliveryStream",
    "firehose.list_delivery_streams": "firehose:ListDeliveryStreams",
    "iam.get_account_authorization_details": "iam:GetAccountAuthorizationDetails",
    "iot.get_topic_rule": "iot:GetTopicRule",
    "iot.list_topic_rules": "iot:ListTopicRules",
    "kinesis.get_resource_policy": "kinesis:GetResourcePolicy",
    "kms.describe_key": "kms:DescribeKey",
    "kms.get_key_policy": "kms:GetKeyPolicy",
    "kms.list_grants": "kms:ListGrants",
    "lambda.get_function_concurrency": "lambda:GetFunctionConcurrency",
    "lambda.get_function_recursion_config": "lambda:GetFunctionRecursionConfig",
    "lambda.get_policy": "lambda:GetPolicy",
    "lambda.list_aliases": "lambda:ListAliases",
    "lambda.list_event_source_mappings": "lambda:ListEventSourceMappings",
    "lambda.list_function_event_invoke_configs": "lambda:ListFunctionEventInvokeConfigs",
    "lambda.list_function_url_configs": "lambda:ListFunctionUrlConfigs",
    "lambda.list_functions": "lambda:ListFunctions",
    "pipes.describe_pipe": "pipes:DescribePipe",
    "pipes.list_pipes": "pipes:ListPipes",
    "resourcegroupstaggingapi.get_resources": "tag:GetResources",
    "s3.get_bucket_notification_configuration": "s3:GetBucketNotification",
    "s3.get_bucket_policy": "s3:GetBucketPolicy",
    "s3.list_buckets": "s3:ListAllMyBuckets",
    "scheduler.get_schedule": "scheduler:GetSchedule",
    "scheduler.list_schedules": "scheduler:ListSchedules",
    "sns.get_subscription_attributes": "sns:GetSubscriptionAttributes",
    "sns.get_topic_attributes": "sns:GetTopicAttributes",
    "sns.list_subscriptions": "sns:ListSubscriptions",
    "sns.list_topics": "sns:ListTopics",
    "sqs.get_queue_attributes": "sqs:GetQueueAttributes",
    "sqs.list_dead_letter_source_queues": "sqs:ListDeadLetterSourceQueues",
    "sqs.list_queues": "sqs:ListQueues",
    "stepfunctions.describe_state_machine": "states:DescribeStateMachine",
    "stepfunctions.list_state_machines": "states:ListStateMachines",
}
"""By the service and the method as boto3 names them. ``sts:GetCallerIdentity`` needs no permission."""


_APIS: Final = "apigateway:GET"
"""On all resources, it would also tell the values of API keys."""


def policy(partition: str = "aws") -> dict[str, Any]:
    """Return the IAM policy that lets an account be read, and nothing be changed.

    Parameters
    ----------
    partition
        The partition of the account. Default: ``aws``.
    """
    apis = [f"arn:{partition}:apigateway:*::/{kind}*" for kind in ("restapis", "apis")]
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allow("ReadHowFunctionsAreInvoked", sorted(set(ACTIONS.values()) - {_APIS}), "*"),
            _allow("ReadHowApisInvokeFunctions", [_APIS], apis),
        ],
    }


def _allow(sid: str, actions: Sequence[str], resources: str | Sequence[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
