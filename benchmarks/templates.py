"""Generates templates as the CDK writes them, of any size."""

import json
from pathlib import Path
from typing import Any, Final

UNIT: Final = 10
"""How many resources a unit has: a function behind a queue, and one behind a rule."""


def template(resources: int) -> dict[str, Any]:
    """Return a template with that many resources, a multiple of ``UNIT``."""
    return {"Resources": {name: one for index in range(resources // UNIT) for name, one in _unit(index).items()}}


def write(folder: Path, files: int, resources: int) -> None:
    """Write that many templates, each with that many resources, as the CDK does."""
    text = json.dumps(template(resources), indent=1)
    for index in range(files):
        (folder / f"stack{index}.template.json").write_text(text)


def _unit(index: int) -> dict[str, Any]:
    work, react = f"Work{index}A1B2C3D4", f"React{index}B2C3D4E5"
    jobs, failed = f"Jobs{index}C3D4E5F6", f"Failed{index}D4E5F6A7"
    rule = f"Rule{index}E5F6A7B8"
    return {
        failed: _resource("AWS::SQS::Queue", f"Failed{index}", MessageRetentionPeriod=1209600),
        jobs: _resource(
            "AWS::SQS::Queue",
            f"Jobs{index}",
            RedrivePolicy={"deadLetterTargetArn": _arn(failed), "maxReceiveCount": 5},
            VisibilityTimeout=180,
        ),
        f"{work}Role": _role(f"Work{index}/ServiceRole"),
        f"{work}Policy": _policy(f"Work{index}/ServiceRole/DefaultPolicy", f"{work}Role", jobs, "sqs:ReceiveMessage"),
        work: _function(f"Work{index}", f"{work}Role"),
        f"{work}Source": _resource(
            "AWS::Lambda::EventSourceMapping",
            f"Work{index}/SqsEventSource",
            EventSourceArn=_arn(jobs),
            FunctionName={"Ref": work},
            FunctionResponseTypes=["ReportBatchItemFailures"],
        ),
        f"{react}Role": _role(f"React{index}/ServiceRole"),
        react: _function(f"React{index}", f"{react}Role"),
        rule: _resource(
            "AWS::Events::Rule",
            f"Rule{index}",
            EventPattern={"source": [f"orders.{index}"]},
            State="ENABLED",
            Targets=[{"Arn": _arn(react), "Id": "Target0"}],
        ),
        f"{rule}Allow": _resource(
            "AWS::Lambda::Permission",
            f"Rule{index}/AllowEventRule",
            Action="lambda:InvokeFunction",
            FunctionName=_arn(react),
            Principal="events.amazonaws.com",
            SourceArn=_arn(rule),
        ),
    }


def _resource(kind: str, path: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties, "Metadata": {"aws:cdk:path": f"Stack/{path}/Resource"}}


def _arn(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


def _function(path: str, role: str) -> dict[str, Any]:
    code = {"S3Bucket": {"Fn::Sub": "assets-${AWS::AccountId}-${AWS::Region}"}, "S3Key": "0123456789abcdef.zip"}
    properties = {"Code": code, "Handler": "index.handler", "Role": _arn(role), "Runtime": "python3.13", "Timeout": 30}
    return {**_resource("AWS::Lambda::Function", path, **properties), "DependsOn": [role]}


def _role(path: str) -> dict[str, Any]:
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    managed = ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
    return _resource(
        "AWS::IAM::Role",
        path,
        AssumeRolePolicyDocument={"Statement": [statement], "Version": "2012-10-17"},
        ManagedPolicyArns=[{"Fn::Join": ["", managed]}],
    )


def _policy(path: str, role: str, queue: str, *actions: str) -> dict[str, Any]:
    actions = (
        *actions,
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueUrl",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    )
    statement = {"Action": list(actions), "Effect": "Allow", "Resource": _arn(queue)}
    return _resource(
        "AWS::IAM::Policy",
        path,
        PolicyDocument={"Statement": [statement], "Version": "2012-10-17"},
        PolicyName=f"{role}DefaultPolicy",
        Roles=[{"Ref": role}],
    )
