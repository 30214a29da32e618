"""Writes the page of the comparison."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from scripts.comparison import defects
from scripts.comparison.defects import CLAIMS, Claim
from scripts.comparison.labels import ROOT, Case, Found, Judgement, judge
from scripts.comparison.ours import BEYOND, OUR_CLAIMS, findings

PAGE: Final = ROOT / "docs" / "comparison.md"
OURS: Final = "lambda-invocations"

Judgements = Sequence[Judgement]
"""One for each case."""


_METHOD: Final = """\
Some are what the CDK emits, some are written by hand, in JSON, YAML and SAM. Each has a label with the defects that it
holds, in terms of what would happen and not of a tool's rules, from what AWS documents; it was written before any tool
was run. The labels lie beside the templates in `tests/labelled/`.

The authors of this library wrote the set, so it holds the defects that they know of. It says how often a tool is wrong
on such templates, not how often such templates occur.

A finding is *true* if the label has that defect at that resource or at one that belongs to the same wiring, else
*false*; two rules of one tool that say the same of one resource count once. A defect that a tool claims to find and
does not report is *missed*. Rules on other subjects, such as memory, tracing or encryption, count neither for a tool
nor against it. Which rule claims what stands in `scripts/comparison/defects.py`. In doubt a finding is true: one about
lost asynchronous events also where there is a failure target that cannot work, one about lost records also where a
record blocks the others, though a tool does not miss those when it says nothing.
"""

_SETTING: Final = """\
cdk-nag sees each template through `CfnInclude`, SAM templates expanded; checkov runs offline; cfn-lint runs its own
rules and those of serverless-rules. Our rules run on the file as it is, and answer for every defect of the set. They
count from `warning` on, and so does the missing dead-letter queue of a subscription, which is `info`.
"""

_LIMITS: Final = """\
- What the templates do not say, no rule here finds: what a function's code does, whether a handler is idempotent, and
  what lies in another app. A value that cannot be resolved is never a finding.
- The other tools have many rules on other subjects. This one has none, and replaces none of them.
"""


def render(
    cases: Sequence[Case], found: Mapping[str, Mapping[str, Sequence[Found]]], versions: Mapping[str, str]
) -> str:
    """Return the page.

    Parameters
    ----------
    cases
        The labelled templates.
    found
        What each of the other tools finds in them.
    versions
        The versions of the other tools.
    """
    theirs = {
        tool: [judge(case, found[tool].get(case.name, ()), claims) for case in cases] for tool, claims in CLAIMS.items()
    }
    lines = [
        "# Comparison with other rule packs",
        "",
        "Written by `make comparison`; do not edit.",
        "",
        "## Method",
        "",
        templates_sentence(cases),
        _METHOD,
        f"Versions: {', '.join(f'{name} {version}' for name, version in versions.items())}.",
        _SETTING,
        "## Result",
        "",
        "Each tool on the defects that it claims to find:",
        "",
        "| Tool | Rules compared | Defects to find | True | False | Missed |",
        "|---|---|---|---|---|---|",
        our_row(cases),
        *(_row(tool, len(CLAIMS[tool]), cases, each, CLAIMS[tool].values()) for tool, each in theirs.items()),
        "",
        "Ours on only the defects that the other tool claims to find:",
        "",
        "| Defects of | True | False | Missed |",
        "|---|---|---|---|",
        *(_same_ground(tool, cases) for tool in CLAIMS),
        "",
        "How many of each defect the tools find; a dash means that the tool does not claim to find it:",
        "",
        *_matrix(cases, {OURS: our_judgements(cases, OUR_CLAIMS), **theirs}),
        "",
        "## Where ours falls short",
        "",
        *(f"- {defect[0].upper()}{defect[1:]} in `{name}`: {reason}." for (name, defect), reason in BEYOND.items()),
        _LIMITS,
    ]
    for tool, each in theirs.items():
        lines += [f"## Examples: {tool}", "", *_examples(cases, each), ""]
    return "\n".join(lines)


def templates_sentence(cases: Sequence[Case]) -> str:
    """Say how many templates there are."""
    labels = sum(len(case.labels) for case in cases)
    right = sum(not case.labels for case in cases)
    return f"{len(cases)} small templates, {right} of them right, the others with {labels} defects in all."


def our_judgements(cases: Sequence[Case], claims: Mapping[str, Claim]) -> Judgements:
    """Judge our rules."""
    return [judge(case, findings(case), claims) for case in cases]


def our_row(cases: Sequence[Case]) -> str:
    """Return our row of the first table."""
    return _row(OURS, len(defects.OURS), cases, our_judgements(cases, OUR_CLAIMS), OUR_CLAIMS.values())


def _row(tool: str, rules: int, cases: Sequence[Case], each: Judgements, claims: Iterable[Claim]) -> str:
    claimed = {claim.defect for claim in claims}
    to_find = sum(label.defect in claimed for case in cases for label in case.labels)
    return f"| {tool} | {rules} | {to_find} | {_true(each)} | {_false(each)} | {_missed(each)} |"


def _same_ground(tool: str, cases: Sequence[Case]) -> str:
    claimed = {claim.defect for claim in CLAIMS[tool].values()}
    each = our_judgements(cases, {defect: Claim(defect) for defect in claimed})
    return f"| {tool} | {_true(each)} | {_false(each)} | {_missed(each)} |"


def _true(each: Judgements) -> int:
    return sum(len(one.true) for one in each)


def _false(each: Judgements) -> int:
    return sum(len(one.false) for one in each)


def _missed(each: Judgements) -> int:
    return sum(len(one.missed) for one in each)


def _matrix(cases: Sequence[Case], tools: Mapping[str, Judgements]) -> Iterable[str]:
    yield f"| Defect | Labelled | {' | '.join(tools)} |"
    yield "|---" * (len(tools) + 2) + "|"
    claimed = {tool: {claim.defect for claim in claims.values()} for tool, claims in CLAIMS.items()}
    for defect in sorted({label.defect for case in cases for label in case.labels}, key=str.lower):
        labelled = sum(label.defect == defect for case in cases for label in case.labels)
        cells = []
        for tool, each in tools.items():
            found = sum(label.defect == defect for one in each for label in one.true)
            cells.append(str(found) if found or tool == OURS or defect in claimed[tool] else "–")
        yield f"| {defect} | {labelled} | {' | '.join(cells)} |"


def _examples(cases: Sequence[Case], each: Judgements) -> Iterable[str]:
    """Give one false finding of each rule, in a template that is right if there is one, and one missed defect."""
    false: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    missed: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for case, judgement in zip(cases, each, strict=True):
        where = f"`{case.name}`: {case.about}"
        for found in judgement.false:
            false[found.rule].append((bool(case.labels), f"at `{found.resource}` in {where}"))
        for label in judgement.missed:
            missed[label.defect].append((False, f"in {where}"))
    for word, several in (("False", false), ("Missed", missed)):
        for what, examples in sorted(several.items()):
            _, example = min(examples, key=lambda one: one[0])
            times = "once" if len(examples) == 1 else f"{len(examples)} times"
            yield f"- {word} {times}: {what}, for instance {example}."
