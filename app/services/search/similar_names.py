"""Names that are similar to unknown ones, for suggestions."""

from bisect import bisect_left
from collections.abc import Collection
from itertools import chain, takewhile
from operator import attrgetter
from typing import Any

from app.domain.pasted_text import plain_text
from app.domain.text_folding import alphanumeric_key
from app.domain.vocabulary import NameField
from app.kit.declarations import SUGGEST_TIERS
from app.kit.sessions import ReadSession
from app.services.search import index_entry, name_index
from app.services.search.identifier_resolution import (
    LONGEST_NAME,
    Match,
    find_matches,
    find_withdrawn,
    name_variants,
    render_matches,
)
from app.services.search.name_index import NameMatch
from app.services.search.retrieval import search

MAX_SIMILAR = 3
MIN_SIMILARITY = 68
#: Characters at the beginning of a name that are taken to be right.
BEGINNING = 2
#: Names that are compared, for each suggest tier: with the same beginning, and with all but the
#: last two characters.
CANDIDATES, NEAREST_CANDIDATES = (600, 300, 100), (50, 50, 50)
#: Names of a key that are ranked.
MAX_ALIKE = 40
_key_of = attrgetter("key")


class SimilarNames:
    """Finds names similar to unknown ones.

    The names with one beginning stay in memory until another beginning is looked for.
    """

    def __init__(self, session: ReadSession, record_types: Collection[str] = ()) -> None:
        """Take the transaction to read in, and the record types to include; all if empty."""
        self._session, self._record_types = session, record_types
        self._ranges = [index_entry.id_range(record_type) for record_type in record_types]
        self._beginning = ""

    @staticmethod
    def beginning(text: str) -> str:
        """Return the beginning of the names that a text is compared with."""
        return _key(plain_text(text))[:BEGINNING]

    def find(self, text: str) -> list[Match]:
        """Return up to MAX_SIMILAR records, or the successor of a withdrawn record."""
        from rapidfuzz import fuzz, process

        if (withdrawal := find_withdrawn(self._session, text)) and withdrawal[1]["successor"]:
            resource, row = withdrawal
            return find_matches(self._session, f"{resource.record_type}:{row['successor']}")
        plain = plain_text(text)
        key = _key(plain)
        if not key:
            return []
        if key[:BEGINNING] != self._beginning:
            self._read(key[:BEGINNING])
        nearest = self._nearest(key[: max(3, len(key) - 2)])
        pool = self._names + nearest
        pool_keys = self._keys + [match.key for match in nearest]
        name = plain.rpartition(":")[2]
        keys = {
            key,
            *(
                alphanumeric_key(variant.text)[:200]
                for _, variant in name_variants(name[:LONGEST_NAME], self._record_types)
            ),
        }
        alike = [
            match
            for key in keys
            for match in process.extract(
                key,
                pool_keys,
                scorer=fuzz.ratio,
                score_cutoff=MIN_SIMILARITY,
                limit=MAX_ALIKE,
            )
        ]
        ranked = sorted(
            alike, key=lambda match: (-round(match[1]), pool[match[2]].tier, pool[match[2]].key)
        )
        best: dict[int, Match] = {}
        for _, _, at in ranked:
            best.setdefault(pool[at].text_id, Match(pool[at]))
        return list(best.values())[:MAX_SIMILAR]

    def _read(self, beginning: str) -> None:
        """Read the names with a beginning, of each suggest tier in the order of keys."""
        self._beginning = beginning
        self._tiers = [
            name_index.by_prefix_in_tier(self._session, tier, beginning, limit, self._ranges)
            for tier, limit in zip(SUGGEST_TIERS, CANDIDATES, strict=True)
        ]
        self._names = list(chain.from_iterable(self._tiers))
        self._keys = [match.key for match in self._names]

    def _nearest(self, start: str) -> list[NameMatch]:
        """Return names with a longer beginning; from the database where not all names were read."""
        nearest: list[NameMatch] = []
        for tier, names in zip(SUGGEST_TIERS, self._tiers, strict=True):
            limit = NEAREST_CANDIDATES[tier]
            if len(names) < CANDIDATES[tier]:
                first = bisect_left(names, start, key=_key_of)
                nearest += takewhile(lambda m: m.key.startswith(start), names[first:][:limit])
            else:
                nearest += name_index.by_prefix_in_tier(
                    self._session, tier, start, limit, self._ranges
                )
        return nearest


def similar_names(
    session: ReadSession, text: str, record_types: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return records with a name similar to an unknown one, or the successor of a withdrawn one."""
    return render_matches(session, [SimilarNames(session, record_types).find(text)])[0]


def similar_records(session: ReadSession, text: str) -> list[dict[str, Any]]:
    """Return `similar_names`; if there are none, the best hits of a full-text search."""
    if like := similar_names(session, text):
        return like
    hits = search(session, text).hits[:MAX_SIMILAR] if text.strip() else []
    named = [hit.whole or _by_slug(hit.id, hit.slug) for hit in hits]
    return render_matches(session, [[Match(name) for name in named]])[0]


def _by_slug(text_id: int, slug: str) -> NameMatch:
    return NameMatch(text_id, 0, alphanumeric_key(slug), NameField.SLUG, slug)


def _key(plain: str) -> str:
    return alphanumeric_key(plain.rpartition(":")[2])[:200]
