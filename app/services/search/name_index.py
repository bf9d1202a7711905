"""Index of whole names, synonyms and identifiers: exact lookup, and lookup by a beginning."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import SelectBase, or_, select, true

from app import models as m
from app.domain.curie_prefixes import address_parts, parse_curies, without_scheme
from app.domain.pasted_text import plain_text
from app.domain.text_folding import name_key
from app.domain.vocabulary import NameField
from app.kit.declarations import SUGGEST_TIERS
from app.kit.prepared_statements import PreparedStatement, prepared_statement
from app.kit.sessions import ReadSession
from app.services.search import index_entry

#: Maximum number of records that one name finds.
MAX_MATCHES = 500
_LAST_CHARACTER = "\U0010ffff"
OWN_NAMES = (NameField.NAME, NameField.SYNONYM)
_FIELDS = {field.value: field for field in NameField}


class NameMatch(NamedTuple):
    """A record and the name or identifier of it that matched."""

    text_id: int
    tier: int
    key: str
    field: NameField
    text: str

    @property
    def type(self) -> str:
        """Record type."""
        return index_entry.type_of(self.text_id)


_COLUMNS = (
    m.SearchName.text_id,
    m.SearchName.tier,
    m.SearchName.key,
    m.SearchName.field,
    m.SearchName.text,
)

_BY_NAME = PreparedStatement(
    lambda keys: (
        select(*_COLUMNS)
        .where(m.SearchName.tier.in_(SUGGEST_TIERS), m.SearchName.key.in_(keys))
        .order_by(*_COLUMNS[:2], m.SearchName.position)
        .limit(MAX_MATCHES)
    )
)
_NAMES = PreparedStatement(
    lambda ids: (
        select(m.SearchName.text_id, m.SearchName.text)
        .where(
            m.SearchName.text_id.in_(ids),
            or_(*(m.SearchName.field == field for field in OWN_NAMES)),
        )
        .order_by(m.SearchName.text_id, m.SearchName.position)
    )
)


def lookup_keys(text: str) -> list[str]:
    """Return the keys under which a text may be indexed: as typed, and as CURIE or URL."""
    plain = plain_text(text)
    forms = [plain, *(curies := parse_curies(plain))]
    if not curies and (address := without_scheme(plain)):
        # Of an unknown site: the page may be called after the record. A number means nothing there.
        path = re.split("[?#]", address)[0]
        forms += [part for part in address_parts(path)[-1:] if not part.isdigit()]
    keys = (name_key(form)[:200] for form in forms)
    return list(dict.fromkeys(key for key in keys if key))


def by_name(session: ReadSession, keys: Iterable[str]) -> list[NameMatch]:
    """Return the records with a name that has any of the keys, ordered by search id."""
    distinct = sorted({key for key in keys if key})
    return [_match(*row) for row in _BY_NAME.rows(session, keys=distinct)]


def _match(text_id: int, tier: int, key: str, field: str, text: str) -> NameMatch:
    return NameMatch(text_id, tier, key, _FIELDS[field], text)


def by_prefix(
    session: ReadSession,
    start: str,
    limits: Sequence[int],
    ranges: Sequence[tuple[int, int]] = (),
) -> list[NameMatch]:
    """Return names whose key begins with `start`, in the order of keys.

    Args:
        limits: Maximum number of names for each suggest tier.
        ranges: Ranges of search ids (first, end) to include; all if empty.
    """
    return [
        match
        for tier, limit in zip(SUGGEST_TIERS, limits, strict=True)
        for match in by_prefix_in_tier(session, tier, start, limit, ranges)
    ]


def by_prefix_in_tier(
    session: ReadSession,
    tier: int,
    start: str,
    limit: int,
    ranges: Sequence[tuple[int, int]] = (),
) -> list[NameMatch]:
    """Return up to `limit` names of one suggest tier, as `by_prefix` does."""
    parameters: dict[str, Any] = {
        "tier": tier,
        "start": start,
        "end": start + _LAST_CHARACTER,
        "limit": limit,
    }
    for number, (first, end) in enumerate(ranges):
        parameters |= {f"first{number}": first, f"last{number}": end - 1}
    statement = prepared_statement(("names by prefix", len(ranges)), _by_prefix)
    return [_match(*row) for row in statement.rows(session, **parameters)]


def _by_prefix(tier: Any, start: Any, end: Any, limit: Any, **within: Any) -> SelectBase:
    text_id = m.SearchName.text_id
    ranges = [
        text_id.between(within[f"first{number}"], within[f"last{number}"])
        for number in range(len(within) // 2)
    ]
    return (
        select(*_COLUMNS)
        .where(
            m.SearchName.tier == tier,
            m.SearchName.key >= start,
            m.SearchName.key < end,
            or_(*ranges) if ranges else true(),
        )
        .order_by(m.SearchName.key, text_id)
        .limit(limit)
    )


def other_names(session: ReadSession, ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the names and synonyms of records by search id."""
    names: dict[int, list[str]] = {}
    for text_id, text in _NAMES.rows(session, ids=list(ids)):
        names.setdefault(text_id, []).append(text)
    return names
