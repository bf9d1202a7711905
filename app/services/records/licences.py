"""Licences of records that are not under the licence of the dataset, such as imported ones.

Most stores have none. That is read once per revision, so that their responses cost nothing more.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true

from app.kit.field_mapping import Attr, Column
from app.kit.filter_clauses import where_clauses
from app.kit.repository import Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession

#: The field of a record that states a licence of its own.
FIELD = "licence"


def stored_licences(session: ReadSession, repository: Repository) -> list[str]:
    """Return the licences of all records of the store that have another one than the dataset."""

    def read() -> list[str]:
        columns = [column for r in repository.catalogue.values() if (column := _column(r))]
        return _distinct(session, [(column, column.is_not(None)) for column in columns])

    return repository.counts.get_or_compute(session, FIELD, read)


def licences_of(
    session: ReadSession,
    repository: Repository,
    records: Iterable[tuple[str, Sequence[int] | Sequence[str]]],
) -> list[str]:
    """Return the licences of records that have another one than the dataset.

    Args:
        records: Collection, and ids or slugs of records of it.
    """
    if not stored_licences(session, repository):
        return []
    ids: dict[str, set[int]] = defaultdict(set)
    slugs: dict[str, set[str]] = defaultdict(set)
    for name, keys in records:
        for key in keys:
            if isinstance(key, str):
                slugs[name].add(key)
            else:
                ids[name].add(key)
    conditions: list[tuple[Attr, ColumnElement[bool]]] = []
    for name in {*ids, *slugs}:
        resource = repository.catalogue[name]
        if column := _column(resource):
            identity = resource.identity
            named = select(identity.id).where(
                identity.record_type == resource.record_type, identity.slug.in_(slugs[name])
            )
            conditions.append((column, resource.key.in_(ids[name]) | resource.key.in_(named)))
    return _distinct(session, conditions)


def related_licences(
    session: ReadSession, repository: Repository, resource: Resource, slug: str
) -> list[str]:
    """Return the licences of a record and of those that its includes lead to, as on its page."""
    if not stored_licences(session, repository):
        return []
    identity = resource.identity
    of_record = [identity.record_type == resource.record_type, identity.slug == slug]
    paths = ["", *resource.includes]
    conditions = []
    for path in paths:
        targets = resource.includes[path].targets if path else [resource.name]
        if (column := _column(repository.catalogue[targets[0]])) and len(targets) == 1:
            conditions.append((column, repository.include_target(resource, [path], of_record)[1]))
    return _distinct(session, conditions)


def exported_licences(
    session: ReadSession, repository: Repository, resource: Resource, query: Any
) -> list[str]:
    """Return the licences of the records that a query matches."""
    column = _column(resource)
    if column is None or not stored_licences(session, repository):
        return []
    where = where_clauses(repository.conditions(session, resource, query))
    return _distinct(session, [(column, and_(true(), *where))])


def _column(resource: Resource) -> Attr | None:
    field = resource.mapping.by_name.get(FIELD)
    return field.marker.column if field and isinstance(field.marker, Column) else None


def _distinct(
    session: ReadSession, conditions: Sequence[tuple[Attr, ColumnElement[bool]]]
) -> list[str]:
    licences: set[str] = set()
    for column, condition in conditions:
        stmt = select(column).where(condition, column.is_not(None)).distinct()
        licences.update(session.execute(stmt).scalars())
    return sorted(licences)
