"""What our rules find in a template that cfn-lint has read, once for all of them."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from cfnlint.rules import RuleMatch
from cfnlint.template import Template

from constructs_lib.cfn_lint.ids import IDS
from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.loading.lines import region_of
from constructs_lib.graph.template import TemplateFile
from constructs_lib.nag.finding import Finding
from constructs_lib.nag.run import run
from constructs_lib.nag.selection import choose_rules

Matches = dict[str, list[RuleMatch]]
"""By the id that cfn-lint knows."""

_known: Final[WeakKeyDictionary[Template, Matches]] = WeakKeyDictionary()


def matches_of(cfn: Template) -> Matches:
    """Return the findings that nobody accepted, nested stacks aside: cfn-lint is given those by themselves.

    Raises
    ------
    ValueError
        The first time, when the template cannot be checked; cfn-lint then reports E0002 with the message.
    """
    if cfn not in _known:
        _known[cfn] = {}
        _known[cfn] = _matches(cfn)
    return _known[cfn]


def _matches(cfn: Template) -> Matches:
    # From standard input there is no file; cfn-lint then looks for the lines by itself.
    named = cfn.filename is not None
    text = None if named else json.dumps(cfn.template, default=str)
    app = load_app([TemplateFile(Path(cfn.filename or "stdin.json"), text=text)])
    result = run([app], choose_rules())
    if result.problems:
        raise ValueError("; ".join(problem.message for problem in result.problems))
    found: Matches = defaultdict(list)
    for finding in result.active:
        if finding.resource.template is app.templates[0]:
            found[_id(finding)].append(_match(finding, located=named))
    return dict(found)


def _id(finding: Finding) -> str:
    letter = finding.severity.label[0].upper()
    return next((one for one in IDS[finding.rule] if one.startswith(letter)), IDS[finding.rule][0])


def _match(finding: Finding, *, located: bool) -> RuleMatch:
    resource = finding.resource
    keys = [int(key) if key.isdecimal() else key for key in finding.path.split(".") if key]
    path = ["Resources", resource.logical_id, "Properties", *keys]
    region = region_of(resource.template, resource.logical_id, finding.path) if located else None
    if region is None:
        return RuleMatch(path, finding.message)
    # cfn-lint counts from 0 here.
    location = (region.line - 1, region.column - 1, region.end_line - 1, region.end_column - 1)
    return RuleMatch(path, finding.message, location=location)
