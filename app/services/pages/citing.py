"""Citations of a page: short, and all of them in a reference manager's formats."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain import citation
from app.services.pages.around import addresses
from app.services.pages.subject import Builder, Filters, Section, Subject, link, named, section

CITED = 8
OWN, FIRST = named(), aliased(m.Author)
#: The most that a note from the reference weighs anywhere.
WEIGHT = (
    select(func.max(m.LedgerLine.points))
    .join(m.Evidence, m.Evidence.id == m.LedgerLine.evidence_id)
    .where(m.Evidence.reference_id == m.Reference.id)
    .scalar_subquery()
)
AUTHORS = select(func.count()).where(m.Author.reference_id == m.Reference.id).scalar_subquery()
#: What a short citation says; the count is of all that the query gives.
SHORT = (
    select(
        func.count().over().label("total"),
        OWN.slug,
        OWN.name,
        FIRST.name.label("first_author"),
        AUTHORS.label("authors"),
        m.Reference.title,
        m.Reference.authors_complete,
        m.Reference.journal,
        m.Reference.year,
        m.Reference.volume,
        m.Reference.issue,
        m.Reference.pages,
        m.Reference.doi,
        m.Reference.pmid,
        m.Reference.pmcid,
        m.Reference.url,
        m.Reference.retraction,
    )
    .select_from(m.Reference)
    .join(OWN, OWN.id == m.Reference.id)
    .outerjoin(FIRST, (FIRST.reference_id == m.Reference.id) & (FIRST.position == 0))
)


def own_citations(subject: Subject) -> list[Section]:
    """What the record itself rests on."""
    where = [m.Record.id == subject.id]
    assert subject.resource.cites is not None
    _, those = subject.listing.trail(subject.resource, subject.resource.cites, where)
    return [
        _cited(subject, "citations", "What it rests on", those, lambda form: subject.url + form)
    ]


def citations(key: str, title: str, collection: str, filters: Filters) -> Builder:
    """What the records of a list rest on."""

    def build(subject: Subject) -> list[Section]:
        chosen = filters(subject)
        assert chosen is not None
        those = subject.those(collection, chosen)
        cites = those.resource.cites
        assert cites is not None
        _, cited = subject.listing.trail(those.resource, cites, those.where)
        return [_cited(subject, key, title, cited, those.address)]

    return build


def _cited(
    subject: Subject,
    key: str,
    title: str,
    those: ColumnElement[bool],
    address: Callable[[str], str],
) -> Section:
    """Some references, those of the heaviest notes first, and all of them as a twin elsewhere."""
    stmt = SHORT.where(those).order_by(WEIGHT.desc().nulls_last(), OWN.slug).limit(CITED)
    rows = [row._asdict() for row in subject.session.execute(stmt)]
    items = [
        {
            "reference": link("reference", row["slug"], row["name"]),
            "text": citation.cite_short(row),
            "url": next(iter(addresses(row)), None),
            "retraction": row["retraction"],
        }
        for row in rows
    ]
    twins = {form: address(f".{form}") for form in citation.CITATION_FORMATS}
    total = rows[0]["total"] if rows else 0
    return section("citations", key, title, items, total, twins["csl.json"], twins=twins)
