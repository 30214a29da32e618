"""The answers of an account in which nothing is wrong, and every kind of thing is there that is read."""

import json
from typing import Any

from tests.operations.live.answers import ID, REGION, Refused

ORDERS = f"arn:aws:lambda:{REGION}:{ID}:function:orders"
POLLER = f"arn:aws:lambda:{REGION}:{ID}:function:poller"
WEB = f"arn:aws:lambda:{REGION}:{ID}:function:web"
FAILURES = f"arn:aws:sqs:{REGION}:{ID}:failures"
JOBS = f"arn:aws:sqs:{REGION}:{ID}:jobs"
ROLE = f"arn:aws:iam::{ID}:role/worker"
TOPIC = f"arn:aws:sns:{REGION}:{ID}:news"
SUBSCRIPTION = f"{TOPIC}:1b2c"
RULE = f"arn:aws:events:{REGION}:{ID}:rule/nightly"
RELEASED = f"{ORDERS}:7"
"""A version that a rule invokes."""
RELEASES = f"arn:aws:events:{REGION}:{ID}:rule/releases"
STREAM = f"arn:aws:kinesis:{REGION}:{ID}:stream/clicks"
TABLE = f"arn:aws:dynamodb:{REGION}:{ID}:table/carts"
TABLE_STREAM = f"{TABLE}/stream/2026-01-01T00:00:00.000"
GROUP = f"arn:aws:elasticloadbalancing:{REGION}:{ID}:targetgroup/web/0a1b2c3d4e5f6789"
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{ID}:loadbalancer/app/front/0a1b2c3d4e5f6789"
ALARM = f"arn:aws:cloudwatch:{REGION}:{ID}:alarm:late"
POOL = f"arn:aws:cognito-idp:{REGION}:{ID}:userpool/{REGION}_1"
IOT_RULE = f"arn:aws:iot:{REGION}:{ID}:rule/readings"
MACHINE = f"arn:aws:states:{REGION}:{ID}:stateMachine:report"
PIPE = f"arn:aws:pipes:{REGION}:{ID}:pipe/copy"
KEY = f"arn:aws:kms:{REGION}:{ID}:key/0000-1111"
URI = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{WEB}/invocations"
QUEUES = f"https://sqs.{REGION}.amazonaws.com/{ID}/"


def allow(action: str, resource: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def permitted(function: str, **sources: str) -> dict[str, Any]:
    """Return the policy of a function that lets each service invoke it for a source."""
    return {
        "Policy": json.dumps(
            document(
                *(
                    allow(
                        "lambda:InvokeFunction",
                        function,
                        Principal={"Service": f"{service.replace('__', '.').replace('_', '-')}.amazonaws.com"},
                        Condition={"ArnLike": {"AWS:SourceArn": arn}, "StringEquals": {"AWS:SourceAccount": ID}},
                    )
                    for service, arn in sources.items()
                )
            )
        )
    }


POLICIES = {
    "orders": permitted(
        ORDERS, sns=TOPIC, events=RULE, s3="arn:aws:s3:::uploads", iot=IOT_RULE, lambda__alarms__cloudwatch=ALARM
    ),
    "web": permitted(
        WEB,
        apigateway=f"arn:aws:execute-api:{REGION}:{ID}:abc123/prod/GET/pets",
        elasticloadbalancing=GROUP,
        cognito_idp=POOL,
    ),
}


GONE = Refused("ResourceNotFoundException")


def get_policy(FunctionName: str, Qualifier: str = "") -> Any:  # noqa: N803 - AWS names it
    if Qualifier:
        return permitted(RELEASED, events=RELEASES) if (FunctionName, Qualifier) == ("orders", "7") else GONE
    return POLICIES.get(FunctionName, GONE)


def targets(Rule: str, **_: Any) -> Any:  # noqa: N803
    arn = RELEASED if Rule == "releases" else ORDERS
    return {"Targets": [{"Id": "1", "Arn": arn, "DeadLetterConfig": {"Arn": FAILURES}}]}


def configs(FunctionName: str, **_: Any) -> Any:  # noqa: N803
    if FunctionName != "orders":
        return {"FunctionEventInvokeConfigs": []}
    destination = {"OnSuccess": {}, "OnFailure": {"Destination": FAILURES}}
    settings = {"MaximumRetryAttempts": 1, "DestinationConfig": destination}
    return {"FunctionEventInvokeConfigs": [{"FunctionArn": arn, **settings} for arn in (f"{ORDERS}:$LATEST", RELEASED)]}


def queue(QueueUrl: str, **_: Any) -> Any:  # noqa: N803
    name = QueueUrl.rpartition("/")[2]
    attributes = {"QueueArn": f"arn:aws:sqs:{REGION}:{ID}:{name}", "VisibilityTimeout": "30", "KmsMasterKeyId": KEY}
    if name == "jobs":
        redrive = {"deadLetterTargetArn": FAILURES, "maxReceiveCount": 5}
        attributes |= {"RedrivePolicy": json.dumps(redrive), "MessageRetentionPeriod": "345600"}
    else:
        services = {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}
        policy = document(allow("sqs:SendMessage", FAILURES, Principal=services))
        attributes |= {"MessageRetentionPeriod": "1209600", "Policy": json.dumps(policy)}
    return {"Attributes": attributes}


def function(name: str, arn: str, **more: Any) -> dict[str, Any]:
    return {"FunctionName": name, "FunctionArn": arn, "Role": ROLE, "Timeout": 3, "Handler": "index.handler", **more}


def mapping(identity: str, arn: str, **more: Any) -> dict[str, Any]:
    return {
        "UUID": f"00000000-0000-0000-0000-00000000000{identity}",
        "EventSourceArn": arn,
        "FunctionArn": POLLER,
        "State": "Enabled",
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        **more,
    }


ENDS = {
    "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::uploads"}},
    "MaximumRetryAttempts": 3,
    "MaximumRecordAgeInSeconds": -1,
    "BisectBatchOnFunctionError": True,
    "StartingPosition": "TRIM_HORIZON",
}
DEFINITION = {
    "StartAt": "Work",
    "States": {
        "Work": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": WEB},
            "Retry": [{"ErrorEquals": ["States.ALL"]}],
            "End": True,
        }
    },
}
SERVICES = ["lambda", "scheduler", "states", "pipes", "iot", "firehose"]
TRUST = document(
    {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": [f"{service}.amazonaws.com" for service in SERVICES]},
    }
)
READING = document(
    allow("sqs:ReceiveMessage", JOBS),
    allow("sqs:DeleteMessage", JOBS),
    allow("sqs:GetQueueAttributes", JOBS),
    allow("kinesis:*", STREAM),
    allow("dynamodb:*", f"{TABLE}/stream/*"),
    allow("dynamodb:ListStreams", "*"),
)
SENDING = document(
    allow("s3:PutObject", "arn:aws:s3:::uploads/aws/lambda/*"),
    allow("s3:ListBucket", "arn:aws:s3:::uploads"),
    allow("sqs:SendMessage", FAILURES),
    allow("lambda:InvokeFunction", "*"),
    allow("kms:*", KEY),
)
KEY_POLICY = document(
    allow("kms:*", "*", Principal={"AWS": f"arn:aws:iam::{ID}:root"}),
    allow("kms:*", "*", Principal={"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}),
)


def alarm(name: str, namespace: str, metric: str, dimension: str, value: str, **more: Any) -> dict[str, Any]:
    dimensions = [{"Name": dimension, "Value": value}]
    arn = f"arn:aws:cloudwatch:{REGION}:{ID}:alarm:{name}"
    return {
        "AlarmName": name,
        "AlarmArn": arn,
        "Namespace": namespace,
        "MetricName": metric,
        "Dimensions": dimensions,
        **more,
    }


ANSWERS: dict[str, Any] = {
    "lambda.list_functions": {
        "Functions": [function("orders", ORDERS), function("poller", POLLER), function("web", WEB)]
    },
    "lambda.get_policy": get_policy,
    "lambda.list_function_event_invoke_configs": configs,
    "lambda.list_function_url_configs": lambda FunctionName, **_: {  # noqa: N803
        "FunctionUrlConfigs": [
            {
                "FunctionUrl": "https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-west-1.on.aws/",
                "FunctionArn": WEB,
                "CreationTime": "now",
                "LastModifiedTime": "now",
                "AuthType": "AWS_IAM",
            }
        ]
        if FunctionName == "web"
        else []
    },
    "lambda.list_event_source_mappings": {
        "EventSourceMappings": [
            mapping("1", JOBS),
            mapping("2", STREAM, **ENDS),
            mapping("3", TABLE_STREAM, **ENDS),
        ]
    },
    "sqs.list_queues": {"QueueUrls": [f"{QUEUES}jobs", f"{QUEUES}failures"]},
    "sqs.get_queue_attributes": queue,
    "sns.list_topics": {"Topics": [{"TopicArn": TOPIC}]},
    "sns.list_subscriptions": {
        "Subscriptions": [
            {"SubscriptionArn": SUBSCRIPTION, "TopicArn": TOPIC, "Protocol": "lambda", "Endpoint": ORDERS}
        ]
    },
    "sns.get_subscription_attributes": {"Attributes": {"RedrivePolicy": json.dumps({"deadLetterTargetArn": FAILURES})}},
    "events.list_event_buses": {"EventBuses": [{"Name": "default"}]},
    "events.list_rules": {
        "Rules": [
            {"Name": name, "Arn": arn, "State": "ENABLED", "EventBusName": "default"}
            for name, arn in (("nightly", RULE), ("releases", RELEASES))
        ]
    },
    "events.list_targets_by_rule": targets,
    "scheduler.list_schedules": {"Schedules": [{"Name": "hourly", "GroupName": "default", "Target": {"Arn": ORDERS}}]},
    "scheduler.get_schedule": {
        "Target": {"Arn": ORDERS, "RoleArn": ROLE, "DeadLetterConfig": {"Arn": FAILURES}},
    },
    "s3.list_buckets": {"Buckets": [{"Name": "uploads", "BucketRegion": REGION}]},
    "s3.get_bucket_notification_configuration": {
        "LambdaFunctionConfigurations": [{"LambdaFunctionArn": ORDERS, "Events": ["s3:ObjectRemoved:*"]}]
    },
    "s3.get_bucket_policy": Refused("NoSuchBucketPolicy"),
    "iam.get_account_authorization_details": {
        "RoleDetailList": [
            {
                "Path": "/",
                "RoleName": "worker",
                "Arn": ROLE,
                "AssumeRolePolicyDocument": json.dumps(TRUST),
                "RolePolicyList": [{"PolicyName": "read", "PolicyDocument": json.dumps(READING)}],
                "AttachedManagedPolicies": [
                    {"PolicyName": "send", "PolicyArn": f"arn:aws:iam::{ID}:policy/send"},
                    {"PolicyName": "logs", "PolicyArn": "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"},
                ],
            }
        ],
        "Policies": [
            {
                "PolicyName": "send",
                "Arn": f"arn:aws:iam::{ID}:policy/send",
                "PolicyVersionList": [{"Document": json.dumps(SENDING), "IsDefaultVersion": True}],
            }
        ],
    },
    "cloudwatch.describe_alarms": {
        "MetricAlarms": [
            alarm("late", "AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "jobs", AlarmActions=[ORDERS]),
            alarm("failed", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "failures"),
            alarm("behind", "AWS/Lambda", "IteratorAge", "FunctionName", "poller"),
            alarm("dropped", "AWS/Lambda", "DestinationDeliveryFailures", "FunctionName", "orders"),
        ]
    },
    "pipes.list_pipes": {"Pipes": [{"Name": "copy", "Arn": PIPE, "Source": f"{JOBS}-2", "Target": WEB}]},
    "pipes.describe_pipe": {"Name": "copy", "Source": f"{JOBS}-2", "Target": WEB, "RoleArn": ROLE},
    "stepfunctions.list_state_machines": {
        "stateMachines": [
            {"name": "report", "stateMachineArn": MACHINE, "type": "STANDARD", "creationDate": "2026-01-01"}
        ]
    },
    "stepfunctions.describe_state_machine": {
        "stateMachineArn": MACHINE,
        "name": "report",
        "definition": json.dumps(DEFINITION),
        "roleArn": ROLE,
        "type": "STANDARD",
        "creationDate": "2026-01-01",
    },
    "apigateway.get_rest_apis": {"items": [{"id": "abc123", "name": "pets"}]},
    "apigateway.get_resources": {
        "items": [
            {
                "path": "/pets",
                "resourceMethods": {
                    "GET": {"methodIntegration": {"type": "AWS_PROXY", "uri": URI, "timeoutInMillis": 29000}}
                },
            }
        ]
    },
    "apigatewayv2.get_apis": {
        "Items": [{"ApiId": "def456", "Name": "cats", "ProtocolType": "HTTP", "RouteSelectionExpression": "x"}]
    },
    "cognito-idp.list_user_pools": {"UserPools": [{"Id": f"{REGION}_1", "Name": "people"}]},
    "cognito-idp.describe_user_pool": {"UserPool": {"Arn": POOL, "LambdaConfig": {"PreSignUp": WEB}}},
    "iot.list_topic_rules": {"rules": [{"ruleName": "readings", "ruleArn": IOT_RULE}]},
    "iot.get_topic_rule": {
        "rule": {
            "ruleName": "readings",
            "actions": [{"lambda": {"functionArn": ORDERS}}],
            "errorAction": {"sqs": {"roleArn": ROLE, "queueUrl": f"{QUEUES}failures"}},
            "ruleDisabled": False,
        }
    },
    "firehose.list_delivery_streams": {"DeliveryStreamNames": ["events"], "HasMoreDeliveryStreams": False},
    "elbv2.describe_target_groups": {
        "TargetGroups": [
            {
                "TargetGroupName": "web",
                "TargetGroupArn": GROUP,
                "TargetType": "lambda",
                "LoadBalancerArns": [BALANCER],
            }
        ]
    },
    "elbv2.describe_target_health": {"TargetHealthDescriptions": [{"Target": {"Id": WEB}}]},
    "elbv2.describe_load_balancer_attributes": {"Attributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "60"}]},
    "kms.describe_key": {"KeyMetadata": {"KeyId": "0000-1111", "Arn": KEY, "KeyManager": "CUSTOMER"}},
    "kms.get_key_policy": {"Policy": json.dumps(KEY_POLICY)},
}
