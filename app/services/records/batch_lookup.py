"""Batch lookup of records by slug or CURIE."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app import models as m
from app.domain.identifiers import normalise_doi
from app.domain.vocabulary import XrefRelation
from app.kit.batching import batched
from app.kit.field_mapping import Attr
from app.kit.raw_json import RawJson, select_fields
from app.kit.repository import EXPORT_CHUNK_ROWS, Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.services.store.withdrawals import withdrawal_message, withdrawals

# References have these identifiers as fields, not among their cross-references.
REFERENCE_PREFIXES: dict[str, Attr] = {
    "doi": m.Reference.doi,
    "pubmed": m.Reference.pmid,
    "pmid": m.Reference.pmid,
    "pmc": m.Reference.pmcid,
}


@dataclass(frozen=True)
class BatchItem:
    """The result of one requested id."""

    requested: str
    id: int | None = None
    record: RawJson | None = None
    matched: str | None = None
    gone: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the item as the API shows it."""
        if self.record is None:
            message = self.gone or "No record with this slug or CURIE here."
            return {
                "id": self.requested,
                "found": False,
                "matched": None,
                "record": None,
                "message": message,
            }
        return {
            "id": self.requested,
            "found": True,
            "matched": self.matched,
            "record": self.record,
            "message": None,
        }


def look_up_records(
    session: ReadSession,
    repository: Repository,
    resource: Resource,
    requested: Sequence[str],
    fields: Sequence[str],
) -> list[BatchItem]:
    """Return one result per requested id, in order; a CURIE matches exact cross-references only."""
    slug_of = {name: name for name in requested if ":" not in name}
    curies = [name for name in requested if ":" in name]
    if curies:
        slug_of |= _slugs_by_curie(session, resource, curies)
    slugs = list(dict.fromkeys(slug_of.values()))
    documents: dict[str, tuple[int, str]] = {}
    for batch in batched(slugs, EXPORT_CHUNK_ROWS):
        documents |= repository.get_documents(session, resource, batch)
    withdrawn = _withdrawal_messages(
        session, resource, [slug for slug in slugs if slug not in documents]
    )
    results = []
    for name in requested:
        slug = slug_of.get(name)
        if slug in documents:
            key, document = documents[slug]
            how = "curie" if ":" in name else "slug"
            results.append(BatchItem(name, key, select_fields(document, fields), how))
        else:
            results.append(BatchItem(name, gone=withdrawn.get(slug or "")))
    return results


def _withdrawal_messages(
    session: ReadSession, resource: Resource, slugs: Sequence[str]
) -> dict[str, str]:
    """Return the messages about those records that were withdrawn, by slug."""
    rows = withdrawals(session, resource, slugs) if slugs else {}
    return {slug: withdrawal_message(resource, row) for slug, row in rows.items()}


def _slugs_by_curie(
    session: ReadSession, resource: Resource, curies: Sequence[str]
) -> dict[str, str]:
    stmt = (
        select(m.Xref.curie, m.Record.slug)
        .join(m.Record, m.Record.id == m.Xref.record_id)
        .where(
            m.Record.type == resource.record_type,
            m.Xref.curie.in_(curies),
            m.Xref.relation == XrefRelation.EXACT,
        )
        .order_by(m.Record.slug.desc())
    )
    slugs = {row[0]: row[1] for row in session.execute(stmt)}
    if resource.key.class_ is not m.Reference:
        return slugs
    for curie in curies:
        prefix, _, local = curie.partition(":")
        column = REFERENCE_PREFIXES.get(prefix.lower())
        if column is m.Reference.doi:
            local = normalise_doi(local)
        if column is not None:
            by_field = (
                select(m.Record.slug)
                .join(m.Reference, m.Reference.id == m.Record.id)
                .where(column == local)
            )
            slug = session.execute(by_field).scalar_one_or_none()
            if slug:
                slugs[curie] = slug
    return slugs
