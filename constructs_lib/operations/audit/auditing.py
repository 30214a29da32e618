"""Audit an account in several regions."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from constructs_lib.graph.app import App
from constructs_lib.graph.template import Resource, TemplateError
from constructs_lib.nag.result import Result
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.run import run
from constructs_lib.nag.suppressions.baseline import Baseline
from constructs_lib.operations.account import Account
from constructs_lib.operations.audit.choosing import by_name, by_tag, functions
from constructs_lib.operations.audit.related import related
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.reader import read_account


def audit_accounts(
    accounts: Sequence[Account],
    rules: Sequence[Rule],
    baseline: Baseline | None = None,
    *,
    names: Sequence[str] = (),
    tags: Sequence[str] = (),
) -> Result:
    """Read accounts, or regions of one, and apply rules to what is deployed there.

    Parameters
    ----------
    accounts
        Where to look. One that cannot be read is a problem of the result, and the others are read.
    rules
        The rules to run.
    baseline
        The findings that were there before.
    names
        Patterns of the names of the functions to report about, in which ``*`` stands for anything. Default: all.
        Everything is read all the same.
    tags
        The tags that these functions have, each ``KEY=VALUE``.

    Raises
    ------
    OperationError
        When no function is left to report about, or a tag is no tag.
    """
    inputs: list[App | TemplateError] = []
    wanted: set[Resource] = set()
    chosen = 0
    for account in accounts:
        try:
            live = read_account(account)
            inputs += [live.app, *(TemplateError(one.path, one.message) for one in live.problems)]
            ours = by_tag(live, Calls(account), by_name(functions(live), names), tags)
        except OperationError as error:
            if error.code == Exit.USAGE:
                raise
            inputs.append(TemplateError(Path("aws") / account.region, str(error)))
            continue
        chosen += len(ours)
        if names or tags:
            wanted |= related(live.app, ours)
    result = replace(run(inputs, rules, baseline), unit="region")
    if not names and not tags:
        return result
    if not chosen and not result.problems:
        raise OperationError(
            f"expected functions that match {', '.join((*names, *tags))}, found none; correct the pattern or the tag, "
            "or give another --region",
            Exit.USAGE,
        )
    return replace(result, judged=[one for one in result.judged if one.finding.resource in wanted])
