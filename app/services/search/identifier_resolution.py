"""Resolving: what somebody calls a record → the record, and how it was meant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app import models as m
from app.domain.identifiers import SLUG
from app.domain.text_folding import alphanumeric_key
from app.domain.vocabulary import NameField
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.records.history import Row, withdrawal
from app.services.search import index_entry, name_index
from app.services.search.name_index import MANY, Named
from app.services.search.retrieval import find

NEAR = 3
LIKE = 68
_FIELDS = {field: number for number, field in enumerate(NameField)}
_KINDS = {name: r.kind for r in RESOURCES.values() for name in (r.name, r.kind)}


@dataclass(frozen=True)
class Resolved:
    """The records that a text may mean, each with how it matched; `more`: not all are here."""

    asked: str
    matches: list[dict[str, Any]]
    more: bool


def resolve(session: ReadSession, asked: str) -> Resolved:
    """The same thing first, near things in other databases after; each record once."""
    found = _by_address(session, asked) or name_index.bearing(session, name_index.keys_of(asked))
    best: dict[int, Named] = {}
    for one in sorted(found, key=lambda one: _order(one, asked)):
        best.setdefault(one.text_id, one)
    return Resolved(asked, _shown(session, list(best.values())), len(found) >= MANY)


def _order(one: Named, asked: str) -> tuple[Any, ...]:
    related = one.field is NameField.RELATED_IDENTIFIER
    return (related, one.text_id, one.text != asked, _FIELDS[one.field])


def _by_address(session: ReadSession, asked: str) -> list[Named]:
    """What a noun and a slug name."""
    for kind, slug in _addressed(asked):
        stmt = select(m.Record.id).where(m.Record.type == kind, m.Record.slug == slug)
        key = session.execute(stmt).scalar_one_or_none()
        if key is not None:
            found = index_entry.text_id(kind, key)
            return [Named(found, 0, alphanumeric_key(slug), NameField.SLUG, slug)]
    return []


def _addressed(asked: str) -> Iterator[tuple[str, str]]:
    """A noun and a slug, of `claim:slug`, `claims/slug`, or the address of a record."""
    path = asked.partition("/v1/")[2] if "/v1/" in asked else asked
    for mark in (":", "/"):
        head, _, slug = path.partition(mark)
        if kind := _KINDS.get(head.strip().lower()):
            yield kind, slug.strip("/ ")


def withdrawn(session: ReadSession, asked: str) -> tuple[Resource, Row] | None:
    """A record that stood under a slug once, whose noun may be left out, and why it is gone."""
    for kind, slug in [*_addressed(asked), (None, asked)]:
        kinds = [kind] if kind else [r.kind for r in RESOURCES.values() if not r.derived]
        if SLUG.fullmatch(slug) and (gone := withdrawal(session, kinds, slug)):
            return RESOURCES.by_kind[gone["type"]], gone
    return None


def near_names(session: ReadSession, asked: str) -> list[dict[str, Any]]:
    """Records with a name like the one that nothing bears, or that stand in its place."""
    from rapidfuzz import fuzz, process

    if (found := withdrawn(session, asked)) and found[1]["successor"]:
        resource, gone = found
        return resolve(session, f"{resource.kind}:{gone['successor']}").matches
    key = alphanumeric_key(asked.rpartition(":")[2])[:200]
    if not key:
        return []
    pool = name_index.beginning(session, key[:2], (600, 300, 100))
    pool += name_index.beginning(session, key[: max(3, len(key) - 2)], (50, 50, 50))
    alike = process.extract(
        key, [one.key for one in pool], scorer=fuzz.ratio, score_cutoff=LIKE, limit=40
    )
    ranked = sorted(alike, key=lambda one: (-round(one[1]), pool[one[2]].tier, pool[one[2]].key))
    best: dict[int, Named] = {}
    for _, _, at in ranked:
        best.setdefault(pool[at].text_id, pool[at])
    return _shown(session, list(best.values())[:NEAR])


def near(session: ReadSession, asked: str) -> list[dict[str, Any]]:
    """The same; where no name is like it, the best that a search finds."""
    if like := near_names(session, asked):
        return like
    hits = find(session, asked).hits[:NEAR] if asked.strip() else []
    return _shown(session, [hit.whole or _by_slug(hit.id, hit.slug) for hit in hits])


def _by_slug(text_id: int, slug: str) -> Named:
    return Named(text_id, 0, alphanumeric_key(slug), NameField.SLUG, slug)


def _shown(session: ReadSession, found: Sequence[Named]) -> list[dict[str, Any]]:
    kept = index_entry.shown(session, [one.text_id for one in found])
    return [
        {
            "type": one.type,
            "slug": kept[one.text_id].slug,
            "name": kept[one.text_id].name,
            "url": f"/v1/{RESOURCES.by_kind[one.type].name}/{kept[one.text_id].slug}",
            "matched": one.field,
            "text": one.text,
        }
        for one in found
        if one.text_id in kept
    ]
