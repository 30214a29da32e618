"""Measures our checks beside those of other tools, and writes ``docs/benchmarks.md``; not part of the tests."""
