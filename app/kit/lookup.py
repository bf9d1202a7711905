"""Lookup of records by slug: their ids, their documents, and similar slugs."""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Select, select

from app.kit.prepared_statements import PreparedStatement
from app.kit.registry import ResourceRegistry
from app.kit.resource import RecordColumns, Resource
from app.kit.sessions import ReadSession
from app.kit.suggestions import similar

MAX_SUGGESTIONS = 3


class UnknownSlugError(ValueError):
    """A filter names a record that does not exist.

    Args:
        name: The parameter.
        slug: Its value, as it was sent.
        to: Collections that the parameter refers to, separated by `|`.
        similar: Slugs that resemble it.
    """

    def __init__(self, name: str, slug: str, to: str, similar: list[str]) -> None:
        self.name, self.slug, self.to, self.similar = name, slug, to, similar
        super().__init__(f"{to} has no record {slug!r}")


class SlugReference(str):
    """A slug or `type:slug` in a query, with the ids of the records that have it."""

    ids: list[int]

    def __new__(cls, text: str, ids: list[int]) -> "SlugReference":
        """Return the text with the ids."""
        reference = super().__new__(cls, text)
        reference.ids = ids
        return reference


def resolve_slugs(
    session: ReadSession, catalogue: ResourceRegistry, name: str, to: str, slugs: Sequence[str]
) -> list[int]:
    """Return the ids of records by slug.

    Args:
        session: The transaction to read in.
        catalogue: All resources.
        name: The parameter that the slugs come from, for the error.
        to: Name of a collection, or several separated by `|`.
        slugs: Each is `slug` or `type:slug`, which only matters with several collections.

    Raises:
        UnknownSlugError: If one of the slugs belongs to no record.
    """
    if all(isinstance(slug, SlugReference) for slug in slugs):
        references = cast(Sequence[SlugReference], slugs)
        return list(dict.fromkeys(key for slug in references for key in slug.ids))
    known = find_slugs(session, catalogue, to, slugs)
    for text in slugs:
        if text not in known:
            slug = text.rpartition(":")[2]
            raise UnknownSlugError(name, text, to, similar_slugs(session, catalogue, to, slug))
    return list(dict.fromkeys(key for reference in known.values() for key in reference.ids))


def find_slugs(
    session: ReadSession, catalogue: ResourceRegistry, to: str, texts: Sequence[str]
) -> dict[str, SlugReference]:
    """Return those of some texts that are the slug or `type:slug` of a record.

    With a single collection the reference is the slug alone. See `resolve_slugs` for the arguments.
    """
    record_types = _record_types(catalogue, to)
    statement = _slugs_statement(_identity(catalogue), *record_types)
    rows = statement.rows(session, slugs=[text.rpartition(":")[2] for text in texts])
    references = {}
    for text in texts:
        record_type, _, slug = text.rpartition(":")
        ids = [row[0] for row in rows if row[2] == slug and record_type in ("", row[1])]
        if ids:
            references[text] = SlugReference(slug if len(record_types) == 1 else text, ids)
    return references


@cache
def _slugs_statement(cols: RecordColumns, *record_types: str) -> PreparedStatement:
    def build(slugs: Any) -> Select[Any]:
        stmt = select(cols.id, cols.record_type, cols.slug)
        return stmt.where(cols.record_type.in_(record_types), cols.slug.in_(slugs))

    return PreparedStatement(build)


def similar_slugs(
    session: ReadSession, catalogue: ResourceRegistry, to: str, slug: str
) -> list[str]:
    """Return up to three slugs that resemble one that does not exist.

    Candidates are the slugs with the same first letter, and those that contain it: comparing with
    every slug of a large collection would take too long.
    """
    cols = _identity(catalogue)
    stmt = (
        select(cols.slug)
        .where(cols.record_type.in_(_record_types(catalogue, to)))
        .order_by(cols.slug)
    )
    same_letter = stmt.where(cols.slug.startswith(slug[:1] or "a", autoescape=True)).limit(2000)
    containing = stmt.where(cols.slug.contains(slug[:60], autoescape=True)).limit(20)
    candidates = [
        candidate
        for query in (same_letter, containing)
        for candidate in session.execute(query).scalars()
    ]
    contained = [candidate for candidate in candidates if slug and slug in candidate]
    return list(dict.fromkeys([*similar(slug, candidates), *contained]))[:MAX_SUGGESTIONS]


def get_documents(
    session: ReadSession, resource: Resource, slugs: Sequence[str]
) -> dict[str, tuple[int, str]]:
    """Return slug → (id, JSON document) of the records that exist."""
    rows = _documents_statement(resource).rows(session, slugs=list(slugs))
    return {slug: (key, document) for slug, key, document in rows}


@cache
def _documents_statement(resource: Resource) -> PreparedStatement:
    cols = resource.identity

    def build(slugs: Any) -> Select[Any]:
        stmt = select_documents(cols)
        return stmt.where(cols.record_type == resource.record_type, cols.slug.in_(slugs))

    return PreparedStatement(build)


def select_documents(cols: RecordColumns) -> Select[Any]:
    """Return a SELECT of slug, id and document of all records."""
    stmt = select(cols.slug, cols.id, cols.document)
    return stmt.join(cols.document.class_, cols.document_id == cols.id)


def _identity(catalogue: ResourceRegistry) -> RecordColumns:
    """Return the columns that all collections share."""
    return next(iter(catalogue.values())).identity


def _record_types(catalogue: ResourceRegistry, to: str) -> list[str]:
    return [catalogue[name].record_type for name in to.split("|")]
