import json
from pathlib import Path

from constructs_lib.nag.reports.json import render
from constructs_lib.nag.result import Result
from tests.nag.reports.build import NASTY, Quiet, Slow, everything, judge, queue, write


def test_a_finding_says_what_where_and_what_to_do(folder: Path) -> None:
    app = write(folder, Q=queue("Stack/Queue/Resource", error="too slow"))
    (finding,) = json.loads(render(judge(app)))["findings"]
    region = finding.pop("region")
    assert finding == {
        "rule": "Slow",
        "severity": "error",
        "message": "too slow",
        "fix": Slow.fix,
        "source": Slow.source,
        "file": "app.template.json",
        "logical_id": "Q",
        "type": "AWS::SQS::Queue",
        "construct_path": "Stack/Queue/Resource",
        "property": "Properties.Marks.error",
        "suppression": None,
    }
    line = (folder / "app.template.json").read_text().splitlines()[region["line"] - 1]
    assert line[region["column"] - 1 : region["end_column"] - 1] == '"error": "too slow"'


def test_a_clean_run_counts_what_was_checked() -> None:
    assert json.loads(render(Result((Quiet(), Slow()), templates=3))) == {
        "version": 1,
        "summary": {
            "templates": 3,
            "rules": 2,
            "error": 0,
            "warning": 0,
            "info": 0,
            "suppressed": 0,
            "unused": 0,
            "problems": 0,
        },
        "findings": [],
        "unused": [],
        "problems": [],
    }


def test_everything_is_told_and_counted(folder: Path) -> None:
    text = render(everything(folder))
    text.encode("ascii")
    report = json.loads(text)
    assert report["summary"] == {
        "templates": 1,
        "rules": 2,
        "error": 1,
        "warning": 1,
        "info": 1,
        "suppressed": 3,
        "unused": 3,
        "problems": 2,
    }
    assert [one["message"] for one in report["findings"]] == [NASTY, "three", "two", "four", NASTY, "five"]
    assert [one["suppression"] and one["suppression"]["origin"] for one in report["findings"]] == [
        None,
        None,
        None,
        "baseline",
        "metadata",
        "acknowledgement",
    ]
    assert report["unused"][0] == {
        "rule": "Gone",
        "reason": NASTY,
        "origin": "metadata",
        "file": "a b/ü%,:#.json",
        "place": NASTY,
    }
    assert report["problems"][1] == {"file": f"{folder.parent}/outside.json", "message": "expected JSON"}


def test_a_file_that_is_gone_has_no_region(folder: Path) -> None:
    result = judge(write(folder, Q=queue(error="too slow")))
    (folder / "app.template.json").unlink()
    (finding,) = json.loads(render(result))["findings"]
    assert finding["region"] is None
    assert finding["construct_path"] is None
