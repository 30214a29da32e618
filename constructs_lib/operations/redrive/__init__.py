"""Sending failed events back to where they belong, without losing one."""
