"""References: papers, labels, guidelines and databases, with only what was confirmed."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app import models as m
from app.domain import identifiers
from app.domain.vocabulary import Confidence, ReferenceKind, Retraction
from app.kit.declarations import DatasetFile, PageSection, SearchFields
from app.kit.field_mapping import Column, ScalarList
from app.kit.query_types import (
    CommaSeparated,
    EnumIn,
    ListQuery,
    Slugs,
    Text,
    TextIn,
    Where,
    WhereRef,
)
from app.kit.resource import Include, Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    Day,
    Doi,
    Pmcid,
    Pmid,
    RecordBase,
    any_spelling,
    in_format,
    output_field,
)
from app.resources.page_sections import OWN_CITATIONS, about, by_slug


class Reference(RecordBase):
    """Publication."""

    title: Annotated[str | None, Column(m.Reference.title)] = output_field("Title, if confirmed.")
    authors: Annotated[
        list[str], ScalarList(m.Author.reference_id, m.Author.name, m.Author.position)
    ] = output_field("Confirmed authors; often only the first author.")
    authors_complete: Annotated[bool, Column(m.Reference.authors_complete, default=False)] = (
        output_field("Whether `authors` is the complete list.")
    )
    # An entry of a PostgreSQL index holds 2704 bytes.
    journal: Annotated[str | None, Field(max_length=250), Column(m.Reference.journal)] = (
        output_field("Journal.")
    )
    year: Annotated[int | None, Column(m.Reference.year)] = output_field("Year.")
    volume: Annotated[str | None, Column(m.Reference.volume)] = output_field("Volume.")
    issue: Annotated[str | None, Column(m.Reference.issue)] = output_field("Issue.")
    pages: Annotated[str | None, Column(m.Reference.pages)] = output_field(
        "Pages or article number."
    )
    doi: Annotated[Doi | None, Column(m.Reference.doi)] = output_field("DOI.")
    pmid: Annotated[Pmid | None, Column(m.Reference.pmid)] = output_field("PubMed id.")
    pmcid: Annotated[Pmcid | None, Column(m.Reference.pmcid)] = output_field("PubMed Central id.")
    kind: Annotated[ReferenceKind, Column(m.Reference.kind)] = output_field("Kind of publication.")
    url: Annotated[str | None, Field(pattern=r"^https?://\S+$"), Column(m.Reference.url)] = (
        output_field("URL, if there is no DOI.")
    )
    retraction: Annotated[
        Retraction, Column(m.Reference.retraction, default=Retraction.NOT_CHECKED)
    ] = output_field("Retraction status; not_checked if it has not been checked.")
    notice_published_on: Annotated[Day | None, Column(m.Reference.notice_published_on)] = (
        output_field("Day on which the correction, expression of concern or retraction appeared.")
    )
    notices_checked_on: Annotated[Day | None, Column(m.Reference.notices_checked_on)] = (
        output_field("Day on which public sources were last asked for such notices.")
    )
    citation_confidence: Annotated[Confidence, Column(m.Reference.citation_confidence)] = (
        output_field("Confidence that the citation is correct.")
    )


AnyDoi = Annotated[
    Text,
    AfterValidator(identifiers.normalise_doi),
    in_format(identifiers.DOI, "a DOI, such as 10.1038/nature17998"),
]
AnyPmid = Annotated[
    Text, any_spelling("pubmed"), in_format(identifiers.PMID, "a PubMed id: figures alone")
]
AnyPmcid = Annotated[
    Text, any_spelling("pmc"), in_format(identifiers.PMCID, "a PubMed Central id: PMC and figures")
]


class ReferenceQuery(ListQuery):
    """Filters of the list of references."""

    kind: Annotated[
        list[ReferenceKind], CommaSeparated, Where(EnumIn(m.Reference.kind)), Field(max_length=20)
    ] = Field([], description="Kinds of publication (any match).")
    doi: Annotated[
        list[AnyDoi], CommaSeparated, Where(m.Reference.doi.in_), Field(max_length=500)
    ] = Field([], description="DOIs, plain, as doi:… or as a doi.org URL (any match).")
    pmid: Annotated[
        list[AnyPmid], CommaSeparated, Where(m.Reference.pmid.in_), Field(max_length=500)
    ] = Field([], description="PubMed ids (any match).")
    pmcid: Annotated[
        list[AnyPmcid], CommaSeparated, Where(m.Reference.pmcid.in_), Field(max_length=500)
    ] = Field([], description="PubMed Central ids (any match).")
    journal: Annotated[
        list[Text], CommaSeparated, Where(TextIn(m.Reference.journal)), Field(max_length=100)
    ] = Field(
        [],
        description="Journal names, in any capitals (any match); `facets=journal` lists them.",
    )
    retraction: Annotated[
        list[Retraction],
        CommaSeparated,
        Where(EnumIn(m.Reference.retraction)),
        Field(max_length=20),
    ] = Field([], description="Retraction status.")
    study: Annotated[
        Slugs,
        WhereRef("studies", [m.StudyReference.study_id], parent=m.StudyReference.reference_id),
    ] = Field([], description="Studies; selects publications of any of them.")
    year_from: Annotated[int | None, Field(ge=1800, le=2100), Where(m.Reference.year.__ge__)] = (
        Field(None, description="Earliest publication year.")
    )
    year_to: Annotated[int | None, Field(ge=1800, le=2100), Where(m.Reference.year.__le__)] = Field(
        None, description="Latest publication year."
    )


REFERENCES = Resource(
    name="references",
    record_type="reference",
    description="Cited papers, guidelines, labels, regulatory documents and databases.",
    key=m.Reference.id,
    identity=RECORD_COLUMNS,
    record=Reference,
    query=ReferenceQuery,
    search=SearchFields(
        number=12,
        lookup_prior=40,
        question_prior=34,
        texts=("authors", "journal", "year"),
        titles=("title",),
        identifiers={"doi": "doi:{}".format, "pmid": "pubmed:{}".format, "pmcid": "pmc:{}".format},
        type_words=("article", "articles", "paper", "papers", "publications"),
    ),
    dataset=DatasetFile("references.yaml", with_referrer=True, section=9),
    page=(
        *about(by_slug("reference")),
        PageSection("constants", title="Constants measured in it", filters=by_slug("reference")),
        OWN_CITATIONS,
    ),
    example="lii-2023",
    columns=("year", "journal", "kind", "retraction"),
    excerpt="title",
    sort=("slug", "name", "year", "journal", "title"),
    extra_includes={
        "evidence": Include("evidence", [(m.Evidence.reference_id, m.Evidence.id)]),
        "affinities": Include("affinities", [(m.Affinity.reference_id, m.Affinity.id)]),
        "studies": Include("studies", [(m.StudyReference.reference_id, m.StudyReference.study_id)]),
    },
    formats=CITABLE_FORMATS,
    cites=("",),
    distinct_names=True,
    numerous=True,
)
