"""Patterns in which the caller waits for the answer and owns the errors."""
