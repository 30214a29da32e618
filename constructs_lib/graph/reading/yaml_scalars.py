"""What the texts of YAML 1.1 stand for in CloudFormation."""

import re
from typing import Final

_NULL: Final = {"", "~", "null", "Null", "NULL"}
_TRUE: Final = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}
_FALSE: Final = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}
# Not 012 and not 1:30, which YAML 1.1 takes for other numbers: account ids and times are texts.
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9_]{0,30})")
_FLOAT: Final = re.compile(r"[-+]?([0-9][0-9_]{0,30}\.[0-9_]{0,30}|\.[0-9][0-9_]{0,30})([eE][-+][0-9]{1,3})?")

_TEXT_TAGS: Final = {"!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:binary"}


def scalar(text: str, tag: str | None, *, plain: bool) -> str | int | float | bool | None:
    """Return the value of a scalar.

    Parameters
    ----------
    text
        The scalar, without quotation marks.
    tag
        The tag before it.
    plain
        Whether it stands there without tag and quotation marks; others are texts, dates always.
    """
    if not plain or tag in _TEXT_TAGS or not text or text[0] not in "0123456789+-.~tTfFyYnNoO":
        return None if plain and not text else text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text.replace("_", ""))
    return float(text.replace("_", "")) if _FLOAT.fullmatch(text) else text
