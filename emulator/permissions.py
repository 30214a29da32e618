"""Who may do what: resource policies of functions, and the policies of execution and delivery roles."""

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.arn import parse_arn
from ministack.services import lambda_svc


def service_may_invoke(function: str, service: str, source: str) -> bool:
    """Whether the policy of the function (an ARN, qualified or not) lets a service invoke it for ``source``."""
    arn = parse_arn(function)
    base = function_of(function)
    if base is None:
        return False
    statements = [s for s in base["policy"]["Statement"] if s.get("Resource") == function]
    context = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=function,
        region=arn.region,
        service_context={"aws:sourcearn": source, "aws:sourceaccount": arn.account_id},
    )
    policy = {"Version": "2012-10-17", "Statement": statements}
    return bool(iam_evaluator.evaluate_resource_policy(policy, context, service=service).decision == "Allow")


def anyone_may(action: str, function: str, **keys: str) -> bool:
    """Whether the policy of the function (an ARN, qualified or not) allows the action to everybody.

    ``keys`` are the condition keys of Lambda in the request, in lower case.
    """
    base = function_of(function)
    if base is None:
        return False
    context = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Anonymous",
        principal_account="",
        action=action,
        resource_arn=function,
        region=parse_arn(function).region,
        service_context={f"lambda:{key}": value for key, value in keys.items()},
    )
    return bool(iam_evaluator.evaluate_resource_policy(base["policy"], context).decision == "Allow")


def role_may(role: str, action: str, resource: str) -> bool:
    """Whether the policies of a role (an ARN) allow the action on the resource."""
    account = parse_arn(role).account_id
    context = iam_evaluator.EvalContext(
        principal_arn=role,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=parse_arn(resource).region,
    )
    policies = iam_evaluator._gather_role_policies(role.rsplit("/", 1)[-1], account)
    return bool(iam_evaluator.evaluate(context, policies).decision == "Allow")


def function_of(function: str) -> dict[str, Any] | None:
    """Find the record of the unqualified function that an ARN names, if it and the qualifier exist."""
    arn = parse_arn(function)
    name, qualifier = lambda_svc._lambda_function_name_and_qualifier_from_arn(function)
    base: dict[str, Any] | None = lambda_svc._functions.get_scoped(arn.account_id, arn.region, name)
    return base if lambda_svc._function_qualifier_exists(base, qualifier) else None
