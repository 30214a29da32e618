"""``lambda-invocations check``."""

import argparse
from typing import TYPE_CHECKING, Final

from constructs_lib.cli.options import add_rule_options

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_DESCRIPTION: Final = """\
Check templates for how functions are invoked, without Node.js and without AWS.

PATH is a cloud assembly (cdk.out), a CloudFormation template in JSON or YAML, a SAM template, a folder that holds any
of these, however deep, or - for standard input. In a folder, what is no template is passed over, and so are folders
whose name begins with a dot, and node_modules. A cloud assembly is one app, with its stages. A template is one app with
its nested stacks; templates are one app when one imports what another one, and only that one, exports."""

_EPILOG: Final = """\
exit codes:
  0  no finding is as severe as --fail-on
  1  findings are
  2  an input cannot be read, or the command is called wrongly; what can be read is checked and reported all the same

settings:
  [tool.lambda-invocations] in the nearest pyproject.toml, in the working directory or above, takes select, ignore,
  fail-on, format, baseline, rules-from and exclude; files are relative to it. An option of the command line replaces
  its setting.

leaving out files:
  --exclude 'data' leaves out files and folders of that name; with a slash, as in 'tests/*.json', it is for paths, and *
  stands for slashes too. It is for what is found in folders: what is named is checked.

accepting a finding:
  in an app, acknowledge LambdaInvocation::<rule> on a construct; in a template, write into the Metadata of a resource,
  or of the template for all of it: {LambdaInvocation: {suppress: [{id: <rule>, reason: <why>}]}}. cdk-nag's block is
  read as well. What gives no reason does not count."""


def add_parser(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "check",
        help="check templates, cloud assemblies and folders of them",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", metavar="PATH")
    add_rule_options(parser)
    parser.add_argument(
        "--exclude",
        action="append",
        metavar="GLOB",
        help="what to leave out of folders: a name, or a path when there is a slash in it; can be repeated",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.cli.checking import run_check
    from constructs_lib.cli.settings import read_settings

    return run_check(options.paths, read_settings(options), options.write_baseline)
