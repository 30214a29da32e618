"""The whole app."""
