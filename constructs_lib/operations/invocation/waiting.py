"""How long the answer of a synchronous invocation may take."""

from typing import Any, Final

from constructs_lib.facts import FUNCTION_TIMEOUT_MAX_SECONDS
from constructs_lib.operations.account import Account
from constructs_lib.operations.invocation.target import Target

_MARGIN_SECONDS: Final = 60
"""For what is not part of the function's timeout: making the execution environment, and the way there and back."""


def patient_client(account: Account, target: Target) -> Any:
    """Return a client of Lambda that waits for as long as the function may run, and never invokes it again meanwhile.

    The function's configuration tells how long that is; if it may not be read, it is the 15 minutes that a function
    can run at most (source: AWS Lambda Developer Guide, Lambda quotas).

    Raises
    ------
    botocore.exceptions.BotoCoreError
        When Lambda cannot be reached.
    """
    from botocore.exceptions import ClientError

    qualifier = {} if target.qualifier is None else {"Qualifier": target.qualifier}
    try:
        found = account.client("lambda").get_function_configuration(FunctionName=target.function, **qualifier)
    except ClientError:
        found = {}  # it may be readable for invoking alone; whatever else is wrong, invoking says it
    # The timeout of a durable function is for each of its steps; a synchronous execution has the 15 minutes as a whole.
    seconds = FUNCTION_TIMEOUT_MAX_SECONDS if "DurableConfig" in found else found.get("Timeout")
    return account.client("lambda", read_timeout=(seconds or FUNCTION_TIMEOUT_MAX_SECONDS) + _MARGIN_SECONDS)
