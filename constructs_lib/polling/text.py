"""Names that a mapping takes, which CloudFormation would refuse only in the deployment."""

import re

from aws_cdk import Token
from constructs import IConstruct

# cfn: AWS::Lambda::EventSourceMapping.ConsumerGroupId, and SourceAccessConfiguration.URI
_CHARACTERS = r"[a-zA-Z0-9/*:_+=.@-]"


def check_text(owner: IConstruct, parameter: str, value: str | None, most: int) -> None:
    """Raise ``ValueError`` for a text that is empty or has more than ``most`` characters; tokens and ``None`` pass."""
    if value is not None and not Token.is_unresolved(value) and not 1 <= len(value) <= most:
        raise ValueError(
            f"{owner.node.path}: expected {parameter} of 1 to {most} characters, got {len(value)}; "
            f"{'shorten it' if value else 'leave it out'}"
        )


def check_identifier(owner: IConstruct, parameter: str, value: str | None, most: int) -> None:
    """Raise ``ValueError`` as ``check_text`` does, and for a character that no identifier of a mapping may have."""
    check_text(owner, parameter, value, most)
    if value is None or Token.is_unresolved(value):
        return
    foreign = "".join(sorted(set(re.sub(_CHARACTERS, "", value))))
    if foreign:
        raise ValueError(
            f"{owner.node.path}: expected {parameter} of letters, digits and any of /*:_+=.@- only, got {foreign!r} in "
            f"{value!r}"
        )
