"""Patterns in which Lambda queues the event: it retries, then sends the event to a failure target."""
