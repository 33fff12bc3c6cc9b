"""Garbage: how often the process looks for cycles among its objects."""

import gc
from typing import Final

THRESHOLDS: Final = (20_000, 20, 20)


def look_for_garbage_less_often() -> None:
    """Spare what lives long by now from being searched, and search the rest less often.

    Thousands of sockets would cost a pause each time; a chunk of a big night makes thousands of objects, and no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
