"""Writes ``docs/rules/``: a page for each rule, from its class and a failing fixture, and an index."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.template import TemplateFile
from constructs_lib.nag.finding import Severity
from constructs_lib.nag.reports import text
from constructs_lib.nag.result import Result
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.rules import all_rules
from constructs_lib.nag.run import run
from scripts.rule_sections import by_section

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "docs" / "rules"
FIXTURES: Final = ROOT / "tests" / "nag" / "fixtures"
INDEX: Final = "README.md"

_ACCEPT: Final = """\
In the app, on the construct or on any construct around it:

```python
from aws_cdk import Acknowledgment, Validations

accepted = Acknowledgment(id="LambdaInvocation::{rule}", reason="why it is right here")
Validations.of(construct).acknowledge(accepted)
```

In a template, in the metadata of the resource, or of the template for all of it:

```yaml
Resources:
  {resource}:
    Metadata:
      LambdaInvocation:
        suppress:
          - id: {rule}
            reason: why it is right here
```

All that is there today, so that only new findings fail:

```sh
lambda-invocations check cdk.out --write-baseline lambda-invocations.json
lambda-invocations check cdk.out --baseline lambda-invocations.json
```"""

_DIFFERENCES: Final = """\
## Where we differ

From what other tools report, or from what one may expect:

- `StateMachineErrorHandling`: a task without `Catch` is no finding, as its error then fails the execution, which shows
  it, and a `Catch` that only ends in a failure adds nothing. A task without `TimeoutSeconds` is none either: a function
  ends at its own timeout at the latest. Only a task that waits for a token can wait for a year.
- `QueueVisibilityTimeout`: its error is what `E3505` says, a check of cfn-lint that CDK has built in, too: Lambda
  refuses the mapping. `E3505` looks within one template; ours also finds it where the queue, the function and the
  mapping are in several stacks, and warns below the six times that AWS recommends, of which `E3505` knows nothing.
- `QueueRedrivePolicy`: for a queue that itself holds failed events it only informs. A dead-letter queue of the
  dead-letter queue would raise the same question again.
- `FailureAlarm` is a matter of taste more than of wiring, and would find something in most apps: it runs only when it
  is selected.
- Of two findings with one cause only the stronger is reported: `DeliveryRetriesDisabled` stands for
  `DeliveryDeadLetterQueue`, `StreamBatchIsolation` for `PartialBatchResponse` of a stream, and a target that cannot
  work at all for its `FailureTargetPermission`.
- What another stack can know, such as an exported queue or role, may be watched or allowed there. That is unknown, and
  unknown is no finding."""


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    sections = by_section(all_rules())
    rules = {f"{rule.id}.md": _page(rule, title) for title, members in sections.items() for rule in members}
    return {INDEX: _index(sections), **rules}


def write() -> None:
    """Write the pages anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, page in pages().items():
        (FOLDER / name).write_text(page)


def counts(rules: list[Rule]) -> str:
    """Return how many rules there are of each severity."""
    numbers = ((sum(rule.severity is one for rule in rules), one.label) for one in sorted(Severity, reverse=True))
    return ", ".join(f"{number} {label}" for number, label in numbers)


def _index(sections: dict[str, list[Rule]]) -> str:
    rules = [rule for members in sections.values() for rule in members]
    lines = [
        "# Rules",
        "",
        f"{len(rules)} rules, by severity: {counts(rules)}. *error*: the deployment fails, or events are lost or never "
        "processed; *warning*: works until the first bad day; *info*: worth knowing.",
    ]
    for title, members in sections.items():
        lines += ["", f"## {title}", "", "| Rule | Severity | Finds |", "|---|---|---|"]
        lines += [f"| [`{one.id}`]({one.id}.md) | {_severity(one)} | {_first_sentence(one)} |" for one in members]
    return "\n".join([*lines, "", _DIFFERENCES]) + "\n"


def _page(rule: Rule, section: str) -> str:
    body, result = _example(rule)
    cdk, template = rule.fix.removeprefix("CDK: ").split("CloudFormation: ", 1)
    runs = "runs only when it is selected by its id" if rule.opt_in else "runs by default"
    lines = [
        f"# {rule.id}",
        "",
        f"{section}. Severity: {_severity(rule)}; {runs}.",
        "",
        _prose(rule.description),
        "",
        f"Source: <{rule.source}>",
        "",
        "## What to do",
        "",
        f"- **CDK**: {_prose(cdk.strip())}",
        f"- **CloudFormation**: {_prose(template.strip())}",
        "",
        "## An example",
        "",
        "```yaml",
        body.strip(),
        "```",
        "",
        "```text",
        *_report(result, rule),
        "```",
        "",
        "## How to accept a finding",
        "",
        _ACCEPT.format(rule=rule.id, resource=result.active[0].resource.logical_id),
    ]
    return "\n".join(lines) + "\n"


def _severity(rule: Rule) -> str:
    """Return the severity of the findings, and what that of the fixtures' findings is besides."""
    others = {one["Severity"] for path in _failing(rule) for one in _expected(path)} - {rule.severity.label}
    return ", or ".join([rule.severity.label, *sorted(others)])


def _first_sentence(rule: Rule) -> str:
    return _prose(re.split(r"(?<=\.)\s", rule.description, maxsplit=1)[0])


def _prose(words: str) -> str:
    """Return a text in which Markdown sees no markup of its own."""
    return re.sub(r"([*<|])", r"\\\1", words)


def _failing(rule: Rule) -> Iterator[Path]:
    yield from sorted((FIXTURES / rule.id).glob("fail-*.json"))


def _expected(path: Path) -> list[dict[str, str]]:
    expected: list[dict[str, str]] = json.loads(path.read_text())["Metadata"]["Expected"]
    return expected


def _example(rule: Rule) -> tuple[str, Result]:
    """Return the shortest failing fixture as YAML, and what the rule finds in it."""
    body = min((_as_yaml(path) for path in _failing(rule)), key=lambda one: (one.count("\n"), one))
    return body, run([load_app([TemplateFile(Path("template.yaml"), text=body)])], [rule])


def _as_yaml(path: Path) -> str:
    body: dict[str, Any] = json.loads(path.read_text())
    del body["Metadata"]["Expected"]
    kept = {key: value for key, value in body.items() if value}
    return yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=110)


def _report(result: Result, rule: Rule) -> Iterator[str]:
    """Yield the findings as the command prints them, without what to do about them, which stands above."""
    explained = {f"  How to fix: {rule.fix}", f"  See {rule.source}"}
    for part in text.render(result).split("\n\n")[: len(result.active)]:
        yield from (line for line in part.splitlines() if line not in explained)


if __name__ == "__main__":
    write()
