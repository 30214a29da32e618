"""Patterns in which an event source mapping reads batches from the source and invokes synchronously."""
