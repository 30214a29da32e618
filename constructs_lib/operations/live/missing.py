"""What AWS says when there is nothing."""

from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import urlsplit

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.live.throttling import cause_of, patiently
from constructs_lib.operations.refusals import error_code, is_missing

R = TypeVar("R")

_NOTHING: Final = ("NoSuchBucketPolicy", "PolicyNotFoundException")
"""Answers that there is nothing, besides those that say so for what is gone."""

_AT_AWS: Final = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


def unless_missing(doing: str, read: Callable[[], R], nothing: R) -> R:
    """Read, and return what stands for nothing when AWS says that there is no such thing.

    Raises
    ------
    OperationError
        When AWS refuses it for another reason.
    """
    try:
        return patiently(doing, read)
    except OperationError as error:
        cause = cause_of(error)
        if is_missing(cause) or error_code(cause) in _NOTHING:
            return nothing
        raise


def is_not_offered(account: Account, service: str, error: Exception) -> bool:
    """Say whether a service did not answer because there is none in the region, so that nothing of it is there.

    Parameters
    ----------
    account
        The account and the region.
    service
        The name by which boto3 knows the service, and the regions in which it is; of a service without regions, it
        knows none.
    error
        What boto3 raised.
    """
    from botocore.exceptions import EndpointConnectionError

    if not isinstance(error, EndpointConnectionError):
        return False
    address = urlsplit(str(error.kwargs["endpoint_url"])).hostname or ""
    if not address.endswith(_AT_AWS):
        return False  # an address that somebody gave
    offered = account.session.get_available_regions(service, account.partition)
    return bool(offered) and account.region not in offered
