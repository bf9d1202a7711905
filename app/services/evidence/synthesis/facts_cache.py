"""Cache of the facts of claims, which verdicts on selected evidence are computed from."""

from collections.abc import Hashable
from threading import Lock

from cachetools import LRUCache, cachedmethod

from app.kit.sessions import ReadSession
from app.services.evidence.synthesis.loader import SynthesisFacts, read_synthesis_facts

#: Estimates and findings of all claims in the cache, about 3 kB each with their studies.
MAX_ROWS = 5_000


class ClaimFactsCache:
    """LRU cache of the facts of claims, by the state of the store that they were read in.

    A session without a state is not cached, and no claim with more than `max_rows` estimates and
    findings is.
    """

    def __init__(self, max_rows: int = MAX_ROWS) -> None:
        self._facts: LRUCache[Hashable, SynthesisFacts | None] = LRUCache(max_rows, getsizeof=_size)
        self._lock = Lock()

    def get_or_read(self, session: ReadSession, slug: str) -> SynthesisFacts | None:
        """Return the facts of a claim in the session's state; None if there is no such claim."""
        if session.state is None:
            return read_synthesis_facts(session, slug)
        return self._cached(session, session.state, slug)

    @cachedmethod(
        lambda self: self._facts,
        key=lambda _self, _session, state, slug: (state, slug),
        lock=lambda self: self._lock,
    )
    def _cached(self, session: ReadSession, _state: Hashable, slug: str) -> SynthesisFacts | None:
        return read_synthesis_facts(session, slug)


def _size(facts: SynthesisFacts | None) -> int:
    return 1 if facts is None else 1 + len(facts.evidence.estimates) + len(facts.evidence.findings)
