"""Check the templates of an app that was just synthesized in this process."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from aws_cdk import IPolicyValidationContext, Stage
from constructs import IConstruct

from constructs_lib.graph.loading.inputs import app_of
from constructs_lib.graph.loading.manifest import stacks_of
from constructs_lib.graph.template import Environment, TemplateFile
from constructs_lib.nag.result import Result
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.run import run
from constructs_lib.nag.suppressions.acknowledgements import Within
from constructs_lib.nag.suppressions.around import claims_around


def judge(app: IConstruct, files: Sequence[TemplateFile], rules: Sequence[Rule], assembly: Path) -> Result:
    """Run the rules, and hold what they find against what was accepted.

    Parameters
    ----------
    app
        The root of the constructs, for the acknowledgements that no file tells of.
    files
        The templates of the stacks.
    rules
        The rules to run.
    assembly
        The folder that the app was synthesized into.
    """
    around = claims_around(app, [file.construct_path for file in files], assembly)
    return run(app_of(files), rules, around=around)


def check_scope(scope: IConstruct, rules: Sequence[Rule]) -> Result:
    """Synthesize the app or stage around a construct, check it, and return what was found under the construct.

    Parameters
    ----------
    scope
        The construct.
    rules
        The rules to run.

    Raises
    ------
    ValueError
        If there is no App or Stage around it.
    """
    stage = scope if isinstance(scope, Stage) else Stage.of(scope)
    if stage is None:
        raise ValueError(f"{scope.node.path}: expected a construct within an App or Stage, found none around it")
    folder = Path(stage.synth().directory)
    result = judge(scope.node.root, list(stacks_of(folder)), rules, folder)
    within = Within(scope.node.path)
    return replace(result, judged=[one for one in result.judged if within(one.finding)])


def files_of(context: IPolicyValidationContext) -> Iterator[TemplateFile]:
    """Yield the templates that CDK hands to a plugin."""
    paths = {stack.stack_construct_path: Path(stack.template_path) for stack in context.stack_templates}
    # The manifest beside the templates knows the names of the stacks as well, by which they refer to each other.
    folders = {path.parent for path in paths.values()}
    environments = {file.path: file.environment for folder in folders for file in stacks_of(folder)}
    for construct_path, path in paths.items():
        yield TemplateFile(path, environments.get(path, Environment()), construct_path, listed=True)
