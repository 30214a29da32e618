"""Event source mappings."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.clients import wait_until
from tests.e2e.drivers.driver import Deployed


@contextmanager
def paused(deployed: Deployed) -> Iterator[None]:
    """Disable the one mapping of a function, so that what is sent meanwhile waits to be read together."""
    client = deployed.clients["lambda"]
    (mapping,) = client.list_event_source_mappings(FunctionName=deployed.outputs["Function"])["EventSourceMappings"]

    def switch(enabled: bool, state: str) -> None:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)
        wait_until(lambda: client.get_event_source_mapping(UUID=mapping["UUID"])["State"] == state, state, seconds=20)

    switch(False, "Disabled")
    yield
    switch(True, "Enabled")
