"""Check apps one after the other, and hold what is found against what was accepted."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from constructs_lib.graph.app import App
from constructs_lib.graph.template import TemplateError
from constructs_lib.nag.engine import RuleError, check
from constructs_lib.nag.finding import Finding
from constructs_lib.nag.result import Judged, Problem, Result, Suppression
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.rules import all_rules
from constructs_lib.nag.suppressions.acknowledgements import acknowledgement_claims, reported_claims
from constructs_lib.nag.suppressions.baseline import Baseline
from constructs_lib.nag.suppressions.claim import Claim
from constructs_lib.nag.suppressions.metadata import metadata_claims


def run(
    inputs: Iterable[App | TemplateError],
    rules: Sequence[Rule],
    baseline: Baseline | None = None,
    around: Sequence[Claim] | None = None,
) -> Result:
    """Check apps.

    Parameters
    ----------
    inputs
        The apps, and what is wrong with templates that cannot be read.
    rules
        The rules to run.
    baseline
        The findings that were there before.
    around
        The acknowledgements on what is around the stacks, the app and its stages. Default: those of which the
        validation reports beside the templates tell.
    """
    outcome = _Outcome(rules, baseline, around)
    for one in inputs:
        if isinstance(one, TemplateError):
            outcome.problems.append(Problem(one.path, one.message))
        else:
            outcome.check(one)
    return outcome.result()


class _Outcome:
    def __init__(self, rules: Sequence[Rule], baseline: Baseline | None, around: Sequence[Claim] | None) -> None:
        self._rules = rules
        self._baseline = baseline
        self._around = around
        self._judged: dict[object, Judged] = {}
        self._used: set[Suppression] = set()
        self._known: dict[Suppression, None] = {}
        self._templates = 0
        self.problems: list[Problem] = []

    def check(self, app: App) -> None:
        """Check an app."""
        self._templates += len(app.templates)
        path = app.templates[0].path
        failed: dict[str, RuleError] = {}
        try:
            findings = check(app, self._rules, failed)
        except Exception as error:
            self.problems.append(Problem(path, f"expected an app that can be checked, found {error!r}; report it"))
            return
        for cause in failed.values():
            # A rule of somebody's own, for instance: what it would have found is not known.
            self.problems.append(Problem(path, f"expected rules that do not fail, found {cause}; correct the rule"))
        by_rule: dict[str, list[Claim]] = {}
        for claim in self._claims(app):
            by_rule.setdefault(claim.suppression.rule, []).append(claim)
            if claim.expected:
                self._known[claim.suppression] = None
        for finding in findings:
            # A template that is nested twice is read twice.
            place = os.path.abspath(finding.resource.template.path), finding.resource.logical_id, finding.path
            self._judged.setdefault((finding.rule, place, finding.message), self._judge(finding, by_rule))
        if self._baseline is not None:
            self._baseline.checked(app)

    def result(self) -> Result:
        """Return the outcome."""
        ran = {rule.id for rule in self._rules}
        others = {rule.id for rule in all_rules()} - ran
        known = list(self._known)
        if self._baseline is not None:
            known += self._baseline.known()
        unused = [one for one in known if one not in self._used and one.rule not in others]
        return Result(
            rules=self._rules,
            judged=sorted(self._judged.values(), key=lambda one: one.finding.sort_key),
            unused=sorted(unused, key=lambda one: (str(one.path), one.place, one.rule)),
            problems=sorted(set(self.problems), key=lambda one: (str(one.path), one.message)),
            templates=self._templates,
        )

    def _claims(self, app: App) -> Iterator[Claim]:
        for template in app.templates:
            for one in metadata_claims(template):
                if isinstance(one, Claim):
                    yield one
                else:
                    self.problems.append(one)
            if template.parent is None and template.construct_path:
                yield from acknowledgement_claims(template)
        if self._around is not None:
            yield from self._around
            return
        reported: dict[Path, list[Claim]] = {
            template.path.parent: reported_claims(template)
            for template in app.templates
            if template.parent is None and template.construct_path
        }
        for claims in reported.values():
            yield from claims

    def _judge(self, finding: Finding, by_rule: Mapping[str, list[Claim]]) -> Judged:
        accepting = [
            claim.suppression
            for claim in by_rule.get(finding.rule, ())
            if claim.suppression.reason and claim.covers(finding)
        ]
        listed = self._baseline.suppression(finding) if self._baseline is not None else None
        if listed is not None:
            accepting.append(listed)
        self._used.update(accepting)
        return Judged(finding, accepting[0] if accepting else None)
