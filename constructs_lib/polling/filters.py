"""What of a source a function gets: the filters of a mapping, and the key that encrypts them."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Annotations, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib.checks import check_kinds
from constructs_lib.facts import FILTER_PATTERN_MAX, FILTERS_MAX, FILTERS_QUOTA
from constructs_lib.polling.text import check_text
from constructs_lib.types import AnyKey


def check_filters(
    pattern: Construct, filters: Sequence[Mapping[str, Any]] | None, encryption: AnyKey | None = None
) -> None:
    """Check the filters of a mapping, which must pass a quota of the account as well as CloudFormation.

    Parameters
    ----------
    pattern
        Whose mapping it is.
    filters
        What the user wants, each made with ``FilterCriteria.filter(...)``.
    encryption
        The key for them.

    Raises
    ------
    ValueError
        If there are none or more than 20, if one is longer than 4,096 characters (both
        AWS::Lambda::EventSourceMapping.FilterCriteria), or if there is a key but no filter.
    TypeError
        If a filter was made in another way, or if the key is none.
    """
    check_kinds(pattern, filter_encryption=encryption)
    path = pattern.node.path
    if filters is None:
        if encryption is not None:
            raise ValueError(f"{path}: expected filters for filter_encryption, got none; pass filters=, or no key")
        return
    if not 1 <= len(filters) <= FILTERS_MAX:
        raise ValueError(
            f"{path}: expected 1 to {FILTERS_MAX} filters, got {len(filters)}; a filter may name several values of a "
            "field, and $or joins fields. To let everything through, leave out filters="
        )
    for each in filters:
        # CDK would leave out what it does not know, and such a filter lets everything through.
        if not _is_filter(each):
            raise TypeError(
                f"{path}: expected filters to be filters of the CDK, got {each!r}; make it with "
                "FilterCriteria.filter(...)"
            )
        check_text(pattern, "a pattern of filters", each.get("pattern"), FILTER_PATTERN_MAX)
    if len(filters) > FILTERS_QUOTA:
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:filterQuota",
            f"{len(filters)} filters: an account may have {FILTERS_QUOTA} in one mapping, and 10 on request; with more "
            "than its quota the deployment fails. See to the quota, then acknowledge this warning",
        )
    if encryption is not None and not isinstance(encryption, kms.Key):
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:filterKey",
            f"the policy of the imported {encryption.node.path} cannot be changed here: without kms:Decrypt for "
            "lambda.amazonaws.com there, the deployment fails; allow it where the key is made, then acknowledge this "
            "warning",
        )


def _is_filter(given: object) -> bool:
    if not isinstance(given, Mapping) or given.keys() != {"pattern"}:
        return False
    return isinstance(given["pattern"], str) or Token.is_unresolved(given["pattern"])


def allow_filter_decryption(encryption: AnyKey | None) -> str | None:
    """Let Lambda read the filters of a mapping that is no construct of CDK; return the key's ARN."""
    if encryption is None:
        return None
    encryption.grant_decrypt(iam.ServicePrincipal("lambda.amazonaws.com"))
    return encryption.key_arn
