"""Batch lookup of records by slug, identifier or name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.vocabulary import NameField
from app.kit.batching import batched
from app.kit.raw_json import RawJson, select_fields
from app.kit.repository import EXPORT_CHUNK_ROWS, Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.kit.suggestions import did_you_mean
from app.services.search.identifier_resolution import ReferenceMatch, find_reference
from app.services.search.similar_names import similar_names
from app.services.store.withdrawals import withdrawal_message, withdrawals

#: Unknown ids of one batch for which records with similar names are looked for.
MAX_SUGGESTED = 20
#: How an id matched, by the field that it equals; names and titles are `name`.
MATCHED = {NameField.SLUG: "slug", NameField.IDENTIFIER: "curie"}


@dataclass(frozen=True)
class BatchItem:
    """The result of one requested id."""

    requested: str
    id: int | None = None
    record: RawJson | None = None
    matched: str | None = None
    message: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the item as the API shows it."""
        return {
            "id": self.requested,
            "found": self.record is not None,
            "matched": self.matched,
            "record": self.record,
            "message": self.message,
        }


def look_up_records(
    session: ReadSession,
    repository: Repository,
    resource: Resource,
    requested: Sequence[str],
    fields: Sequence[str],
) -> list[BatchItem]:
    """Return one result per requested id, in order.

    A slug is taken as it is; everything else is resolved as in `/v1/resolve`, and must mean one
    record of the collection.
    """
    documents = _documents(session, repository, resource, requested)
    unknown = [name for name in dict.fromkeys(requested) if name not in documents]
    withdrawn = withdrawals(session, resource, unknown) if unknown else {}
    references = {
        name: find_reference(session, [resource.record_type], name)
        for name in unknown
        if name not in withdrawn
    }
    slugs = {name: _only_slug(reference) for name, reference in references.items()}
    documents |= _documents(session, repository, resource, [s for s in slugs.values() if s])
    results = []
    unknown_count = 0
    for name in requested:
        slug = slugs.get(name) or name
        if slug in documents:
            key, document = documents[slug]
            record = select_fields(document, fields)
            matched, message = _how_matched(references.get(name))
            results.append(BatchItem(name, key, record, matched, message))
        elif name in withdrawn:
            message = withdrawal_message(resource, withdrawn[name])
            results.append(BatchItem(name, message=message))
        else:
            similar = references[name].records or references[name].candidates
            if not similar and unknown_count < MAX_SUGGESTED:
                similar = similar_names(session, name, [resource.record_type])
            unknown_count += 1
            message = _not_found(resource, similar, references[name].ambiguous)
            results.append(BatchItem(name, message=message))
    return results


def _documents(
    session: ReadSession, repository: Repository, resource: Resource, slugs: Sequence[str]
) -> dict[str, tuple[int, str]]:
    documents: dict[str, tuple[int, str]] = {}
    for batch in batched(dict.fromkeys(slugs), EXPORT_CHUNK_ROWS):
        documents |= repository.get_documents(session, resource, batch)
    return documents


def _only_slug(reference: ReferenceMatch) -> str | None:
    return reference.records[0]["slug"] if len(reference.records) == 1 else None


def _how_matched(reference: ReferenceMatch | None) -> tuple[str, str | None]:
    """Return what an id matched, and a note on what it leaves out."""
    if reference is None:
        return "slug", None
    record = reference.records[0]
    matched = MATCHED.get(record["matched"], "name")
    salt = record["salt"]
    return (
        matched,
        f"The id names a salt ({salt}); the record is that of its base." if salt else None,
    )


def _not_found(resource: Resource, candidates: Sequence[dict[str, Any]], ambiguous: bool) -> str:
    slugs = [candidate["slug"] for candidate in candidates[:5]]
    if ambiguous:
        return f"The id may mean several records of {resource.name}: {', '.join(slugs)}."
    message = f"No record of {resource.name} has this slug, identifier or name."
    return message + did_you_mean(slugs)
