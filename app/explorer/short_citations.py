"""Short citations of the references that the records on a page cite."""

from collections import Counter
from collections.abc import Iterable

from app.api.deps import ServiceContext
from app.domain.citation import cite_short
from app.explorer import queries
from app.explorer.queries import Record
from app.kit.sessions import ReadSession
from app.services.pages.record_sections import external_links


def most_cited(records: Iterable[Record], limit: int) -> list[str]:
    """Return the slugs of the references that most of some records cite, at most `limit`."""
    counts = Counter(record["reference"]["slug"] for record in records if record["reference"])
    return [slug for slug, _ in counts.most_common(limit)]


def short_citations(
    session: ReadSession, service: ServiceContext, slugs: Iterable[str]
) -> list[Record]:
    """Return short citations by name, as the citations of `/v1/pages` have them."""
    references = queries.get_records(session, service, "references", list(slugs)).values()
    return [
        {
            "reference": {"type": "reference", "slug": ref["slug"], "name": ref["name"]},
            "text": cite_short(ref | _authors(ref)),
            "url": next(iter(external_links(ref)), None),
            "retraction": ref["retraction"],
        }
        for ref in sorted(references, key=lambda ref: str(ref["name"]).casefold())
    ]


def _authors(reference: Record) -> Record:
    authors = reference["authors"]
    return {"first_author": authors[0] if authors else None, "authors": len(authors)}
