"""Do several things at once, and stop at once on Ctrl-C."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def together(
    function: Callable[[T], R], several: Iterable[T], at_once: int, stop: Callable[[], object] = lambda: None
) -> list[R]:
    """Call a function for each of several things; the results keep their order.

    What runs when the main thread is interrupted is not waited for, and the rest is not begun.

    Parameters
    ----------
    function
        The function.
    several
        The things.
    at_once
        How many calls run at the same time.
    stop
        Is called when the main thread is interrupted: it lets what runs come to an end. Default: nothing is.
    """
    pool = ThreadPoolExecutor(at_once)
    try:
        found = list(pool.map(function, several))
    except Exception:
        pool.shutdown()
        raise
    except BaseException:
        stop()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return found
