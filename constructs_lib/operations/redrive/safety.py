"""Whether an event that fails again is kept."""

from typing import Any

from constructs_lib.operations.account import Account
from constructs_lib.operations.refusals import is_missing


def warning_about(account: Account, function: str) -> str | None:
    """Return what to know before a function is invoked asynchronously: that nothing keeps what fails again.

    Parameters
    ----------
    account
        The account of the function.
    function
        Its name or ARN, with the qualifier that is invoked.

    Returns
    -------
    str or None
        None also when its configuration cannot be read.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    client = account.client("lambda")
    try:
        if client.get_function_configuration(FunctionName=function).get("DeadLetterConfig", {}).get("TargetArn"):
            return None
        if _destination(client, function):
            return None
    except (ClientError, BotoCoreError):
        return None
    return f"{function} has neither an on-failure destination nor a dead-letter queue: what fails again is lost"


def _destination(client: Any, function: str) -> Any:
    from botocore.exceptions import ClientError

    try:
        config = client.get_function_event_invoke_config(FunctionName=function)
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    return config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
