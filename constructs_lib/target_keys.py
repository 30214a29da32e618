"""Keys of what Lambda or Step Functions sends to, of which the policies may be out of reach."""

from aws_cdk import Annotations
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct

from constructs_lib.types import AnyKey

KEY_USE = ("kms:Decrypt", "kms:GenerateDataKey")
"""What SQS, SNS and S3 ask of a sender (AWS: lambda/kafka-on-failure)."""


def warn_of_key(
    scope: IConstruct, warning: str, target: IConstruct, key: AnyKey | None, *, sender: str, loss: str
) -> None:
    """Warn if a target has, or may have, a key that a role cannot be allowed to use here.

    Parameters
    ----------
    scope
        What the warning is shown on.
    warning
        Its id.
    target
        A queue, topic or bucket.
    key
        What encrypts it, if that is known.
    sender
        Whose role sends, as it reads in "the function's role".
    loss
        What becomes of that if the key may not be used.
    """
    if key is not None:
        # AWS manages the policies of its own keys: they let the roles of the account use them.
        if isinstance(key, kms.Key) or ":alias/aws/" in key.key_arn:
            return
        why = f"the policy of its imported key {key.node.path} cannot be changed here"
    elif isinstance(target, sqs.Queue | sns.Topic | s3.Bucket):
        return
    else:
        why = "it was imported, and whether a customer-managed key encrypts it is not known"
    Annotations.of(scope).add_warning_v2(
        warning,
        f"{target.node.path}: {why}. If {sender} may not use the key, {loss}: see to it that the policy of the key "
        f"leaves {' and '.join(KEY_USE)} to IAM, or allows them to the role, and that the key was named where the "
        "target was imported; then acknowledge this warning",
    )
