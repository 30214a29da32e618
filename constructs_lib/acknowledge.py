"""Acknowledge findings of other rule packs where their rule is wrong for what this library makes."""

import json

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import IConstruct

from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFunction


def acknowledge(construct: IConstruct, reason: str, *rules: str) -> None:
    """Acknowledge cdk-nag rules on a construct and everything beneath it.

    Parameters
    ----------
    construct
        The narrowest construct that the rule is wrong about.
    reason
        Why the rule is wrong here; it stands in ``validation-report.json`` beside the finding.
    rules
        Rule ids as cdk-nag prints them, such as ``AwsSolutions-SQS3``. They are recorded with their pack's name in
        front (``AwsSolutions::AwsSolutions-SQS3``): only then does the report list what was acknowledged.
    """
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=f"{rule.split('-', 1)[0]}::{rule}", reason=reason) for rule in rules)
    )


def acknowledge_wildcard(construct: IConstruct, reason: str, resource: str) -> None:
    """Acknowledge that a policy beneath a construct allows actions on ``resource``, an ARN with a wildcard.

    cdk-nag names such a finding after the ARN, with references in angle brackets.
    """
    acknowledge(construct, reason, f"AwsSolutions-IAM5[Resource::{_flat(Stack.of(construct).resolve(resource))}]")


def acknowledge_no_dead_letter_queue(function: AnyFunction, reason: str) -> None:
    """Acknowledge that a function has no dead-letter queue of its own, which one rule asks of every function."""
    owned = owned_function(function)
    if owned is not None:
        acknowledge(owned, reason, "Serverless-LambdaDLQ")


def _flat(arn: object) -> str:
    match arn:
        case {"Fn::Join": [str(delimiter), list(parts)]}:
            return delimiter.join(_flat(part) for part in parts)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Ref": name}:
            return f"<{name}>"
        case {}:
            return json.dumps(arn, separators=(",", ":"))
        case _:
            return str(arn)
