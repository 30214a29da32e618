"""What is known of a function that is to run at the edges of CloudFront."""

from collections.abc import Iterator
from typing import cast

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

_STORAGE_MAX_MEBIBYTES = 512  # docs: cloudfront/lambda-at-edge-function-restrictions


def resource_of(function: lambda_.Function) -> lambda_.CfnFunction:
    """Return the resource, which knows what an escape hatch has set."""
    return cast(lambda_.CfnFunction, function.node.default_child)


def forbidden(function: lambda_.Function) -> Iterator[tuple[str, str]]:
    """Yield what a function has that Lambda@Edge forbids, each with the way out."""
    resource = resource_of(function)
    resolve = function.stack.resolve
    storage = (resolve(resource.ephemeral_storage) or {}).get("size")
    updates = (resolve(resource.runtime_management_config) or {}).get("updateRuntimeOn", "Auto")
    if function.architecture.name != lambda_.Architecture.X86_64.name:
        yield function.architecture.name, "set architecture=Architecture.X86_64"
    if function.runtime.family not in (lambda_.RuntimeFamily.PYTHON, lambda_.RuntimeFamily.NODEJS):
        yield f"runtime {function.runtime.name}", "use Python or Node.js"
    tracing = resource.tracing_config
    if tracing is not None and getattr(tracing, "mode", None) == "Active":
        yield "tracing", "set tracing=Tracing.DISABLED"
    if resolve(resource.environment):
        yield "environment variables", "put the values into the code, or read them from a parameter"
    if function.is_bound_to_vpc:
        yield "a VPC", "leave out vpc"
    if function.dead_letter_queue or function.dead_letter_topic:
        yield "a dead-letter queue or topic", "leave out dead_letter_queue"
    if resolve(resource.layers):
        yield "layers", "put their content into the code"
    if isinstance(storage, int | float) and storage > _STORAGE_MAX_MEBIBYTES:
        yield f"{storage:g} MiB in /tmp", f"set ephemeral_storage_size to {_STORAGE_MAX_MEBIBYTES} MiB or leave it out"
    if updates != "Auto":
        yield "runtime updates that are not automatic", "leave out runtime_management_mode"
    if "sourceKmsKeyArn" in resolve(resource.code):
        yield "code encrypted with a key", "leave out source_kms_key"


def custom_log_group(function: lambda_.Function) -> str | None:
    """Return the name of the log group at the edges, if that is the function's own.

    ``None`` where Lambda@Edge names it after the function: if there is no group of its own, or that has just the name
    that Lambda would give it (AWS: cloudfront/edge-functions-logs).
    """
    resource = resource_of(function)
    group: str | None = getattr(resource.logging_config, "log_group", None)
    if group is None or resource.function_name is None:
        return group
    resolve = function.stack.resolve
    # Not function.log_group, which makes a custom resource if the group came by an escape hatch.
    made = (each for each in function.stack.node.find_all() if isinstance(each, logs.CfnLogGroup))
    names = [each.log_group_name for each in made if resolve(each.ref) == resolve(group)] or [group]
    return None if f"/aws/lambda/{resource.function_name}" in names else group
