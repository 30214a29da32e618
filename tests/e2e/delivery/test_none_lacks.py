"""Every pattern that the emulator holds has a test of what its source cannot deliver."""

from types import ModuleType

from tests.e2e.delivery import test_captured, test_lost, test_polled, test_told
from tests.e2e.drivers import DRIVERS


def driven_by(module: ModuleType) -> set[str]:
    """Return the names of the patterns with whose drivers the tests of a module are run."""
    tests = (test for name, test in vars(module).items() if name.startswith("test_"))
    marks = (mark for test in tests for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize")
    given = (driver for mark in marks if mark.args[0] == "driver" for driver in mark.args[1])
    return {driver.pattern.name for driver in given}


def test_none_lacks_a_test_of_its_delivery() -> None:
    tested = [driven_by(module) for module in (test_captured, test_told, test_polled, test_lost)]
    assert all(tested)
    assert set.union(*tested) == {driver.pattern.name for driver in DRIVERS}
