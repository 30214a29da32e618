"""Synthesizes a stack for each driver, and says what the driver needs of it."""

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import App, CfnOutput, Duration, Stack

from scripts.local.functions import local_function
from tests.e2e.drivers.driver import Driver

HANDLER = Path(__file__).parent / "handler"
TIMEOUT = Duration.seconds(1)


def synthesize(drivers: Sequence[Driver], journals: Path, folder: Path) -> Path:
    """Make the assembly with a stack for each driver; its function notes in a file of ``journals``."""
    app = App(outdir=str(folder))
    for driver in drivers:
        stack = Stack(app, driver.pattern.name)
        environment = {"JOURNAL": str(journals / driver.pattern.name)}
        function = local_function(
            stack, "Function", code=HANDLER, handler=driver.handler, timeout=TIMEOUT, environment=environment
        )
        outputs = {"Function": function.function_name, **driver.outputs(driver.build(stack, function))}
        for name, value in outputs.items():
            CfnOutput(stack, f"{name}Output", value=value).override_logical_id(name)
    return Path(app.synth().directory)
