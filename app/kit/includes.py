"""Includes: related records that a response carries, loaded once each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select, union

from app.kit.lookup import select_documents
from app.kit.prepared_statements import prepared_statement
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
    for name in sorted(names):
        head, _, tail = name.partition(".")
        loaded = _load_include(session, catalogue, name, resource.includes[head], ids, included)
        if not tail:
            continue
        for target, target_ids in loaded.items():
            # An include may lead to several collections, of which only some have the second one.
            if inner := catalogue[target].includes.get(tail):
                _load_include(session, catalogue, name, inner, target_ids, included)
    return included


def _load_include(
    session: ReadSession,
    catalogue: ResourceRegistry,
    name: str,
    include: Include,
    ids: Sequence[int],
    included: Included,
) -> dict[str, list[int]]:
    """Add the records of one include to `included`; return their ids by collection."""
    ids_by_target: dict[str, list[int]] = {}
    for target in include.targets:
        rows = _related(session, catalogue[target], include, list(ids))
        if len(rows) > MAX_INCLUDED:
            raise TooManyIncludedError(name, target)
        documents = included.setdefault(target, {})
        documents.update((slug, RawJson(document)) for slug, _, document in rows)
        ids_by_target[target] = [key for _, key, _ in rows]
    return ids_by_target


def _related(
    session: ReadSession, resource: Resource, include: Include, ids: list[int]
) -> list[tuple[Any, ...]]:
    """Return slug, id and document of the records of `resource` that the include leads to.

    One more than the limit is read, so that the caller knows whether there are too many.
    """
    cols, key = resource.identity, resource.key

    def build(ids: Any) -> Select[Any]:
        children = union(*(select(child).where(parent.in_(ids)) for parent, child in include.links))
        stmt = select_documents(cols).join(key.class_, key == cols.id)
        stmt = stmt.where(key.in_(select(children.subquery().c[0])))
        return stmt.order_by(cols.slug).limit(MAX_INCLUDED + 1)

    return prepared_statement((resource, *include.links), build).rows(session, ids=ids)


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
    own = select(resource.key).join(cols.id.class_, cols.id == resource.key).where(*where)
    ends = [_follow(catalogue, resource, path, own) for path in paths]
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
