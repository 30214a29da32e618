"""``lambda-invocations check``."""

import argparse
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argparse import _SubParsersAction

FORMATS: Final = "text, json, sarif, junit, github or markdown"

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
    parser.add_argument(
        "--select",
        action="append",
        metavar="RULES",
        help="the rules to run, separated by commas; default: all but the opt-in ones",
    )
    parser.add_argument("--ignore", action="append", metavar="RULES", help="rules not to run, separated by commas")
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "info"),
        help="the least severe finding that makes the exit code 1; default: error",
    )
    parser.add_argument(
        "--format",
        action="append",
        metavar="FORMAT[=FILE]",
        help=f"{FORMATS}; with a file, write it there. Can be repeated; text goes to the screen if no other one does",
    )
    parser.add_argument(
        "--baseline",
        metavar="FILE",
        help="accept the findings that the file lists; it is not read with --write-baseline",
    )
    parser.add_argument(
        "--write-baseline",
        metavar="FILE",
        help="write the findings that nobody accepted in the app or its templates into the file, and exit with 0",
    )
    parser.add_argument(
        "--rules-from",
        action="append",
        metavar="MODULE",
        help="a module, or a Python file, with rules of your own: subclasses of constructs_lib.nag.rule.Rule",
    )
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
