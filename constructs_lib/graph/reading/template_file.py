"""Read a template file of any kind."""

from typing import Any, Final

from constructs_lib.graph.reading.json_text import parse_json
from constructs_lib.graph.reading.loops import TRANSFORM, Written, expand_loops
from constructs_lib.graph.reading.text import TEMPLATE, BadTextError, read_text
from constructs_lib.graph.template import NotATemplateError, Template, TemplateFile

_SAM: Final = "AWS::Serverless-2016-10-31"
_YAML: Final = (".yaml", ".yml")


def read_template(file: TemplateFile) -> Template:
    """Read one template, without its nested stacks.

    A file whose name ends with ``.json`` is JSON; any other one is JSON when it begins with a brace, else YAML.

    Raises
    ------
    TemplateError
        When the file is not a CloudFormation template.
    """
    try:
        text = read_text(file.path) if file.text is None else file.text
        content = parse(text, file.path.suffix.lower())
        resources = content.get("Resources", {} if file.listed else None) if isinstance(content, dict) else None
        if not isinstance(resources, dict):
            raise NotATemplateError(file.path, f"expected {TEMPLATE}, found {_other(content)}")
        body, written = _transformed(content)
    except BadTextError as error:
        raise error.at(file.path, TEMPLATE) from error
    except RecursionError as error:
        raise BadTextError("values nested too deeply", "flatten the template").at(file.path, TEMPLATE) from error
    return Template(file.path, body, file.environment, file.construct_path, written=written, text=file.text)


def parse(text: str, suffix: str = "") -> Any:
    """Return what a text says, JSON or YAML.

    Raises
    ------
    BadTextError
        When it is neither.
    """
    if suffix == ".json":
        return parse_json(text)
    if text.lstrip()[:1] == "{":
        try:
            return parse_json(text)
        except BadTextError:
            if suffix not in _YAML:
                raise
    from constructs_lib.graph.reading.yaml_text import parse_yaml

    return parse_yaml(text)


def is_template(body: Any) -> bool:
    """Say whether something is a CloudFormation template, rather than another JSON or YAML file."""
    resources = body.get("Resources") if isinstance(body, dict) else None
    if not isinstance(resources, dict):
        return False
    typed = (isinstance(one, dict) and isinstance(one.get("Type"), str) for one in resources.values())
    return "AWSTemplateFormatVersion" in body or any(typed)


def _other(content: Any) -> str:
    if not isinstance(content, dict):
        return f"a {type(content).__name__}; pass a file that holds a mapping"
    if "Resources" in content:
        resources = content["Resources"]
        found = "an empty 'Resources'" if resources is None else f"'Resources' that is a {type(resources).__name__}"
        return f"{found}; write a mapping of logical ids to resources"
    keys = ", ".join(map(str, list(content)[:5])) or "nothing"
    return (
        f"{keys} without a 'Resources' mapping; "
        "pass a template file, or the cloud assembly folder that 'cdk synth' writes"
    )


def _transformed(body: dict[str, Any]) -> tuple[dict[str, Any], Written]:
    transforms = body.get("Transform")
    names = transforms if isinstance(transforms, list) else [transforms]
    written: Written = {}
    if TRANSFORM in names:
        body, written = expand_loops(body)
    if _SAM in names:
        from constructs_lib.graph.reading.sam import expand_sam
        from constructs_lib.graph.reading.sam_origins import sam_origins

        expanded = expand_sam(body)
        for logical_id, (_, source, *rest) in sam_origins(body["Resources"], expanded["Resources"]).items():
            written[logical_id] = (*written.get(source, ("Resources", source)), *rest)
        body = expanded
    return body, written
