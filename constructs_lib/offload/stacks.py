"""APIs in other stacks than what they call."""

from typing import cast

from aws_cdk import CfnElement, Reference, Stack, Tokenization
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct, IConstruct

from constructs_lib.types import AnyRestApi


def scope_beside(pattern: Construct, resource: apigateway.IResource | AnyRestApi) -> Construct:
    """Return the scope for what a method names: the pattern, or what is in the stack of an API of another stack."""
    return pattern if Stack.of(resource) is Stack.of(pattern) else cast(Construct, resource)


def stack_behind(arn: str) -> Stack | None:
    """Return the stack that whoever uses this ARN depends on, not a nested one; ``None`` for what is imported."""
    for token in Tokenization.reverse_string(arn).tokens:
        if Reference.is_reference(token):
            target: IConstruct = token.target  # type: ignore[attr-defined]
            if isinstance(target, CfnElement):
                return _top(Stack.of(target))
    return None


def check_stacks(pattern: Construct, api: AnyRestApi | None, called: Stack | None, **needed: str | None) -> None:
    """Raise ``ValueError`` if the API's stack and that of what it calls would need each other.

    CDK would say so only when it synthesizes, and in terms of resources that the user has not written.

    Parameters
    ----------
    api
        The API that was given. One that the pattern makes itself is in the pattern's stack.
    called
        The stack of what the API's methods name; ``None`` if that is imported.
    needed
        The ARNs of what that stack needs in turn, by parameter.
    """
    if api is None or called is None:
        return
    there, here = _top(Stack.of(api)), _top(called)
    for parameter, arn in needed.items():
        if arn is not None and there is not here and stack_behind(arn) is there:
            raise ValueError(
                f"{pattern.node.path}: expected {parameter} not to be of the stack of the API, {there.node.path}, got "
                f"it there; the API calls what is in {here.node.path}, which needs {parameter}, and two stacks cannot "
                f"need each other: make this pattern, the API and {parameter} in one stack, or move the API or "
                f"{parameter} to a stack of its own"
            )


def _top(stack: Stack) -> Stack:
    while stack.nested_stack_parent is not None:
        stack = stack.nested_stack_parent
    return stack
