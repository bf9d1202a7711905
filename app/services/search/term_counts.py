"""Term counts of a full reindex, spilled to files beyond a memory limit."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, starmap
from operator import itemgetter
from tempfile import TemporaryFile
from typing import IO

#: Term, record type, and number of records of the type that contain the term.
Count = tuple[str, str, int]


class TermCounts:
    """Number of records per term and record type, in bounded memory.

    There may be more terms than fit into memory: beyond `most` counters they are written to a
    sorted temporary file, and `all` merges the files.
    """

    def __init__(self, most: int = 500_000) -> None:
        """Start without counts; `most` is the number of counters in memory."""
        self.most, self._files = most, list[IO[str]]()
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, record_type: str, terms_by_record: Iterable[Iterable[str]]) -> None:
        """Count the terms of records of one type; each record counts once per term."""
        counts = self._counts[record_type]
        for terms in terms_by_record:
            counts.update(terms)
        if sum(map(len, self._counts.values())) > self.most:
            file = TemporaryFile("w+", encoding="ascii")  # noqa: SIM115  (`all` closes it)
            file.writelines(
                f"{term}\t{record_type}\t{count}\n" for term, record_type, count in self._in_order()
            )
            file.seek(0)
            self._files.append(file)
            self._counts.clear()

    def all(self) -> Iterator[Count]:
        """Yield term, record type and count, each pair once, in ascending order."""
        parts = [map(_read_count, file) for file in self._files]
        for pair, same in groupby(heapq.merge(*parts, self._in_order()), itemgetter(0, 1)):
            yield *pair, sum(count for *_, count in same)
        for file in self._files:
            file.close()

    def _in_order(self) -> Iterator[Count]:
        return heapq.merge(*starmap(_sorted_counts, self._counts.items()))


def _sorted_counts(record_type: str, counts: Mapping[str, int]) -> Iterator[Count]:
    return ((term, record_type, counts[term]) for term in sorted(counts))


def _read_count(line: str) -> Count:
    term, record_type, count = line.split("\t")
    return term, record_type, int(count)
