"""Memory of a process that serves: garbage collection, and the heaps of malloc.

What each of it saves is in docs/decisions/0025-start-and-memory.md.
"""

import gc
import threading
import time
from collections.abc import Callable
from functools import partial

#: Imported modules live as long as the process: with Python's thresholds the collector would scan
#: them again and again for garbage that requests hardly leave.
GC_THRESHOLDS = (100_000, 20, 100)
#: Of a process that serves: `gc.freeze` has taken what the start made out of the collector's sight,
#: so collections are cheap, and rare ones would let garbage pile up (docs/decisions/0025).
SERVING_GC_THRESHOLDS = (2_000, 10, 10)
#: Heaps of glibc's malloc that the threads of a process share. Its default of eight for each core
#: leaves free memory in all of them (docs/decisions/0025).
MALLOC_ARENAS = 2
M_ARENA_MAX = -8  # malloc.h of glibc, mallopt(3)
#: Seconds between two returns of the free memory in these heaps to the system
#: (docs/decisions/0025).
TRIM_INTERVAL_SECONDS = 10


def begin_startup() -> None:
    """Configure the memory of a process that is going to serve, before it starts threads.

    What it allocates until `end_startup` lives as long as the process: nothing is collected.
    """
    import ctypes  # not needed by other commands

    gc.disable()
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # glibc
        mallopt(M_ARENA_MAX, MALLOC_ARENAS)


def end_startup() -> None:
    """Let later garbage collections leave out what the start made, and trim the heaps."""
    import ctypes

    gc.freeze()
    gc.set_threshold(*SERVING_GC_THRESHOLDS)
    gc.enable()
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is not None:  # glibc
        trim = partial(_trim_heaps, malloc_trim)
        threading.Thread(target=trim, name="kkb-memory", daemon=True).start()


def _trim_heaps(malloc_trim: Callable[[int], int]) -> None:
    """Return free memory to the system: of malloc's own accord, only that at the top of a heap."""
    while True:
        time.sleep(TRIM_INTERVAL_SECONDS)
        malloc_trim(0)
