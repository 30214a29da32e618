"""SQS queues."""
