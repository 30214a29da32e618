"""The prefixes of the objects that Firehose writes, which it refuses when a stream is made."""

import re

from aws_cdk import Token
from constructs import IConstruct

_EXPRESSION = re.compile(r"!\{(\w+):([^{}]+)\}")
_ERROR_TYPE = "!{firehose:error-output-type}"


def check_prefix(owner: IConstruct, parameter: str, prefix: str | None, *, of_errors: bool = False) -> None:
    """Raise ``ValueError`` for a prefix whose expressions Firehose does not take; tokens and ``None`` pass.

    A prefix of errors that has expressions needs the kind of error among them, and no other prefix may have that.
    Expressions with keys of partitions are for dynamic partitioning, which the stream does not do (AWS:
    firehose/s3-prefixes, semantic rules).
    """
    if prefix is None or Token.is_unresolved(prefix):
        return
    found = [match.group(0) for match in _EXPRESSION.finditer(prefix)]
    wrong = [each for each in found if not _is_known(each) and not (of_errors and each == _ERROR_TYPE)]
    if "!{" in _EXPRESSION.sub("", prefix):
        wrong.append(prefix)
    if wrong:
        also = f", {_ERROR_TYPE}" if of_errors else ""
        raise ValueError(
            f"{owner.node.path}: expected {parameter} to have no expressions but !{{timestamp:...}}, "
            f"!{{firehose:random-string}}{also}, got {', '.join(wrong)}; leave out others"
        )
    if of_errors and found and _ERROR_TYPE not in found:
        raise ValueError(
            f"{owner.node.path}: expected {_ERROR_TYPE} in a prefix of errors with expressions, got {prefix}; add it"
        )


def _is_known(expression: str) -> bool:
    return expression.startswith("!{timestamp:") or expression == "!{firehose:random-string}"
