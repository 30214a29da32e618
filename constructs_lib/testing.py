"""Assertions for the tests of an app."""

from collections.abc import Iterable, Iterator

from constructs import IConstruct

from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.result import Result
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.selection import choose_rules
from constructs_lib.synthesized import check_scope


def assert_no_findings(
    scope: IConstruct,
    *,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    additional_rules: Iterable[Rule] = (),
    fail_on: Severity | str = Severity.INFO,
) -> None:
    """Check a stack, a stage, an app or any other construct in a test.

    The app or stage around the construct is synthesized, unless it was already: ``Template.from_stack`` works before
    and after, while constructs can be added only before. What invokes a function is looked for in the whole app or
    stage, but only findings under the construct count, and none that was accepted: with
    ``Validations.of(construct).acknowledge`` or in the metadata of a template.

    Where ``LambdaInvocationChecks`` is registered on the app as well, the synthesis fails first if the pack finds an
    error, whatever is ignored here.

    Parameters
    ----------
    scope
        What to check.
    select
        The ids of the rules to run. Default: all but the opt-in ones.
    ignore
        The ids of rules not to run.
    additional_rules
        Rules of your own; they run unless they are ignored, or others are selected.
    fail_on
        The least severe findings that count, a severity or its name. Default: ``info``, every finding.

    Raises
    ------
    AssertionError
        If there are findings, or a template cannot be checked; it tells of each finding the rule, the construct path,
        what is wrong and how to fix it.
    ValueError
        If there is no rule or severity of such a name, or no App or Stage around the construct.

    Examples
    --------
    >>> def test_no_event_is_lost():
    ...     app = App()
    ...     assert_no_findings(OrderStack(app, "Orders"), fail_on="warning")
    """
    __tracebackhide__ = True  # pytest shows the test, not this function
    least = Severity.named(fail_on)
    result = check_scope(scope, choose_rules(select, ignore, additional_rules))
    findings = sorted((one for one in result.active if one.severity >= least), key=lambda one: -one.severity)
    if findings or result.problems:
        where = scope.node.path or "the app"
        raise AssertionError("\n".join(_lines(where, findings, result)))


def _lines(where: str, findings: list[Finding], result: Result) -> Iterator[str]:
    rules = {rule.id: rule for rule in result.rules}
    number = len(findings)
    yield f"expected no findings in {where}, found {number}{' and what cannot be checked' if result.problems else ''}"
    for problem in result.problems:
        yield f"\n{problem.path}\n  {problem.message}"
    for finding in findings:
        rule = rules[finding.rule]
        yield f"\n{finding.severity.label} {finding.rule}: {finding.resource.construct_path} {finding.location}"
        yield f"  {finding.message}"
        yield f"  fix: {rule.fix}"
        yield f"  why: {rule.description} {rule.source}"
