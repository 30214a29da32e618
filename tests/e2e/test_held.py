"""What the catalog says about the emulator is what the tests do there."""

from constructs_lib.catalog import PATTERNS
from tests.e2e.drivers import DRIVERS, NOT_HELD

HELD = {driver.pattern.name for driver in DRIVERS}


def test_each_pattern_is_driven_or_has_a_reason_why_not() -> None:
    assert not HELD & set(NOT_HELD)
    assert {pattern.name for pattern in PATTERNS} == HELD | set(NOT_HELD)


def test_the_catalog_calls_proven_what_is_driven() -> None:
    assert {pattern.name for pattern in PATTERNS if pattern.emulator_proven} == HELD
