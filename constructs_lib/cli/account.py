"""The options of the commands that call AWS."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.operations.account import Account

EXIT_CODES = """\
exit codes:
  0  done
  1  {failed}
  2  the command is called wrongly, or what it should read cannot be read
  3  AWS refused a call, or cannot be reached; what could be done without it is done"""
"""The end of the help of such a command."""


def add_account_options(parser: argparse.ArgumentParser, *, several_regions: bool = False) -> None:
    """Add what says which account to call, and where."""
    parser.add_argument("--profile", help="of the shared configuration; default: as for the AWS CLI")
    if several_regions:
        several = "a region, or several, separated by commas; can be repeated; default: as for the AWS CLI"
        parser.add_argument("--region", action="append", metavar="REGIONS", help=several)
    else:
        parser.add_argument("--region", help="default: as for the AWS CLI")
    parser.add_argument("--endpoint-url", metavar="URL", help="the address of all services; default: AWS_ENDPOINT_URL")


def account_of(options: argparse.Namespace, region: str | None = None) -> "Account":
    """Return the account that the options name, in one of several regions if one is given."""
    from constructs_lib.operations.account import Account

    return Account(profile=options.profile, region=region or options.region, endpoint_url=options.endpoint_url)
