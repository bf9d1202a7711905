"""Term counts of a full reindex, spilled to files beyond a memory limit."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, starmap
from operator import itemgetter
from tempfile import TemporaryFile
from typing import IO

#: Term, noun, and how many records of the noun hold it.
Count = tuple[str, str, int]


class TermCounts:
    """How many records of each noun hold each term: there are more terms than records.

    So many are counted in memory; then they go to a file, in order, and the files are merged.
    """

    def __init__(self, most: int = 500_000) -> None:
        self.most, self._files = most, list[IO[str]]()
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, kind: str, terms_by_record: Iterable[Iterable[str]]) -> None:
        """Some records of one noun, by the terms that each holds."""
        counts = self._counts[kind]
        for terms in terms_by_record:
            counts.update(terms)
        if sum(map(len, self._counts.values())) > self.most:
            file = TemporaryFile("w+", encoding="ascii")  # noqa: SIM115  (`all` closes it)
            file.writelines(f"{term}\t{kind}\t{count}\n" for term, kind, count in self._in_order())
            file.seek(0)
            self._files.append(file)
            self._counts.clear()

    def all(self) -> Iterator[Count]:
        """Term, noun and count, each pair once, in order."""
        parts = [map(_read_count, file) for file in self._files]
        for pair, same in groupby(heapq.merge(*parts, self._in_order()), itemgetter(0, 1)):
            yield *pair, sum(count for *_, count in same)
        for file in self._files:
            file.close()

    def _in_order(self) -> Iterator[Count]:
        return heapq.merge(*starmap(_of_noun, self._counts.items()))


def _of_noun(kind: str, counts: Mapping[str, int]) -> Iterator[Count]:
    return ((term, kind, counts[term]) for term in sorted(counts))


def _read_count(line: str) -> Count:
    term, kind, count = line.split("\t")
    return term, kind, int(count)
