"""Progress of a long operation."""

from collections.abc import Callable

#: Called with the number of items done, and the total; the total is 0 while it is not known.
ProgressCallback = Callable[[int, int], None]
