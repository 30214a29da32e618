"""Expand a SAM template as CloudFormation does, without network and credentials.

Only this module imports the translator, which is slow to load.
"""

import copy
import logging
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, Final

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.utils.py27hash_fix import to_py27_compatible_template, undo_mark_unicode_str_in_template

from constructs_lib.graph.reading.sam_parameters import stand_ins, without_stand_ins
from constructs_lib.graph.reading.text import BadTextError

# What it logs goes to standard error otherwise; what matters is in the exceptions.
logging.getLogger("samtranslator").addHandler(logging.NullHandler())

_REGION: Final = "us-east-1"
"""The translator asks for a region, which decides the partition in the ARNs of managed policies."""
_PSEUDO: Final = {name: {"Ref": name} for name in ("AWS::Region", "AWS::Partition")}
"""Pseudo parameters stay what they are, as the region of the stack is not known."""

_CODE: Final = "s3://bucket/key"
"""Stands for what the SAM command uploads; no rule asks for it."""
_UPLOADS: Final = {
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
    "AWS::Serverless::Api": "DefinitionUri",
    "AWS::Serverless::HttpApi": "DefinitionUri",
    "AWS::Serverless::GraphQLApi": "SchemaUri",
}
_FUNCTION: Final = "AWS::Serverless::Function"
_REPOSITORY: Final = "https://serverlessrepo.invalid/template"
"""Stands for an application of the Serverless Application Repository, which only the network knows."""

_SHOWN: Final = 3
"""How many complaints of the translator a message repeats."""


def expand_sam(body: dict[str, Any]) -> dict[str, Any]:
    """Return the CloudFormation template that a SAM template stands for.

    Parameters
    ----------
    body
        The SAM template; it stays as it is.

    Raises
    ------
    BadTextError
        When the translator refuses it.
    """
    try:
        return _translated(body, {})
    except InvalidDocumentException as error:
        unknown = stand_ins(body)
        # What it says of stand-ins would mislead.
        with suppress(Exception):
            if unknown:
                return without_stand_ins(_translated(body, unknown), unknown)
        raise _refused(error) from error
    except Exception as error:
        raise BadTextError(
            f"a SAM template on which the SAM translator fails ({error!r})",
            "correct it; 'sam validate' says more",
        ) from error


def _translated(body: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    template = copy.deepcopy(body)
    parameters: dict[str, Any] = {**copy.deepcopy(_PSEUDO), **values}
    _without_files(template)
    to_py27_compatible_template(template, parameters)
    translator = Translator({}, Parser(), boto_session=SimpleNamespace(region_name=_REGION))
    translated = translator.translate(
        template, parameters, passthrough_metadata=True, get_managed_policy_map=_no_policies
    )
    expanded: dict[str, Any] = undo_mark_unicode_str_in_template(translated)
    return expanded


def _refused(error: InvalidDocumentException) -> BadTextError:
    causes = [cause.message for cause in error.causes] or [error.message]
    more = f" and {len(causes) - _SHOWN} more" if len(causes) > _SHOWN else ""
    complaints = " ".join(causes[:_SHOWN]) + more
    return BadTextError(f"a SAM template that SAM refuses: {complaints}", "correct it; 'sam validate' says more")


def _no_policies() -> dict[str, str]:
    """Return the ARNs of managed policies by name: those that the translator does not bring stay names."""
    return {}


def _without_files(template: dict[str, Any]) -> None:
    """Replace what the SAM command would upload, or look up, before the deployment."""
    every = template.get("Globals")
    common = every.get("Function") if isinstance(every, dict) else None
    for resource in (template.get("Resources") or {}).values():
        if not isinstance(resource, dict):
            continue
        kind = resource.get("Type")
        properties = resource.get("Properties")
        if kind == _FUNCTION and (properties is None or isinstance(properties, dict)):
            resource["Properties"] = _function(properties or {}, common if isinstance(common, dict) else {})
        elif isinstance(properties, dict) and isinstance(kind, str):
            upload = _UPLOADS.get(kind, "")
            if upload in properties:
                properties[upload] = _CODE
            if kind == "AWS::Serverless::Application" and not isinstance(properties.get("Location"), str):
                properties["Location"] = _REPOSITORY
    if isinstance(common, dict):
        common.pop("CodeUri", None)


def _function(properties: dict[str, Any], common: dict[str, Any]) -> dict[str, Any]:
    if "Image" in (properties.get("PackageType"), common.get("PackageType")):
        return {"ImageUri": "image", **properties}
    if "InlineCode" in properties or "FunctionCode" in properties:
        return properties
    return {**properties, "CodeUri": _CODE}
