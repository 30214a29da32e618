"""Write accounts of functions as data for programs."""

import json
from collections.abc import Sequence
from typing import Any

from constructs_lib.explain.model import Account, Attempts, End, Route, Stage
from constructs_lib.graph.template import Resource, TemplateError


def render(accounts: Sequence[Account], problems: Sequence[TemplateError] = ()) -> str:
    """Return the JSON text.

    Parameters
    ----------
    accounts
        The functions.
    problems
        What was wrong with inputs that could not be read.
    """
    data = {
        "functions": [_account(one) for one in accounts],
        "problems": [{"path": str(one.path), "message": one.message} for one in problems],
    }
    return json.dumps(data, indent=2) + "\n"


def _account(one: Account) -> dict[str, Any]:
    return {
        **_resource(one.function),
        "name": one.name,
        "timeoutSeconds": one.timeout,
        "conditional": one.conditional,
        "assumed": one.assumed,
        "alarms": one.alarms,
        "notes": one.notes,
        "invokers": [_route(route) for route in one.routes],
    }


def _route(one: Route) -> dict[str, Any]:
    return {
        "service": one.service,
        "resources": [_resource(resource) for resource in one.resources],
        "onlyAllowed": one.only_allowed,
        "qualifier": one.qualifier,
        "model": one.model.value if one.model else None,
        "limits": one.limits,
        "notes": one.notes,
        "backlogAlarms": one.backlog,
        "stages": [_stage(stage) for stage in one.stages],
    }


def _stage(one: Stage) -> dict[str, Any]:
    return {
        "stage": one.name.value,
        "attempts": _attempts(one.attempts),
        "ends": [_end(end) for end in one.ends],
    }


def _attempts(one: Attempts) -> dict[str, Any]:
    return {"text": one.words, "number": one.number, "seconds": one.seconds}


def _end(one: End) -> dict[str, Any]:
    return {
        "fate": one.fate.value,
        "text": one.place,
        "resource": _resource(one.resource) if one.resource else None,
        "watchers": one.watchers,
    }


def _resource(one: Resource) -> dict[str, Any]:
    return {
        "label": one.label,
        "logicalId": one.logical_id,
        "type": one.type,
        "constructPath": one.construct_path,
        "template": str(one.template.path),
    }
