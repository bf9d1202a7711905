"""Index of whole names: exact and prefix lookup of names, synonyms and identifiers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import SelectBase, or_, select, true

from app import models as m
from app.domain.curie_prefixes import parse_curies
from app.domain.text_folding import alphanumeric_key
from app.domain.vocabulary import NameField
from app.kit.declarations import SUGGEST_TIERS
from app.kit.prepared_statements import PreparedStatement, prepared_statement
from app.kit.sessions import ReadSession
from app.services.search.index_entry import type_of

#: No name is borne by more records than this; a key that is, is no name.
MAX_MATCHES = 500
_BEYOND = "\U0010ffff"
OWN_NAMES = (NameField.NAME, NameField.SYNONYM)


@dataclass(frozen=True)
class NameMatch:
    """One record that bears a name, and which of its names it is."""

    text_id: int
    tier: int
    key: str
    field: NameField
    text: str

    @property
    def type(self) -> str:
        return type_of(self.text_id)


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
_OTHERS = PreparedStatement(
    lambda ids: (
        select(m.SearchName.text_id, m.SearchName.text)
        .where(
            m.SearchName.text_id.in_(ids), or_(*(m.SearchName.field == one for one in OWN_NAMES))
        )
        .order_by(m.SearchName.text_id, m.SearchName.position)
    )
)


def lookup_keys(text: str) -> list[str]:
    """The keys that a text may have: as it stands, and as each CURIE that it may be read as."""
    forms = [text, *parse_curies(text)]
    if "://" in text:
        forms.append(text.rstrip("/").replace("=", "/").replace("#", "/").rpartition("/")[2])
    keys = (alphanumeric_key(form)[:200] for form in forms)
    return list(dict.fromkeys(key for key in keys if key))


def by_name(session: ReadSession, keys: Iterable[str]) -> list[NameMatch]:
    """The records that bear any of some keys, in the order of equals."""
    wanted = sorted({key for key in keys if key})
    return [_named(*row) for row in _BY_NAME.rows(session, keys=wanted)]


def _named(text_id: int, tier: int, key: str, field: str, text: str) -> NameMatch:
    return NameMatch(text_id, tier, key, NameField(field), text)


def by_prefix(
    session: ReadSession,
    start: str,
    limits: Sequence[int],
    ranges: Sequence[tuple[int, int]] = (),
) -> list[NameMatch]:
    """Names that begin with a key, up to a limit of each tier, in the order of keys."""
    matches: list[NameMatch] = []
    within: dict[str, int] = {}
    for number, (first, end) in enumerate(ranges):
        within |= {f"first{number}": first, f"last{number}": end - 1}
    known = prepared_statement(("beginning", len(ranges)), _by_prefix)
    for tier, limit in zip(SUGGEST_TIERS, limits, strict=True):
        parameters = {"tier": tier, "start": start, "end": start + _BEYOND, "limit": limit}
        matches += [_named(*row) for row in known.rows(session, **parameters, **within)]
    return matches


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
    """Names and synonyms of some records."""
    out: dict[int, list[str]] = {}
    for text_id, text in _OTHERS.rows(session, ids=list(ids)):
        out.setdefault(text_id, []).append(text)
    return out
