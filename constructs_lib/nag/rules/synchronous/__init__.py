"""Synchronous invocation."""
