"""Autocomplete: names that begin with the typed text."""

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
    matches = name_index.by_prefix(
        session, key, LOOKED_AT, [index_entry.id_range(kind) for kind in set(kinds)]
    )
    best: dict[int, name_index.NameMatch] = {}
    for match in sorted(matches, key=lambda match: _order(match, key)):
        best.setdefault(match.text_id, match)
    chosen = list(best.values())[:limit]
    texts = index_entry.result_texts(session, [match.text_id for match in chosen])
    return [
        {
            "type": match.type,
            "slug": texts[match.text_id].slug,
            "name": texts[match.text_id].name,
            "field": match.field,
            "text": match.text,
        }
        for match in chosen
    ]


def _order(match: name_index.NameMatch, key: str) -> tuple[Any, ...]:
    return (
        match.key != key,
        match.tier,
        _FIELDS[match.field],
        len(match.key),
        match.key,
        match.text_id,
    )
