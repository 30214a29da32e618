"""JUnit XML, which Jenkins, GitLab and most other build servers show as test results.

A suite for each file with findings holds a case for each finding: it fails when the finding fails the check, is skipped
when somebody accepted the finding, and passes with a word on the console otherwise. What could not be checked is a case
with an error. In a last suite, each rule that found nothing is a case that passes. GitLab shows only the first of two
cases with the same class and name, so each has a name of its own.
"""

from collections import Counter, defaultdict
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from constructs_lib.nag.reports.places import plain, region, relative, subject
from constructs_lib.nag.result import Judged, Problem, Result
from constructs_lib.nag.rule import Rule


def render(result: Result) -> str:
    """Return the report."""
    root = Element("testsuites", name="lambda-invocations")
    for problem in result.problems:
        _add_problem(_suite(root, relative(problem.path)), problem)
    files: dict[str, list[Judged]] = defaultdict(list)
    for judged in result.judged:
        files[relative(judged.finding.resource.template.path)].append(judged)
    rules = {rule.id: rule for rule in result.rules}
    names: Counter[tuple[str, str]] = Counter()
    for file, several in files.items():
        suite = _suite(root, file)
        for judged in several:
            _add_finding(suite, file, judged, rules[judged.finding.rule], names, fails=result.fails(judged.finding))
    _add_passes(root, result)
    for element in (*root, root):
        _count(element)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, name: str) -> Element:
    return SubElement(root, "testsuite", name=plain(name), time="0")


def _case(suite: Element, rule: str, name: str, **attributes: str) -> Element:
    return SubElement(suite, "testcase", {"classname": rule, "name": plain(name), "time": "0", **attributes})


def _add_problem(suite: Element, problem: Problem) -> None:
    file = plain(relative(problem.path))
    case = _case(suite, "Unchecked", f"{file} can be checked", file=file)
    _tell(case, "error", "Unchecked", problem.message)


def _add_finding(
    suite: Element, file: str, judged: Judged, rule: Rule, names: Counter[tuple[str, str]], *, fails: bool
) -> None:
    finding, accepted = judged.finding, judged.suppression
    name = f"{subject(finding)} {finding.location} in {file}"
    names[finding.rule, name] += 1
    repeated = names[finding.rule, name]
    place = region(finding)
    case = _case(
        suite,
        finding.rule,
        f"{name} ({repeated})" if repeated > 1 else name,
        file=plain(file),
        **({"line": str(place.line)} if place else {}),
    )
    text = f"{finding.severity.label}: {finding.message}\n\n{rule.fix}\n{rule.source}"
    if accepted:
        _tell(case, "skipped", None, accepted.reason, f"accepted: {accepted.reason}\n\n{text}")
    elif fails:
        _tell(case, "failure", finding.rule, finding.message, text)
    else:
        SubElement(case, "system-out").text = plain(text)


def _add_passes(root: Element, result: Result) -> None:
    found = {judged.finding.rule for judged in result.judged}
    quiet = [rule for rule in result.rules if rule.id not in found]
    if quiet:
        suite = _suite(root, f"rules without findings in {result.templates} templates")
        for rule in quiet:
            _case(suite, rule.id, f"{rule.id} finds nothing")


def _tell(case: Element, outcome: str, type: str | None, message: str, text: str | None = None) -> None:
    """Say in a case what came of it; build servers show the message, the text, or both."""
    element = SubElement(case, outcome, {"message": plain(message), **({"type": type} if type else {})})
    element.text = plain(text or message)


def _count(element: Element) -> None:
    element.set("tests", str(len(list(element.iter("testcase")))))
    for outcome, plural in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        element.set(plural, str(len(list(element.iter(outcome)))))
