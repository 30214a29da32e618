import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator

from constructs_lib.nag.reports.sarif import render
from constructs_lib.nag.result import Origin, Problem, Result
from constructs_lib.nag.rules import all_rules
from tests.nag.reports.build import NASTY, Quiet, Slow, everything, judge, queue, suppression, write

SCHEMA = Path(__file__).parents[3] / "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"


def run_of(result: Result) -> dict[str, Any]:
    """Return the one run of a report, after the official schema and GitHub took it."""
    log = json.loads(render(result))
    Draft4Validator(json.loads(SCHEMA.read_text())).validate(log)
    (run,) = log["runs"]
    assert_github_takes(run)
    return cast("dict[str, Any]", run)


def assert_github_takes(run: dict[str, Any]) -> None:
    """Check what GitHub requires; it does not take empty strings."""
    driver = run["tool"]["driver"]
    assert driver["name"]
    for rule in driver["rules"]:
        assert rule["id"]
        assert rule["help"]["text"]
        assert 0 < len(rule["shortDescription"]["text"]) <= len(rule["fullDescription"]["text"]) + 1
        assert len(rule["fullDescription"]["text"]) <= 1024
    for one in run["results"]:
        assert driver["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
        assert one["message"]["text"]
        assert one["partialFingerprints"]["primaryLocationLineHash"]
        (location,) = one["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"]
        assert set(location["physicalLocation"]["region"]) == {"startLine", "startColumn", "endLine", "endColumn"}
    assert len({one["partialFingerprints"]["primaryLocationLineHash"] for one in run["results"]}) == len(run["results"])


def test_a_clean_run() -> None:
    run = run_of(Result(all_rules(), templates=1))
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is True
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in all_rules()]


def test_a_rule_carries_its_help(folder: Path) -> None:
    _, rule = run_of(Result((Quiet(), Slow())))["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "The queue is slow."
    assert rule["fullDescription"]["text"] == Slow.description
    assert rule["helpUri"] == Slow.source
    assert Slow.fix in rule["help"]["text"]
    assert r"**Fix.** CDK: Queue(..., slow=False). CloudFormation: Slow \| Fast." in rule["help"]["markdown"]
    assert rule["defaultConfiguration"]["level"] == "warning"
    assert "lambda" in rule["properties"]["tags"]


def test_a_rule_of_somebody_who_says_little() -> None:
    class Terse(Quiet):
        description = fix = source = ""

    (rule,) = run_of(Result((Terse(),)))["tool"]["driver"]["rules"]
    assert "helpUri" not in rule


def test_a_finding_has_a_place_in_the_file_and_in_the_app(folder: Path) -> None:
    (result,) = run_of(judge(write(folder, Q=queue("Stack/Queue", info="slow"))))["results"]
    assert (result["level"], result["message"]["text"], result["suppressions"]) == ("note", "slow", [])
    (location,) = result["locations"]
    region = location["physicalLocation"]["region"]
    line = (folder / "app.template.json").read_text().splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == '"info": "slow"'
    (logical,) = location["logicalLocations"]
    assert (logical["name"], logical["fullyQualifiedName"]) == ("Q", "Stack/Queue")


def test_everything(folder: Path) -> None:
    run = run_of(everything(folder))
    assert run["results"][0]["message"]["text"] == NASTY
    suppressions = [[(s["kind"], s["justification"]) for s in one["suppressions"]] for one in run["results"]]
    assert suppressions == [[], [], [], [("external", "known")], [("inSource", NASTY)], [("inSource", "known")]]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    problems = invocation["toolExecutionNotifications"]
    assert [one["message"]["text"] for one in problems] == [NASTY, "expected JSON"]
    unused = invocation["toolConfigurationNotifications"]
    assert [one["associatedRule"]["id"] for one in unused] == ["Gone", "Gone", "Gone"]


def uris(run: dict[str, Any]) -> list[str]:
    (invocation,) = run["invocations"]
    places = [*run["results"], *invocation["toolExecutionNotifications"]]
    return [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in places]


def test_a_uri_is_relative_and_encoded_and_absolute_elsewhere(folder: Path) -> None:
    found = uris(run_of(everything(folder)))
    assert found[0] == "a%20b/%C3%BC%25%2C%3A%23.json"
    assert unquote(found[0]) == "a b/ü%,:#.json"
    assert unquote(found[-1]) == f"file://{folder.parent}/outside.json"


def test_a_file_behind_a_link_is_the_file(folder: Path) -> None:
    """GitHub shows nothing in a file that it knows by the name of a link."""
    app = write(folder, "real/app.template.json", Q=queue(error="too slow"))
    (folder / "link").symlink_to("real")
    app.templates[0].path = Path("link/app.template.json")
    assert uris(run_of(judge(app))) == ["real/app.template.json"]


def test_a_file_whose_name_is_no_text(folder: Path) -> None:
    problem = Problem(Path("odd\udcff.json"), "expected UTF-8")
    assert uris(run_of(Result((Quiet(),), problems=[problem]))) == ["odd%FF.json"]


def test_a_uri_is_relative_to_the_workspace_of_a_job(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = judge(write(folder, Q=queue(error="too slow")))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder.parent))
    assert uris(run_of(result)) == ["work/app.template.json"]


def fingerprints(result: Result) -> list[str]:
    return [one["partialFingerprints"]["primaryLocationLineHash"] for one in run_of(result)["results"]]


def test_a_fingerprint_survives_moved_lines_and_changed_numbers(folder: Path) -> None:
    before = fingerprints(judge(write(folder, Q=queue(error="takes 40 s"), Z=queue(error="other"))))
    after = fingerprints(judge(write(folder, Another=queue(), Q=queue(error="takes 50 s"), Z=queue(error="other"))))
    assert before == after
    assert len(set(before)) == 2


def test_a_fingerprint_tells_files_and_repeated_findings_apart(folder: Path) -> None:
    one, two = (judge(write(folder, name, Q=queue(error="slow"))) for name in ("one.json", "two.json"))
    assert fingerprints(one) != fingerprints(two)
    assert len(set(fingerprints(replace(one, judged=[*one.judged, *one.judged])))) == 2


def test_a_file_that_is_gone_still_has_a_region(folder: Path) -> None:
    """Without one, GitHub shows nothing."""
    result = judge(write(folder, Q=queue(error="too slow")), Q=suppression(Origin.BASELINE))
    (folder / "app.template.json").unlink()
    (one,) = run_of(result)["results"]
    assert one["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
