"""Comparison of two states of the dataset: query parameters, and what a page of it holds."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import AfterValidator, Field, TypeAdapter

from app.api.deps import ServiceContext, release_or_date_parameter
from app.domain.release_names import CURRENT
from app.kit import cursor as cursors
from app.kit.connection_shares import ReadKind
from app.kit.query_types import MAX_LIMIT, NO_NUL, CommaSeparated, Cursor, QueryModel, clean_text
from app.kit.repository import Repository
from app.kit.sessions import ReadSession
from app.resources import RESOURCES, Collection
from app.services.releases import diff
from app.services.releases.diff import DifferenceKind, RecordDifference, SnapshotCache
from app.services.store.revision import current_revision

#: Snapshots of releases that were compared; a release never changes.
COMPARISONS = SnapshotCache(Repository(RESOURCES))
PLACE = [TypeAdapter(str), TypeAdapter(str)]
Side = Annotated[str, Field(max_length=40, json_schema_extra=NO_NUL), AfterValidator(clean_text)]


class ComparisonQuery(QueryModel):
    """The two states to compare, and the collections; query parameters of `/v1/diff.csv`."""

    before: Side = Field(
        alias="from",
        description="Base: a release, or a date, which stands for the newest release of that day or"
        " before.",
    )
    after: Side = Field(
        CURRENT,
        alias="to",
        description="Release or date to compare with the base, or `current` for the current data.",
    )
    collection: Annotated[list[Collection], CommaSeparated, Field(max_length=len(RESOURCES))] = (
        Field([], description="Collections to compare.")
    )


class DiffQuery(ComparisonQuery):
    """Query parameters of `/v1/diff`."""

    limit: int = Field(50, ge=1, le=MAX_LIMIT, description="Maximum number of records per page.")
    cursor: Cursor | None = Field(
        None, description="Cursor of the page: `page.next` of the previous response."
    )


@dataclass(frozen=True)
class Comparison:
    """The two states of a request.

    Args:
        old: The service as of the base.
        new: The service as of the other state.
        names: Names of both releases.
        dated: Releases that dates stand for: a later one can take the place of each.
    """

    old: ServiceContext
    new: ServiceContext
    names: tuple[str, str]
    dated: str


def compared_states(service: ServiceContext, query: ComparisonQuery) -> Comparison:
    """Return the two states to compare.

    Raises:
        ParameterError: There is no such release.
    """
    old, old_release = release_or_date_parameter(service, "from", query.before)
    new, new_release = service, None
    if query.after != CURRENT:
        new, new_release = release_or_date_parameter(service, "to", query.after)
    if not old.cache_forever:
        new = replace(new, immutable=False, cache_forever=False)
    names = old_release or query.before, new_release or query.after
    return Comparison(old, new, names, " ".join(filter(None, (old_release, new_release))))


def read_old_state(states: Comparison, new: ReadSession) -> AbstractContextManager[ReadSession]:
    """Read the old state, within the transaction of the new one if both are of one store.

    A second one would wait for the first: exports have one connection of a SQLite pool.
    """
    if states.old.store.shares is states.new.store.shares:
        return nullcontext(new)
    return states.old.store.read(ReadKind.EXPORT)


def requested_collections(query: ComparisonQuery) -> list[str]:
    """Return the collections to compare, in the order of the catalogue."""
    return [name for name in RESOURCES if name in query.collection or not query.collection]


def compare(states: Comparison, session: ReadSession, query: DiffQuery) -> dict[str, Any]:
    """Return a page of the differences, their numbers by collection, and changed verdicts."""
    names = requested_collections(query)
    old_name, new_name = states.names
    mark = cursors.fingerprint("diff", old_name, new_name, names)
    listing = COMPARISONS.repository
    with read_old_state(states, session) as earlier:
        before, after = COMPARISONS.side(earlier), COMPARISONS.side(session)
        differences = diff.find_changes(before.hashes, after.hashes, names)
        rest = differences if query.cursor is None else _past(differences, query.cursor, mark)
        page = rest[: query.limit]
        token = None
        if len(rest) > len(page):
            token = cursors.encode([page[-1].collection, page[-1].slug], mark)
        verdicts = diff.VERDICTS.name in names
        return {
            "data": diff.render_changes(listing, before, after, page),
            "page": {"limit": query.limit, "total": len(differences), "next": token},
            "before": _side(old_name, earlier),
            "after": _side(new_name, session),
            "summary": _summary(differences),
            "verdicts": diff.verdict_changes(listing, before, after) if verdicts else [],
        }


def _past(differences: list[RecordDifference], cursor: str, mark: str) -> list[RecordDifference]:
    """Return the differences after the end of the last page."""
    collection, slug = cursors.decode(cursor, mark, PLACE)
    order = {name: number for number, name in enumerate(RESOURCES)}
    if collection not in order:
        raise cursors.BadCursorError("it was altered")
    last = order[str(collection)], str(slug)
    return [change for change in differences if (order[change.collection], change.slug) > last]


def _side(name: str, session: ReadSession) -> dict[str, Any]:
    revision = current_revision(session)
    return {"release": name, "revision": revision.revision if revision else 0}


def _summary(differences: list[RecordDifference]) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for change in differences:
        counts = counted.setdefault(change.collection, {str(kind): 0 for kind in DifferenceKind})
        counts[change.kind] += 1
    return counted
