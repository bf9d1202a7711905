"""Includes: related records that a response carries, loaded once each."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SelectBase,
    Subquery,
    literal_column,
    select,
    union,
    union_all,
)

from app.kit.lookup import select_documents
from app.kit.prepared_statements import PreparedStatement
from app.kit.raw_json import RawJson
from app.kit.registry import ResourceRegistry
from app.kit.resource import Include, Resource
from app.kit.sessions import ReadSession

MAX_INCLUDED = 5000

#: Collection → slug → document.
Included = dict[str, dict[str, RawJson]]


class TooManyIncludedError(ValueError):
    """An include would add more than `MAX_INCLUDED` records of one collection."""

    def __init__(self, name: str, to: str) -> None:
        self.name, self.to = name, to
        super().__init__(f"include={name} would add more than {MAX_INCLUDED} records")


def load_includes(
    session: ReadSession,
    catalogue: ResourceRegistry,
    resource: Resource,
    ids: Sequence[int],
    names: Sequence[str],
) -> Included:
    """Return the records that includes lead to from the records with `ids`.

    Args:
        session: The transaction to read in.
        catalogue: All resources.
        resource: Collection of the records.
        ids: Ids of the records.
        names: Includes, with at most one dot: `receptor`, `claims.evidence`.

    Raises:
        TooManyIncludedError: If an include leads to more than `MAX_INCLUDED` records.
    """
    included: Included = {}
    heads = [(name, *name.partition(".")[::2]) for name in sorted(names)]
    steps = [(name, resource.includes[head]) for name, head, _ in heads]
    loaded = _load(session, catalogue, steps, ids, included)
    for (name, _, tail), ids_by_target in zip(heads, loaded, strict=True):
        # An include may lead to several collections, of which only some have the second one.
        for target, target_ids in ids_by_target.items() if tail else ():
            if inner := catalogue[target].includes.get(tail):
                _load(session, catalogue, [(name, inner)], target_ids, included)
    return included


def _load(
    session: ReadSession,
    catalogue: ResourceRegistry,
    steps: Sequence[tuple[str, Include]],
    ids: Sequence[int],
    included: Included,
) -> list[dict[str, list[int]]]:
    """Add the records of includes to `included`, in one statement.

    Args:
        session: The transaction to read in.
        catalogue: All resources.
        steps: Name as requested, and include.
        ids: Ids of the records that all of them start from.
        included: What the records are added to.

    Returns:
        For each include the ids of its records by collection.
    """
    if not steps:
        return []
    targets = [(include, target) for _, include in steps for target in include.targets]
    statement = _related_statement(*((catalogue[target], include) for include, target in targets))
    related: list[list[tuple[str, int, str]]] = [[] for _ in targets]
    for at, *row in statement.rows(session, ids=list(ids)):
        related[at].append(tuple(row))
    rows_of_targets = iter(related)
    loaded = []
    for name, include in steps:
        ids_by_target = {}
        for target in include.targets:
            rows = next(rows_of_targets)
            if len(rows) > MAX_INCLUDED:
                raise TooManyIncludedError(name, target)
            rows.sort()
            documents = included.setdefault(target, {})
            documents.update((slug, RawJson(document)) for slug, _, document in rows)
            ids_by_target[target] = [key for _, key, _ in rows]
        loaded.append(ids_by_target)
    return loaded


@lru_cache(maxsize=256)
def _related_statement(*steps: tuple[Resource, Include]) -> PreparedStatement:
    """Return the statement of the records of includes: place in `steps`, slug, id, body.

    It reads one more than the limit of each, so that the caller knows whether there are too many.
    """

    def build(ids: Any) -> SelectBase:
        return union_all(*(select(step(at, *target, ids)) for at, target in enumerate(steps)))

    def step(at: int, resource: Resource, include: Include, ids: Any) -> Subquery:
        cols, key = resource.identity, resource.key
        children = union(*(select(child).where(parent.in_(ids)) for parent, child in include.links))
        stmt = select_documents(cols).join(key.class_, key == cols.id)
        stmt = stmt.where(key.in_(select(children.subquery().c[0]))).limit(MAX_INCLUDED + 1)
        return stmt.with_only_columns(
            literal_column(str(at)).label("step"),
            *stmt.selected_columns,
            maintain_column_froms=True,
        ).subquery()

    return PreparedStatement(build)


def include_target(
    catalogue: ResourceRegistry,
    resource: Resource,
    paths: Sequence[str],
    where: Sequence[ColumnElement[bool]],
) -> tuple[Resource, ColumnElement[bool]]:
    """Follow dotted paths of includes of any depth, without loading anything.

    Args:
        catalogue: All resources.
        resource: Collection of the records that the paths start from.
        paths: Each has includes, separated by dots; empty for the records themselves. All lead to
            the same collection.
        where: Conditions on the records that the paths start from.

    Returns:
        The collection at the end of the paths, and the condition on its records.
    """
    cols = resource.identity
    selected = select(resource.key).join(cols.id.class_, cols.id == resource.key).where(*where)
    ends = [_follow(catalogue, resource, path, selected) for path in paths]
    target, ids = ends[0]
    if len(ends) > 1:
        ids = select(union(*(ids for _, ids in ends)).subquery())
    return target, target.key.in_(ids)


def _follow(
    catalogue: ResourceRegistry, resource: Resource, path: str, ids: Select[Any]
) -> tuple[Resource, Select[Any]]:
    """Return the collection at the end of a dotted path, and the ids of its records."""
    for name in path.split(".") if path else ():
        include = resource.includes[name]
        links = (select(child).where(parent.in_(ids)) for parent, child in include.links)
        resource, ids = catalogue[include.targets[0]], select(union(*links).subquery())
    return resource, ids
