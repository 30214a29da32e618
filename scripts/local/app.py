"""The example app with functions for this machine."""

import app as example
from scripts.local.functions import local_function


def for_this_machine() -> None:
    """Let the stacks of the example app, which are written for AWS, make functions that the emulator can run."""
    setattr(example, "LambdaFunction", local_function)  # noqa: B010 (to mypy it is a class)


if __name__ == "__main__":
    for_this_machine()
    example.build_app().synth()
