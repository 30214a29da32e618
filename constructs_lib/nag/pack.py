"""The policies as a cdk-nag pack: the only module of the policy engine that loads the CDK."""

from collections.abc import Iterable, Sequence
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

from constructs_lib.graph.app import App
from constructs_lib.graph.assembly import load_app, load_stack, stacks_of
from constructs_lib.graph.template import Environment, Template, TemplateError, TemplateFile
from constructs_lib.nag.engine import check
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.rules import all_rules

_NAME: Final = "LambdaInvocation"


class LambdaInvocationChecks(NagPack):
    """Policies that know how each function is invoked, and flag only real misuse.

    Register the pack like any other; it fails the synthesis on findings of severity ``error``::

        Validations.of(app).add_plugins(LambdaInvocationChecks(app))

    To accept a finding, acknowledge ``LambdaInvocation::<rule>`` on the construct or on any construct around it. The
    finding stays visible, with the reason, among the suppressed violations of ``validation-report.json``::

        Validations.of(function).acknowledge(
            Acknowledgment(id="LambdaInvocation::AsyncFailureTarget", reason="events are reproducible")
        )

    Parameters
    ----------
    scope
        The app. Other packs take it, so this one does; it is not needed.
    """

    def __init__(self, scope: IConstruct | None = None) -> None:
        super().__init__(scope)
        self._pack_name = _NAME

    @property
    def name(self) -> str:
        """The name of the pack, and the namespace of its acknowledgements."""
        return _NAME

    @property
    def version(self) -> str:
        """The version of the library."""
        return version("lambda-invocation-constructs")

    @property
    def rule_ids(self) -> list[str]:
        """The ids of the rules."""
        return [rule.id for rule in all_rules()]

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Check the templates of the app; CDK calls this at the end of the synthesis."""
        templates: list[Template] = []
        unread: list[PolicyViolation] = []
        try:
            for file in _files(context):
                try:
                    templates.extend(load_stack(file))
                except TemplateError as error:
                    unread.append(_failure(str(error), file))
            return self._report(check(App(templates)), unread)
        except Exception as error:
            # The CDK command takes a plug-in that raises for one that found nothing.
            return self._report((), [*unread, _failure(f"the checks failed: {error!r}")])

    def validate_scope(self, scope: IConstruct) -> PolicyValidationPluginReport:
        """Check what lies under a construct, in a test for instance; synthesizes the app or stage around it.

        What invokes a function is looked for in the whole app or stage all the same. Use a pack that is not registered:
        a registered one checks the app, and can fail it, in that synthesis already.
        """
        stage = scope if isinstance(scope, Stage) else Stage.of(scope)
        if stage is None:
            raise ValueError(f"{scope.node.path}: expected a construct within an App or Stage, found none around it")
        app = load_app(stacks_of(Path(stage.synth().directory)))
        inside = f"{scope.node.path}/" if scope.node.path else ""
        return self._report(
            finding for finding in check(app) if f"{finding.resource.construct_path}/".startswith(inside)
        )

    def _check_resource(self, node: CfnResource) -> None:
        """Do nothing: the rules read the templates, as one call into JavaScript per resource costs far more."""

    def _report(
        self, findings: Iterable[Finding], unread: Sequence[PolicyViolation] = ()
    ) -> PolicyValidationPluginReport:
        rules = {rule.id: rule for rule in all_rules()}
        reported = list(findings)
        return PolicyValidationPluginReport(
            success=not unread and all(finding.severity < Severity.ERROR for finding in reported),
            plugin_version=self.version,
            violations=[*unread, *(_violation(finding, rules[finding.rule]) for finding in reported)],
        )


def _files(context: IPolicyValidationContext) -> list[TemplateFile]:
    paths = {stack.stack_construct_path: Path(stack.template_path) for stack in context.stack_templates}
    # The manifest beside the templates knows the names of the stacks as well, by which they refer to each other.
    folders = {path.parent for path in paths.values()}
    environments = {file.path: file.environment for folder in folders for file in stacks_of(folder)}
    return [
        TemplateFile(path, environments.get(path, Environment()), construct_path, listed=True)
        for construct_path, path in paths.items()
    ]


def _failure(message: str, file: TemplateFile | None = None) -> PolicyViolation:
    """Return the violation that something could not be checked."""
    return PolicyViolation(
        rule_name="Unchecked",
        description=message,
        severity=Severity.ERROR.label,
        violating_resources=[
            PolicyViolatingResource(
                construct_path=file.construct_path if file else "",
                template_path=str(file.path) if file else None,
                locations=[],
            )
        ],
    )


def _violation(finding: Finding, rule: Rule) -> PolicyViolation:
    """Return a violation of its own for each finding: of violations that share a description, CDK prints one."""
    return PolicyViolation(
        rule_name=finding.rule,
        description=finding.message,
        fix=rule.fix,
        severity=finding.severity.label,
        rule_metadata={"why": rule.description, "source": rule.source},
        violating_resources=[
            PolicyViolatingResource(
                resource_logical_id=finding.resource.logical_id,
                template_path=str(finding.resource.template.path),
                locations=[finding.location],
            )
        ],
    )
