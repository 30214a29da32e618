from scripts.pattern_pages import FOLDER, pages


def test_the_pattern_pages_are_current() -> None:
    written = {path.name: path.read_text() for path in FOLDER.glob("*.md")}
    assert written == pages(), "docs/patterns is out of date: run make docs"
