"""Templates to check."""

import json
from pathlib import Path
from typing import Any

TARGET = {"Arn": {"Fn::GetAtt": ["Work", "Arn"]}, "Id": "a"}


def lossy(metadata: Any = None) -> dict[str, Any]:
    """Return a template in which a function is invoked asynchronously and has no failure target."""
    work = {"Type": "AWS::Lambda::Function", **({"Metadata": metadata} if metadata else {})}
    rule = {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 hour)", "Targets": [TARGET]}}
    return {"Resources": {"Work": work, "Hourly": rule}}


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path
