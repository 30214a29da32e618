"""Compares our rules with those of other tools on ``tests/labelled/``, and writes ``docs/comparison.md``."""
