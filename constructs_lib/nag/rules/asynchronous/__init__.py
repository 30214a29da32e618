"""Asynchronous invocation."""
