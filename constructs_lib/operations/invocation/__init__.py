"""Invoke a function, and say what came of it."""
