"""Sends thousands of events to a function that fails, is killed and times out, and counts what became of each."""
