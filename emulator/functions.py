"""Running a function as a service does that waits for its answer."""

from typing import Any

from ministack.services import lambda_svc

from emulator.permissions import function_of


def record_of(function: str) -> dict[str, Any] | None:
    """Find what ministack needs to run a function, an ARN with or without qualifier, if it exists."""
    base = function_of(function)
    if base is None:
        return None
    _, qualifier = lambda_svc._lambda_function_name_and_qualifier_from_arn(function)
    record, config = lambda_svc._effective_func_record_for_qualifier(base, qualifier)
    # Reserved concurrency belongs to the function, whatever was published; the context shows the ARN as invoked.
    return {**record, "concurrency": base["concurrency"], "config": {**config, "FunctionArn": function}}


def call(function: str, payload: Any) -> dict[str, Any]:
    """Run a function that exists once; the result says so if it failed or was throttled."""
    return dict(lambda_svc._execute_function_with_config_scope(record_of(function), payload))
