import re
import subprocess
import sys
from pathlib import Path

import pytest

import constructs_lib

_CHECK = """
import sys
import pkgutil
import {module}
for found in pkgutil.walk_packages(getattr({module}, "__path__", []), "{module}."):
    if found.name not in ("constructs_lib.nag.pack", "constructs_lib.graph.reading.sam"):
        __import__(found.name)
loaded = {{name.partition(".")[0] for name in sys.modules}} & {{"aws_cdk", "cdk_nag", "constructs", "jsii", "boto3"}}
assert not loaded, loaded
"""


@pytest.mark.parametrize(
    "module",
    [
        "constructs_lib.graph",
        "constructs_lib.nag",
        "constructs_lib.explain",
        "constructs_lib.summary",
        "constructs_lib.operations",
        "constructs_lib.cli",
    ],
)
def test_the_checks_and_operations_load_neither_cdk_nor_jsii(module: str) -> None:
    """They run in pipelines without Node.js, and have to start fast."""
    result = subprocess.run([sys.executable, "-c", _CHECK.format(module=module)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_the_check_for_loaded_modules_can_fail() -> None:
    result = subprocess.run([sys.executable, "-c", _CHECK.format(module="boto3")], capture_output=True, text=True)
    assert "boto3" in result.stderr


def test_they_name_neither_cdk_nor_jsii_even_for_types_alone() -> None:
    package = Path(constructs_lib.__file__).parent
    files = [
        file for folder in ("graph", "nag", "explain", "operations", "cli") for file in (package / folder).rglob("*.py")
    ]
    naming = [
        file.name for file in files if re.search(r"^\s*(from|import) (aws_cdk|cdk_nag|jsii)\b", file.read_text(), re.M)
    ]
    assert naming == ["pack.py"]
