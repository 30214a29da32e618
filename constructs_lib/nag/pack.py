"""The policies as a cdk-nag pack: the only module of the policy engine that loads the CDK."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

from aws_cdk import (
    CfnResource,
    IPolicyValidationContext,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
    Stage,
)
from cdk_nag import NagPack
from constructs import IConstruct

from constructs_lib.nag.finding import Severity
from constructs_lib.nag.reports import format_named
from constructs_lib.nag.result import Judged, Origin, Problem
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.selection import choose_rules
from constructs_lib.nag.suppressions.claim import NAMESPACE
from constructs_lib.synthesized import check_scope, files_of, judge

_REPORT: Final = "lambda-invocations"
"""What the reports in an assembly are called."""


class LambdaInvocationChecks(NagPack):
    """Policies that know how each function is invoked, and flag only real misuse.

    Register the pack like any other; it fails the synthesis on findings of severity ``error``::

        Validations.of(app).add_plugins(LambdaInvocationChecks(app))

    To accept a finding, acknowledge ``LambdaInvocation::<rule>`` on the construct or on any construct around it. The
    finding stays visible, with the reason, among the suppressed violations of ``validation-report.json``::

        Validations.of(function).acknowledge(
            Acknowledgment(id="LambdaInvocation::AsyncFailureTarget", reason="events are reproducible")
        )

    What the metadata of a template accepts, as the command ``lambda-invocations check`` reads it, is reported as
    ``info``, with the reason.

    Parameters
    ----------
    scope
        The app or stage that the pack is registered on: ``reports`` are written into its folder. Default: the app.
    select
        The ids of the rules to run. Default: all but the opt-in ones.
    ignore
        The ids of rules not to run.
    additional_rules
        Rules of your own; they run unless they are ignored, or others are selected.
    fail_on
        The least severe findings that fail the synthesis, a severity or its name. CDK lets nothing but errors fail a
        report once something in it was acknowledged, so findings from here on are reported as errors; what they are
        otherwise stands in the metadata of the violation as ``severity``. Default: ``error``.
    reports
        The formats of further reports, such as ``sarif`` and ``junit``, which are written into the folder of the app or
        stage as ``lambda-invocations.sarif`` and ``lambda-invocations.junit.xml``. Where the app confirms that plugins
        change no file, remove them before the next synthesis. Default: none.

    Raises
    ------
    ValueError
        If there is no rule, severity or format of such a name, none is left to run, or two rules share an id.
    """

    def __init__(
        self,
        scope: IConstruct | None = None,
        *,
        select: Iterable[str] | None = None,
        ignore: Iterable[str] = (),
        additional_rules: Iterable[Rule] = (),
        fail_on: Severity | str = Severity.ERROR,
        reports: Iterable[str] = (),
    ) -> None:
        super().__init__(scope)
        self._pack_name = NAMESPACE
        self._scope = scope
        self._rules = choose_rules(select, ignore, additional_rules)
        self._fail_on = Severity.named(fail_on)
        self._formats = [format_named(name) for name in reports]

    @property
    def name(self) -> str:
        """The name of the pack, and the namespace of its acknowledgements."""
        return NAMESPACE

    @property
    def version(self) -> str:
        """The version of the library."""
        return version("lambda-invocation-constructs")

    @property
    def rule_ids(self) -> list[str]:
        """The ids of the rules that it runs."""
        return [rule.id for rule in self._rules]

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Check the templates of the app; CDK calls this at the end of the synthesis."""
        try:
            app = context.app_construct
            folder = self._folder(app)
            files = list(files_of(context))
            result = replace(judge(app, files, self._rules, folder), fail_on=self._fail_on)
            for one in self._formats:
                (folder / f"{_REPORT}{one.suffix}").write_text(one.render(result), encoding="utf-8")
            stacks = {file.path: file.construct_path for file in files}
            return self._report(result.judged, [_failure(one, stacks.get(one.path, "")) for one in result.problems])
        except Exception as error:
            # The CDK command takes a plug-in that raises for one that found nothing.
            return self._report((), [_failure(Problem(Path(), f"the checks failed: {error!r}"))])

    def validate_scope(self, scope: IConstruct) -> PolicyValidationPluginReport:
        """Check what lies under a construct; synthesizes the app or stage around it.

        What invokes a function is looked for in the whole app or stage all the same; acknowledged findings are left
        out. Use a pack that is not registered: a registered one checks the app, and can fail it, in that synthesis
        already. A test reads better with ``assert_no_findings``.
        """
        result = check_scope(scope, self._rules)
        judged = [one for one in result.judged if not _is_acknowledged(one)]
        return self._report(judged, [_failure(one) for one in result.problems])

    def _check_resource(self, node: CfnResource) -> None:
        """Do nothing: the rules read the templates, as one call into JavaScript per resource costs far more."""

    def _folder(self, app: IConstruct) -> Path:
        around = app if self._scope is None else self._scope
        stage = around if isinstance(around, Stage) else Stage.of(around)
        return Path(stage.outdir if stage else ".")

    def _report(self, judged: Iterable[Judged], failures: Sequence[PolicyViolation]) -> PolicyValidationPluginReport:
        rules = {rule.id: rule for rule in self._rules}
        violations = [*failures, *(self._violation(one, rules[one.finding.rule]) for one in judged)]
        return PolicyValidationPluginReport(
            success=all(one.severity != Severity.ERROR.label for one in violations),
            plugin_version=self.version,
            violations=violations,
        )

    def _violation(self, judged: Judged, rule: Rule) -> PolicyViolation:
        """Return a violation of its own for each finding: of violations that share a description, CDK prints one."""
        finding, accepted = judged.finding, judged.suppression
        severity, message = finding.severity, finding.message
        metadata = {"why": rule.description, "source": rule.source, "severity": severity.label}
        if accepted and not _is_acknowledged(judged):
            severity, message = Severity.INFO, f"{message} Accepted in the metadata of the template: {accepted.reason}"
        elif severity >= self._fail_on:
            severity = Severity.ERROR
        return PolicyViolation(
            rule_name=finding.rule,
            description=message,
            fix=rule.fix,
            severity=severity.label,
            rule_metadata=metadata,
            violating_resources=[
                PolicyViolatingResource(
                    resource_logical_id=finding.resource.logical_id,
                    template_path=str(finding.resource.template.path),
                    locations=[finding.location],
                )
            ],
        )


def _failure(problem: Problem, construct_path: str = "") -> PolicyViolation:
    """Return the violation that something could not be checked."""
    return PolicyViolation(
        rule_name="Unchecked",
        description=f"{problem.path}: {problem.message}" if problem.path.name else problem.message,
        severity=Severity.ERROR.label,
        violating_resources=[
            PolicyViolatingResource(
                construct_path=construct_path,
                template_path=str(problem.path) if problem.path.name else None,
                locations=[],
            )
        ],
    )


def _is_acknowledged(judged: Judged) -> bool:
    """Say whether CDK itself takes the finding for accepted."""
    return judged.suppression is not None and judged.suppression.origin is Origin.ACKNOWLEDGEMENT
