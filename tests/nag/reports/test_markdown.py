import re
from dataclasses import replace
from pathlib import Path

from constructs_lib.nag.reports.markdown import render
from constructs_lib.nag.result import Result
from tests.nag.reports.build import Quiet, Slow, everything, judge, queue, suppression, write


def rows(text: str) -> list[list[str]]:
    """Return the cells of all tables, without head and rule."""
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in cells if row[0].strip() not in ("Severity", "Rule", "---")]


def test_a_clean_run_is_one_line(folder: Path) -> None:
    text = render(Result((Quiet(),), templates=3))
    assert text.splitlines()[2:] == ["3 templates checked: 0 errors, 0 warnings, 0 info, 0 suppressed"]


def test_a_finding_is_a_row_and_its_rule_says_what_to_do(folder: Path) -> None:
    text = render(judge(write(folder, Q=queue("Stack/Queue", info="slow", error="too slow"))))
    assert rows(text) == [
        ["error", "Slow", "`Stack/Queue`", "`app.template.json:11`", "too slow"],
        ["info", "Slow", "`Stack/Queue`", "`app.template.json:10`", "slow"],
    ]
    assert f"- **Slow**: CDK: Queue(..., slow=False). CloudFormation: Slow \\| Fast. {Slow.source}" in text
    assert "Suppressed" not in text


def test_what_is_accepted_stays_visible_with_its_reason(folder: Path) -> None:
    result = judge(write(folder, Q=queue(error="too slow")), Q=suppression(reason="known"))
    text = render(result)
    assert rows(text) == [["Slow", "`Q`", "`app.template.json:7`", "known"]]
    assert "1 template checked: 0 errors, 0 warnings, 0 info, 1 suppressed" in text
    assert "How to fix" not in text


def test_no_text_breaks_out_of_its_cell(folder: Path) -> None:
    result = everything(folder)
    text = render(result)
    text.encode()
    assert [len(row) for row in rows(text)] == [5, 5, 5, 4, 4, 4]
    message = rows(text)[0][4]
    assert message.startswith(r"a%b c,d:e\|f\`g\`\<h\>\&")
    assert r"\*j\*\_k\_" in message
    assert rows(text)[3][1].count("`") == 2
    assert r"- `bad\|'file'.json`: " in text
    assert "else where.json`: the suppression of Gone for the file (old) accepts nothing; remove it." in text


def test_a_long_table_leaves_room_for_the_rest(folder: Path) -> None:
    """GitHub refuses comments of more than 65,536 characters."""
    result = judge(write(folder, Q=queue(error="x" * 400)))
    text = render(replace(result, judged=[*result.judged] * 500))
    kept = len(rows(text))
    assert f"… and {500 - kept} more, for which there is no room here." in text
    assert 50 < kept < 100
    assert len(text) < 65_536
