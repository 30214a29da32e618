"""Choose what belongs to a stack, or to a function."""

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Final, Protocol

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.refusals import explained

_NAMED: Final = re.compile(
    r"(?:(?:arn:[^:]+:lambda:(?P<region>[^:]+):)?(?P<owner>[^:]+):function:)?(?P<name>[^:]+)(?::.*)?"
)


class Selection(Protocol):
    """Says whether something belongs to what was asked for."""

    def takes(self, arns: Collection[str], functions: Collection[str]) -> bool:
        """Say so of something with these ARNs, which is for these functions."""


class Everything:
    """All of the region."""

    def takes(self, arns: Collection[str], functions: Collection[str]) -> bool:  # noqa: ARG002 - see Selection
        """Take it."""
        return True


class OfFunction:
    """What is for a function, whichever of its versions.

    Parameters
    ----------
    account
        The account and region.
    name
        Its name or its ARN, also without what stands before the account, and with or without a qualifier.

    Raises
    ------
    OperationError
        When the ARN is of another account or region.
    """

    def __init__(self, account: Account, name: str) -> None:
        named = _NAMED.fullmatch(name)
        self._given = name
        self._name = named["name"] if named else name
        region, owner = named.group("region", "owner") if named else (None, None)
        if region not in (None, account.region):
            raise OperationError(
                f"expected a function in {account.region}, found one in {region}; give --region {region}", Exit.USAGE
            )
        if owner not in (None, account.id):
            raise OperationError(
                f"expected a function of the account {account.id}, found one of {owner}; give a --profile of {owner}",
                Exit.USAGE,
            )

    def must_be_one_of(self, known: Collection[str]) -> None:
        """Raise an ``OperationError`` when the function is none of those that there are, by their ARNs."""
        names = {_function(one) for one in known}
        if self._name not in names:
            raise OperationError(
                f"expected the name of a function, found '{self._given}'; {near(self._name, names)}", Exit.USAGE
            )

    def takes(self, arns: Collection[str], functions: Collection[str]) -> bool:
        """Say whether it is one of the functions, or the thing itself."""
        return any(_function(one) == self._name for one in (*arns, *functions))


class OfStack:
    """What a stack or a stack within it has made, and what is for its functions.

    Parameters
    ----------
    account
        The account.
    name
        The name of the stack.

    Raises
    ------
    OperationError
        When there is no such stack, or it may not be read.
    """

    def __init__(self, account: Account, name: str) -> None:
        from botocore.exceptions import ClientError

        try:
            self._made = _made(account, name)
        except OperationError as error:
            cause = error.__cause__
            if isinstance(cause, ClientError) and "does not exist" in str(cause):
                raise OperationError(
                    f"expected the name of a stack, found '{name}'; check the name, --region and --profile", Exit.USAGE
                ) from error
            raise

    def takes(self, arns: Collection[str], functions: Collection[str]) -> bool:
        """Say whether the stack has made any of them."""
        return any(_key(one) in self._made for one in (*arns, *functions))


def near(name: str, names: Collection[str]) -> str:
    """Say which of some names may have been meant."""
    close = get_close_matches(name, sorted(names), n=3)
    return (
        f"did you mean {' or '.join(repr(one) for one in close)}?"
        if close
        else "check the name, --region and --profile"
    )


def _made(account: Account, stack: str) -> set[tuple[str, str]]:
    found = set()
    with explained(f"read the resources of the stack {stack}"):
        pages = account.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
        resources = [one for page in pages for one in page["StackResourceSummaries"]]
    for one in resources:
        physical = one.get("PhysicalResourceId")
        if physical and one["ResourceType"] == "AWS::CloudFormation::Stack":
            found |= _made(account, physical)
        elif physical:
            # The id is an ARN, a URL, a name, or a bus and a rule: bus|rule.
            service = one["ResourceType"].split("::")[1].lower()
            found.add((service, physical.rpartition(":")[2].rpartition("/")[2].rpartition("|")[2]))
    return found


def _key(arn: str) -> tuple[str, str]:
    """Return the service of an ARN and the name of what it is of; of a qualified function its own."""
    service = (arn.split(":") + [""] * 3)[2]
    return service, _function(arn) or arn.rpartition(":")[2].rpartition("/")[2]


def _function(arn: str) -> str:
    return arn.partition(":function:")[2].partition(":")[0]
