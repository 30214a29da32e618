"""State machines with their definitions."""

from collections.abc import Iterator
from typing import Any

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import Item, any_caller


def read_state_machines(calls: Calls) -> Iterator[Item]:
    """Yield the state machines of the region."""
    found = calls.pages("stepfunctions.list_state_machines", "stateMachines", "list the state machines")
    yield from calls.each(lambda one: _machine(calls, one), found)


def _machine(calls: Calls, found: dict[str, Any]) -> Item:
    name, arn = found["name"], found["stateMachineArn"]
    answer = calls.maybe("stepfunctions.describe_state_machine", f"read the state machine {name}", stateMachineArn=arn)
    if answer is None:
        # It may invoke any function.
        return any_caller()
    properties = {
        "StateMachineName": name,
        "DefinitionString": answer.get("definition"),
        "RoleArn": answer.get("roleArn"),
    }
    return Item("state machine", name, "AWS::StepFunctions::StateMachine", properties, arn)
