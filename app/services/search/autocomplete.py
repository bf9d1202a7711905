"""Suggesting: names that begin with what was typed so far."""

from collections.abc import Sequence
from typing import Any

from app.domain.text_folding import alphanumeric_key
from app.domain.vocabulary import NameField
from app.kit.sessions import ReadSession
from app.services.search import index_entry, name_index

#: Names looked at in each tier before the best are chosen; one record may bear several.
LOOKED_AT = (400, 60, 60)
_FIELDS = {field: number for number, field in enumerate(NameField)}


def suggest(
    session: ReadSession, typed: str, kinds: Sequence[str], limit: int
) -> list[dict[str, Any]]:
    """Each record once, by its best name: things before claims, whole before begun, short first."""
    key = alphanumeric_key(typed)[:200]
    if not key:
        return []
    found = name_index.beginning(
        session, key, LOOKED_AT, [index_entry.bounds(kind) for kind in set(kinds)]
    )
    best: dict[int, name_index.Named] = {}
    for one in sorted(found, key=lambda one: _order(one, key)):
        best.setdefault(one.text_id, one)
    chosen = list(best.values())[:limit]
    shown = index_entry.shown(session, [one.text_id for one in chosen])
    return [
        {
            "type": one.type,
            "slug": shown[one.text_id].slug,
            "name": shown[one.text_id].name,
            "field": one.field,
            "text": one.text,
        }
        for one in chosen
    ]


def _order(one: name_index.Named, key: str) -> tuple[Any, ...]:
    return (one.key != key, one.tier, _FIELDS[one.field], len(one.key), one.key, one.text_id)
