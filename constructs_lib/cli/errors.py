"""What is wrong with how the command is called."""


class UsageError(Exception):
    """The options or the settings are wrong; the message says what was expected, what was found, and what to do."""
