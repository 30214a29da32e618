"""Which function is invoked, and which version of it."""

import re
from dataclasses import dataclass
from typing import Final

from constructs_lib.operations.errors import Exit, OperationError

_QUALIFIER: Final = r"\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_-]{1,128}"
_FUNCTION: Final = re.compile(
    r"(?P<function>(?:arn:aws[a-z-]*:lambda:)?(?:(?P<region>[a-z]+(?:-[a-z]+)+-\d):)?(?:\d{12}:)?(?:function:)?"
    rf"[a-zA-Z0-9_.-]+)(?::(?P<qualifier>{_QUALIFIER}))?"
)
"""A name, or a full or partial ARN (source: API model, ``lambda.InvocationRequest.FunctionName``)."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is invoked."""

    function: str
    """The name or ARN, without a qualifier."""
    qualifier: str | None
    """The version or alias; without one, Lambda takes ``$LATEST``."""

    def __str__(self) -> str:
        return self.function if self.qualifier is None else f"{self.function}:{self.qualifier}"


def target_of(function: str, qualifier: str | None, region: str) -> Target:
    """Return what is to be invoked.

    Parameters
    ----------
    function
        A name, a partial ARN (``123456789012:function:name``) or an ARN; each may end with ``:`` and a qualifier.
    qualifier
        A version or an alias; the same one if ``function`` ends with one.
    region
        The region that is called; Lambda invokes no function of another one.

    Raises
    ------
    OperationError
        When this is no function or qualifier, or they contradict each other or the region.
    """
    found = _FUNCTION.fullmatch(function)
    if found is None:
        raise _wrong(f"expected the name or ARN of a function, found '{function}'; correct it")
    if qualifier is not None and not re.fullmatch(_QUALIFIER, qualifier):
        raise _wrong(f"expected a version, an alias or $LATEST as the qualifier, found '{qualifier}'; correct it")
    if found["region"] not in (None, region):
        raise _wrong(
            f"expected a function in {region}, found one in {found['region']}; give --region {found['region']}"
        )
    if qualifier is not None and found["qualifier"] not in (None, qualifier):
        raise _wrong(f"expected one qualifier, found '{found['qualifier']}' and '{qualifier}'; leave one of them out")
    return Target(found["function"], qualifier or found["qualifier"])


def _wrong(message: str) -> OperationError:
    return OperationError(message, Exit.USAGE)
