"""Checks of parameters that several patterns share.

jsii checks what CDK's classes are given, but not what ours are; and CDK's interfaces cannot be tested with isinstance.
"""

from collections.abc import Mapping

from aws_cdk import Duration, Token
from constructs import IConstruct

from constructs_lib.facts import FUNCTION_TIMEOUT_MAX_SECONDS
from constructs_lib.timeouts import function_timeout_seconds, is_durable, known_seconds, owned_function
from constructs_lib.types import AnyFunction

_IMPORT = "for an existing one, use the from_... methods of its class"
_KINDS = {
    "queue": ("queue_arn", "a queue of the CDK", _IMPORT),
    "dead_letter_queue": ("queue_arn", "a queue of the CDK", _IMPORT),
    "event_bus": ("event_bus_arn", "an event bus of the CDK", _IMPORT),
    "output_bucket": ("bucket_arn", "a bucket of the CDK", _IMPORT),
    "bucket": ("bucket_arn", "a bucket of the CDK", _IMPORT),
    "api": ("rest_api_id", "a REST API of the CDK", _IMPORT),
    "invokers": ("grant_principal", "roles, users, functions or other grantees of the CDK", _IMPORT),
    "log_group": ("log_group_arn", "a log group of the CDK", _IMPORT),
    "filter_pattern": ("log_pattern_string", "a filter pattern of the CDK", "use FilterPattern"),
    "alarm": ("alarm_arn", "an alarm of the CDK", _IMPORT),
    "stream": ("stream_arn", "a stream of the CDK", _IMPORT),
    "consumer": ("stream_consumer_arn", "a stream consumer of the CDK", _IMPORT),
    "root_ca_certificate": ("secret_arn", "a secret of the CDK", _IMPORT),
    "security_group": ("security_group_id", "a security group of the CDK", _IMPORT),
    "subnets": ("subnet_id", "subnets of the CDK", _IMPORT),
    "secret": ("secret_arn", "a secret of the CDK", _IMPORT),
    "cluster": ("cluster_identifier", "a DocumentDB cluster of the CDK", _IMPORT),
    "table": ("table_arn", "a table of the CDK", _IMPORT),
    "user_pool": ("user_pool_id", "a user pool of the CDK", _IMPORT),
    "filter_encryption": ("key_arn", "a key of the CDK", _IMPORT),
    "encryption_key": ("key_arn", "a key of the CDK", _IMPORT),
    "custom_sender_kms_key": ("key_arn", "a key of the CDK", _IMPORT),
    "listener": ("listener_arn", "a listener of the CDK", _IMPORT),
    "certificates": ("certificate_arn", "certificates of the CDK", _IMPORT),
    "load_balancer": ("is_application_load_balancer", "an Application Load Balancer of the CDK", _IMPORT),
    "rule_set": ("receipt_rule_set_name", "a receipt rule set of the CDK", _IMPORT),
    "after": ("receipt_rule_name", "a receipt rule of the CDK", _IMPORT),
    "repository": ("repository_arn", "a CodeCommit repository of the CDK", _IMPORT),
    "alarm_topic": ("topic_arn", "a topic of the CDK", _IMPORT),
    "topic": ("topic_arn", "a topic of the CDK", _IMPORT),
    "state_machine": ("state_machine_arn", "a state machine of the CDK", _IMPORT),
    "on_failure": ("bind", "a destination", "wrap it, as in SqsDestination(queue)"),
    "on_success": ("bind", "a destination", "wrap it, as in SqsDestination(queue)"),
}


def check_kinds(owner: IConstruct, **given: object) -> None:
    """Raise ``TypeError`` for a parameter that is not the CDK object that its name asks for; ``None`` passes."""
    for parameter, value in given.items():
        attribute, kind, way_out = _KINDS[parameter]
        if value is not None and not hasattr(value, attribute):
            raise TypeError(f"{owner.node.path}: expected {parameter} to be {kind}, got {value!r}; {way_out}")


def refuse_unknown(owner: IConstruct, options: Mapping[str, object], known: type) -> None:
    """Raise ``TypeError`` for an option that ``known``, a ``TypedDict``, does not have: Python itself does not."""
    unknown = ", ".join(sorted(options.keys() - known.__annotations__.keys()))
    if unknown:
        expected = ", ".join(known.__annotations__)
        raise TypeError(
            f"{owner.node.path}: expected parameters of {type(owner).__name__} or {expected}, got {unknown}"
        )


def check_function(owner: IConstruct, function: AnyFunction, *, passes_tenant_id: bool = False) -> None:
    """Raise for what is no function, for one that the pattern cannot invoke, and for a qualifier unknown to CDK.

    Parameters
    ----------
    owner, function
        The pattern, and the function it is given.
    passes_tenant_id
        Whether invocations carry a tenant's id.

    Raises
    ------
    TypeError
        If it is not an object of the CDK.
    ValueError
        If it is ``latest_version``, or was imported by an ARN that ends in an alias or version: CDK would configure the
        unqualified function instead, and failures of the one that is invoked would be lost. If it is durable and
        unqualified, or if it is tenant-isolated and the pattern does not pass a tenant's id, without which invocations
        fail (AWS: lambda/tenant-isolation).
    """
    if not hasattr(function, "function_arn"):
        raise TypeError(
            f"{owner.node.path}: expected function to be a function, an alias or a version of the CDK, got "
            f"{function!r}; {_IMPORT}"
        )
    if function.node.id == "$LATEST":
        raise ValueError(
            f"{owner.node.path}: expected a function, an alias or a version, got {function.node.path}; "
            "pass the function itself: unqualified, it is $LATEST"
        )
    if is_durable(function) and function is owned_function(function):
        raise ValueError(
            f"{owner.node.path}: expected a version or alias of the durable function {function.node.path}, got the "
            "function itself; durable functions are invoked by qualified ARN only: pass its current_version"
        )
    if is_tenant_isolated(function) and not passes_tenant_id:
        raise ValueError(
            f"{owner.node.path}: expected a function without tenant isolation, got {function.node.path}; "
            f"{type(owner).__name__} passes no tenant's id, which each invocation needs: use another function, or "
            "RestApiToLambda with tenant_id=..., or let AsyncInvocation's callers pass it"
        )
    is_qualified = hasattr(function, "alias_name") or hasattr(function, "lambda_")
    arn = function.function_arn
    if owned_function(function) is None and not is_qualified and not Token.is_unresolved(arn) and arn.count(":") > 6:
        raise ValueError(
            f"{owner.node.path}: expected a function imported by its unqualified ARN, got {arn}; import an alias with "
            "Alias.from_alias_attributes(...), or a version with Version.from_version_attributes(...)"
        )


def refuse_version(owner: IConstruct, function: AnyFunction, reason: str) -> None:
    """Raise ``ValueError`` for a version, where only functions and aliases will do."""
    if hasattr(function, "version") and not hasattr(function, "alias_name"):
        raise ValueError(
            f"{owner.node.path}: expected a function or an alias, got the version {function.node.path}; {reason}: pass "
            "an alias of it, made with Alias(..., version=...)"
        )


def is_tenant_isolated(function: AnyFunction) -> bool:
    """Tell whether a function is known to keep the environments of tenants apart: of this app, or so imported."""
    owned = owned_function(function)
    # The resource, not the construct, knows what an escape hatch has set.
    holder = function if owned is None else owned.node.default_child
    return getattr(holder, "tenancy_config", None) is not None


def check_fast_enough(owner: IConstruct, function: AnyFunction, limit: float, caller: str) -> None:
    """Raise ``ValueError`` for a function that may take longer than its caller waits.

    Parameters
    ----------
    owner
        The pattern.
    limit
        How long the caller waits, in seconds.
    caller
        The caller, as it reads in "the 29 s that the API waits".
    """
    slowest = function_timeout_seconds(function)
    if slowest is not None and slowest > limit:
        raise ValueError(
            f"{owner.node.path}: expected a function that answers within the {limit:g} s that {caller} waits, got "
            f"{function.node.path} with a timeout of {slowest:g} s; the caller would give up while the function "
            "goes on. Shorten the function's timeout, or answer at once and do the work asynchronously"
        )


def check_mappable(owner: IConstruct, function: AnyFunction) -> None:
    """Raise ``ValueError`` for a function that no event source mapping can invoke.

    Source: AWS, lambda/durable-invoking-esm. That of tenant-isolated functions is with ``check_function``.
    """
    seconds = function_timeout_seconds(function)
    if is_durable(function) and seconds is not None and seconds > FUNCTION_TIMEOUT_MAX_SECONDS:
        raise ValueError(
            f"{owner.node.path}: expected a durable function that ends within {FUNCTION_TIMEOUT_MAX_SECONDS} s, got "
            f"{function.node.path} with {seconds:g} s; a mapping waits no longer: shorten its execution_timeout"
        )


def check_range(owner: IConstruct, parameter: str, value: float | Duration | None, low: float, high: int) -> None:
    """Raise ``ValueError`` for a number, or a duration in seconds, outside a range; tokens and ``None`` pass."""
    number = known_seconds(value) if isinstance(value, Duration) else value
    if number is None or Token.is_unresolved(number):
        return
    if not low <= number <= high:
        unit = " s" if isinstance(value, Duration) else ""
        raise ValueError(
            f"{owner.node.path}: expected {parameter} to be from {low:,} to {high:,}{unit}, got {number:g}{unit}"
        )


def refuse_settings(owner: IConstruct, given: str, **settings: object) -> None:
    """Raise ``ValueError`` if a setting of what a pattern would make is given together with what replaces it.

    Parameters
    ----------
    owner
        The pattern.
    given
        The parameter that brings the user's own, such as ``queue``.
    settings
        The settings that would then have no effect, by parameter name.
    """
    useless = ", ".join(name for name, value in settings.items() if value is not None)
    if useless:
        raise ValueError(
            f"{owner.node.path}: expected {useless} only for a new {given}, got {given}= as well; "
            f"set {useless} on the {given} that you pass, or leave out {given}="
        )
