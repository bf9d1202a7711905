"""Resolve a name or identifier to the records that it means."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app import models as m
from app.domain.identifiers import OWN_PREFIX, SLUG
from app.domain.text_folding import alphanumeric_key
from app.domain.vocabulary import NameField
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.search import index_entry, name_index
from app.services.search.name_index import MAX_MATCHES, NameMatch
from app.services.search.retrieval import search
from app.services.store.withdrawals import Row, withdrawal

MAX_SIMILAR = 3
MIN_SIMILARITY = 68
_FIELDS = {field: number for number, field in enumerate(NameField)}
_KINDS = {name: r.record_type for r in RESOURCES.values() for name in (r.name, r.record_type)}


@dataclass(frozen=True)
class ResolvedText:
    """Records that a name or identifier may mean; `more`: there are more matches than listed."""

    text: str
    matches: list[dict[str, Any]]
    more: bool


def resolve_text(session: ReadSession, text: str) -> ResolvedText:
    """Return the records that a text names, each once.

    Exact names and identifiers come before related identifiers of other databases.
    """
    matches = _match_address(session, text) or name_index.by_name(
        session, name_index.lookup_keys(text)
    )
    best: dict[int, NameMatch] = {}
    for match in sorted(matches, key=lambda match: _order(match, text)):
        best.setdefault(match.text_id, match)
    return ResolvedText(
        text, _render_matches(session, list(best.values())), len(matches) >= MAX_MATCHES
    )


def _order(match: NameMatch, text: str) -> tuple[Any, ...]:
    related = match.field is NameField.RELATED_IDENTIFIER
    return (related, match.text_id, match.text != text, _FIELDS[match.field])


def _match_address(session: ReadSession, text: str) -> list[NameMatch]:
    """Return the record that a record type with a slug, or a URL, addresses."""
    for kind, slug in _parse_address(text):
        stmt = select(m.Record.id).where(m.Record.type == kind, m.Record.slug == slug)
        key = session.execute(stmt).scalar_one_or_none()
        if key is not None:
            match_id = index_entry.search_id(kind, key)
            return [NameMatch(match_id, 0, alphanumeric_key(slug), NameField.SLUG, slug)]
    return []


def _parse_address(text: str) -> Iterator[tuple[str, str]]:
    """Parse a record type and slug from an address.

    It is `claim:slug`, `claims/slug`, the URL of a record, or our own CURIE
    (`ketamine-kb:claim.slug`).
    """
    path = text.partition("/v1/")[2] if "/v1/" in text else text
    own = path.strip().lower().startswith(f"{OWN_PREFIX}:")
    if own:
        path = path.partition(":")[2]
    for mark in "." if own else ":/":
        head, _, slug = path.partition(mark)
        if kind := _KINDS.get(head.strip().lower()):
            yield kind, slug.strip("/ ")


def find_withdrawn(session: ReadSession, text: str) -> tuple[Resource, Row] | None:
    """Return the withdrawal of the record that a text addresses; the record type may be omitted."""
    for kind, slug in [*_parse_address(text), (None, text)]:
        kinds = [kind] if kind else [r.record_type for r in RESOURCES.values() if not r.derived]
        if SLUG.fullmatch(slug) and (row := withdrawal(session, kinds, slug)):
            return RESOURCES.by_record_type[row["type"]], row
    return None


def similar_names(session: ReadSession, text: str) -> list[dict[str, Any]]:
    """Return records with a name similar to an unknown one, or the successor of a withdrawn one."""
    from rapidfuzz import fuzz, process

    if (withdrawal := find_withdrawn(session, text)) and withdrawal[1]["successor"]:
        resource, row = withdrawal
        return resolve_text(session, f"{resource.record_type}:{row['successor']}").matches
    key = alphanumeric_key(text.rpartition(":")[2])[:200]
    if not key:
        return []
    pool = name_index.by_prefix(session, key[:2], (600, 300, 100))
    pool += name_index.by_prefix(session, key[: max(3, len(key) - 2)], (50, 50, 50))
    alike = process.extract(
        key, [name.key for name in pool], scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY, limit=40
    )
    ranked = sorted(
        alike, key=lambda name: (-round(name[1]), pool[name[2]].tier, pool[name[2]].key)
    )
    best: dict[int, NameMatch] = {}
    for _, _, at in ranked:
        best.setdefault(pool[at].text_id, pool[at])
    return _render_matches(session, list(best.values())[:MAX_SIMILAR])


def similar_records(session: ReadSession, text: str) -> list[dict[str, Any]]:
    """Return `similar_names`; if there are none, the best hits of a full-text search."""
    if like := similar_names(session, text):
        return like
    hits = search(session, text).hits[:MAX_SIMILAR] if text.strip() else []
    return _render_matches(session, [hit.whole or _by_slug(hit.id, hit.slug) for hit in hits])


def _by_slug(text_id: int, slug: str) -> NameMatch:
    return NameMatch(text_id, 0, alphanumeric_key(slug), NameField.SLUG, slug)


def _render_matches(session: ReadSession, matches: Sequence[NameMatch]) -> list[dict[str, Any]]:
    texts = index_entry.result_texts(session, [match.text_id for match in matches])
    return [
        {
            "type": match.type,
            "slug": texts[match.text_id].slug,
            "name": texts[match.text_id].name,
            "url": f"/v1/{RESOURCES.by_record_type[match.type].name}/{texts[match.text_id].slug}",
            "matched": match.field,
            "text": match.text,
        }
        for match in matches
        if match.text_id in texts
    ]
