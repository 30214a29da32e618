from pathlib import Path

from constructs_lib.nag.reports.text import render, summary
from constructs_lib.nag.result import Result
from tests.nag.reports.build import everything, judge, queue, suppression, write


def test_a_finding(folder: Path) -> None:
    app = write(folder, A=queue("Stack/A/Resource", error="one\x1b[31m"), B=queue(warning="two"))
    lines = render(judge(app)).splitlines()
    assert lines[:6] == [
        "app.template.json:10:6: error: Slow",
        "  Stack/A/Resource Properties.Marks.error",
        "  one�[31m",
        "  How to fix: CDK: Queue(..., slow=False). CloudFormation: Slow | Fast.",
        "  See https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html",
        "",
    ]
    # How to fix it stands there once for each rule.
    assert lines[6:10] == [
        "app.template.json:18:6: warning: Slow",
        "  B Properties.Marks.warning",
        "  two",
        "",
    ]
    assert "acknowledge LambdaInvocation::<rule>" in lines[10]
    assert lines[-1] == "1 template checked: 1 error, 1 warning, 0 info, 0 suppressed"


def test_nothing_found(folder: Path) -> None:
    assert render(judge(write(folder, A=queue()))) == (
        "1 template checked: 0 errors, 0 warnings, 0 info, 0 suppressed\n"
    )


def test_accepted_findings_are_counted_only(folder: Path) -> None:
    text = render(judge(write(folder, A=queue(error="one")), A=suppression()))
    assert text == "1 template checked: 0 errors, 0 warnings, 0 info, 1 suppressed\n"


def test_unused_suppressions_and_problems(folder: Path) -> None:
    text = render(everything(folder))
    assert "the suppression of Gone for the file (old) accepts nothing; remove it" in text
    assert "bad|`file`.json: not checked: " in text
    assert text.endswith("3 suppressed, 3 suppressions unused, 2 inputs not checked\n")


def test_a_suppression_without_a_reason() -> None:
    text = render(Result((), unused=[suppression(reason="")]))
    assert text.startswith("app.template.json: the suppression of Slow for Q gives no reason and does not count; give")


def test_colours_are_the_only_escapes(folder: Path) -> None:
    result = everything(folder)
    text = render(result, colour=True)
    assert "\x1b[31merror\x1b[0m" in text
    without = text
    for code in ("1", "31", "33", "36", "0"):
        without = without.replace(f"\x1b[{code}m", "")
    assert without == render(result)
    assert "\x1b" not in render(result)


def test_the_summary_is_one_line(folder: Path) -> None:
    assert "\n" not in summary(everything(folder))
