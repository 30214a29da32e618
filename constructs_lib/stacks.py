"""Which stacks cannot need each other."""

from aws_cdk import Stack


def apart(stack: Stack, other: Stack) -> Stack | None:
    """Return the outermost stack around ``stack`` that is not around ``other``; ``None`` if one is within the other.

    That one is deployed as a whole before or after what ``other`` has of it: two stacks of an app cannot need each
    other, nor can two nested ones of one stack. A stack and one nested in it can, as only single resources of the outer
    one need the inner one.
    """
    mine, theirs = _around(stack), _around(other)
    if stack in theirs or other in mine:
        return None
    return next(each for each in reversed(mine) if each not in theirs)


def _around(stack: Stack) -> list[Stack]:
    stacks = [stack]
    while (parent := stacks[-1].nested_stack_parent) is not None:
        stacks.append(parent)
    return stacks
