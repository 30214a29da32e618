"""A stack in which nearly everything is wrong, as a plain template."""

from typing import Any

STACK = "unsafe"
_TRUST = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["lambda.amazonaws.com", "scheduler.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ]
}
_READ: dict[str, Any] = {
    "PolicyName": "read",
    "PolicyDocument": {
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                "Resource": {"Fn::GetAtt": ["Jobs", "Arn"]},
            },
            {"Effect": "Allow", "Action": "kinesis:*", "Resource": {"Fn::GetAtt": ["Stream", "Arn"]}},
            {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": {"Fn::GetAtt": ["Pushed", "Arn"]}},
        ]
    },
}


def template() -> dict[str, Any]:
    """Return the template."""
    return {
        "Resources": {
            "Role": _resource("IAM::Role", AssumeRolePolicyDocument=_TRUST, RoleName="unsafe-role"),
            "Policy": _resource("IAM::Policy", Roles=[{"Ref": "Role"}], **_READ),
            # Nowhere for failed events of a topic, a rule and a schedule to go.
            "Pushed": _function("pushed"),
            "Topic": _resource("SNS::Topic", TopicName="unsafe-topic"),
            "Subscription": _resource(
                "SNS::Subscription", TopicArn={"Ref": "Topic"}, Protocol="lambda", Endpoint=_arn("Pushed")
            ),
            "TopicMay": _permission("Pushed", "sns.amazonaws.com", {"Ref": "Topic"}),
            "Rule": _resource(
                "Events::Rule",
                Name="unsafe-rule",
                EventPattern={"source": ["unsafe"]},
                Targets=[{"Id": "pushed", "Arn": _arn("Pushed")}],
            ),
            "Schedule": _resource(
                "Scheduler::Schedule",
                Name="unsafe-schedule",
                ScheduleExpression="rate(1 day)",
                FlexibleTimeWindow={"Mode": "OFF"},
                Target={"Arn": _arn("Pushed"), "RoleArn": _arn("Role")},
            ),
            # What is right: a rule that invokes a version, which its permission names.
            "Version": _resource("Lambda::Version", FunctionName={"Ref": "Pushed"}),
            "VersionRule": _resource(
                "Events::Rule",
                Name="unsafe-version",
                EventPattern={"source": ["unsafe-version"]},
                Targets=[{"Id": "version", "Arn": {"Ref": "Version"}}],
            ),
            "VersionMay": _permission("Version", "events.amazonaws.com", _arn("VersionRule")),
            # A dead-letter queue that nobody watches, to which the role may not send.
            "Kept": _function("kept", DeadLetterConfig={"TargetArn": _arn("Failures")}),
            "Failures": _resource("SQS::Queue", QueueName="unsafe-failures"),
            "Uploads": _resource(
                "S3::Bucket",
                DependsOn=["BucketMay"],
                BucketName="unsafe-uploads",
                NotificationConfiguration={
                    "LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": _arn("Kept")}]
                },
            ),
            "BucketMay": _permission("Kept", "s3.amazonaws.com", "arn:aws:s3:::unsafe-uploads"),
            # A queue without a dead-letter queue, whose messages reappear too early, and an endless stream.
            "Polled": _function("polled", Timeout=60),
            "Jobs": _resource("SQS::Queue", QueueName="unsafe-jobs", VisibilityTimeout=60),
            "FromJobs": _resource(
                "Lambda::EventSourceMapping", EventSourceArn=_arn("Jobs"), FunctionName={"Ref": "Polled"}
            ),
            "Stream": _resource("Kinesis::Stream", Name="unsafe-stream", ShardCount=1),
            "FromStream": _resource(
                "Lambda::EventSourceMapping",
                EventSourceArn=_arn("Stream"),
                FunctionName={"Ref": "Polled"},
                StartingPosition="TRIM_HORIZON",
            ),
        }
    }


def _resource(kind: str, DependsOn: list[str] | None = None, **properties: Any) -> dict[str, Any]:  # noqa: N803
    depends = {"DependsOn": DependsOn} if DependsOn else {}
    return {"Type": f"AWS::{kind}", "Properties": properties, **depends}


def _function(name: str, **properties: Any) -> dict[str, Any]:
    return _resource(
        "Lambda::Function",
        FunctionName=f"unsafe-{name}",
        Code={"ZipFile": "def handler(event, context): ..."},
        Handler="index.handler",
        Runtime="python3.11",
        Role=_arn("Role"),
        **properties,
    )


def _permission(function: str, principal: str, source: Any) -> dict[str, Any]:
    return _resource(
        "Lambda::Permission",
        FunctionName={"Ref": function},
        Action="lambda:InvokeFunction",
        Principal=principal,
        SourceArn=source,
    )


def _arn(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}
