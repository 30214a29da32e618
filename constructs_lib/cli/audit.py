"""``lambda-invocations audit``."""

import argparse
from typing import TYPE_CHECKING, Final

from constructs_lib.cli.account import add_account_options
from constructs_lib.cli.options import add_rule_options

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_DESCRIPTION: Final = """\
Check what is deployed: read how the functions of an account are invoked and where their failed events go, change
nothing, and apply the rules of check to it. Rules about what AWS refuses, or what only templates tell, are left out
unless they are selected by their id."""

_EPILOG: Final = """\
exit codes:
  0  all was read, and no finding is as severe as --fail-on
  1  findings are
  2  the command is called wrongly, or a file cannot be read
  3  AWS refused a call, or cannot be reached, and no finding is as severe as --fail-on; what could be read is checked,
     and nothing is concluded from what could not

settings:
  those of check, from [tool.lambda-invocations] in the nearest pyproject.toml

accepting a finding:
  list it in the baseline file, which --write-baseline writes, or leave out its rule with --ignore. A finding goes by
  aws/<account>/<region>, relative to the working directory: run the command in the same folder each time."""


def add_parser(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "audit",
        help="check what is deployed in an account",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_account_options(parser, several_regions=True)
    parser.add_argument(
        "--name",
        action="append",
        metavar="GLOB",
        help="report about the functions whose name matches, and what serves them; can be repeated; default: all",
    )
    parser.add_argument(
        "--tag",
        action="append",
        metavar="KEY=VALUE",
        help="report about the functions that have the tag, and what serves them; can be repeated; default: all",
    )
    add_rule_options(parser)
    parser.add_argument(
        "--policy",
        action="store_true",
        help="print the IAM policy that reading needs, in the partition of --region if it is given; call nothing",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.policy:
        import json

        from constructs_lib.operations.live.actions import policy
        from constructs_lib.operations.partitions import partition_of

        print(json.dumps(policy(partition_of(_regions(options.region)[0] or "")), indent=2))
        return 0
    from dataclasses import replace

    from constructs_lib.cli.checking import baseline_of, report, rules_of
    from constructs_lib.cli.errors import say
    from constructs_lib.cli.interrupting import ended_by_a_second_interrupt
    from constructs_lib.cli.settings import read_settings
    from constructs_lib.operations.account import Account
    from constructs_lib.operations.audit.auditing import audit_accounts
    from constructs_lib.operations.audit.left_out import LEFT_OUT
    from constructs_lib.operations.errors import Exit

    settings = read_settings(options)
    if settings.select is None:
        settings = replace(settings, ignore=(*settings.ignore, *LEFT_OUT))
    rules, baseline = rules_of(settings), baseline_of(settings, options.write_baseline)
    accounts = [
        Account(profile=options.profile, region=region, endpoint_url=options.endpoint_url)
        for region in _regions(options.region)
    ]
    with ended_by_a_second_interrupt():
        result = audit_accounts(accounts, rules, baseline, names=options.name or (), tags=options.tag or ())
    if ("text", None) not in settings.formats:
        for problem in result.problems:
            say(f"{problem.path}: {problem.message}")
    if report(result, settings, options.write_baseline):
        return Exit.FAILED
    return Exit.REFUSED if result.problems else Exit.DONE


def _regions(given: list[str] | None) -> list[str | None]:
    names = [name for value in given or () for part in value.split(",") if (name := part.strip())]
    return list(dict.fromkeys(names)) or [None]
