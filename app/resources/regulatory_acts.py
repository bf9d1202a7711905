"""Regulatory acts: what regulators decided on a compound, most often for an indication."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from app import models as m
from app.domain.vocabulary import DatePrecision, RegulatoryActType, RegulatoryStatus
from app.domain.wording import shortened
from app.kit.declarations import PageSection, RowRecords, SearchFields
from app.kit.field_mapping import Column, SingleReference
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
from app.kit.resource import Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    AnyJurisdiction,
    CitedReference,
    OutputModel,
    RecordBase,
    Ref,
    Slug,
    cited_reference,
    output_field,
)


class ActSlug(OutputModel):
    """Slug of an act within the record that lists it."""

    slug: Annotated[Slug, Column(m.RegulatoryAct.slug)] = output_field("Stable slug of the act.")


class ActFields(OutputModel):
    """Fields of an act, as a record and in the lists of compounds and indications."""

    jurisdiction: Annotated[str, Column(m.RegulatoryAct.jurisdiction)] = output_field(
        "ISO 3166 country code, or INT for an international body."
    )
    agency: Annotated[str | None, Column(m.RegulatoryAct.agency)] = output_field(
        "Regulatory agency."
    )
    act: Annotated[RegulatoryActType, Column(m.RegulatoryAct.act)] = output_field("Type of act.")
    product: Annotated[str | None, Column(m.RegulatoryAct.product)] = output_field(
        "Trade or product name."
    )
    status: Annotated[RegulatoryStatus, Column(m.RegulatoryAct.status)] = output_field(
        "Resulting regulatory status."
    )
    date: Annotated[str | None, Column(m.RegulatoryAct.date)] = output_field(
        "Date of the act, to the precision given in `date_precision`: 2019-03-05, 2025-01 or 1970."
    )
    date_precision: Annotated[DatePrecision | None, Column(m.RegulatoryAct.date_precision)] = (
        output_field("Precision of `date`: day, month or year.")
    )
    wording: Annotated[str | None, Column(m.RegulatoryAct.wording)] = output_field(
        "Wording of the indication in the source."
    )
    restriction: Annotated[str | None, Column(m.RegulatoryAct.restriction)] = output_field(
        "Conditions or restrictions imposed by the regulator."
    )
    reference: Annotated[CitedReference | None, cited_reference(m.RegulatoryAct.reference_id)] = (
        output_field("Reference that documents the act; null if there is none.")
    )
    source_url: Annotated[list[str], Column(m.RegulatoryAct.source_url, default=())] = output_field(
        "URL of the source."
    )
    note: Annotated[str | None, Column(m.RegulatoryAct.note)] = output_field(
        "Caveat that readers should be aware of."
    )


class RegulatoryAct(ActFields, RecordBase):
    """Regulatory act: one decision of one regulator on one compound."""

    compound: Annotated[Ref, SingleReference(m.RegulatoryAct.compound_id, "compounds")] = (
        output_field("Drug concerned.")
    )
    indication: Annotated[
        Ref | None, SingleReference(m.RegulatoryAct.indication_id, "indications")
    ] = output_field("Indication; null if the act names none, such as drug scheduling.")
    position: Annotated[int, Column(m.RegulatoryAct.position)] = output_field(
        "Place in the list of its indication or, if it names none, of its compound; from 0."
    )


MAX_SUMMARY = 500  # characters; `wording` and `restriction` have the whole text


def _words(value: Any) -> str:
    return str(value).replace("_", " ")


def act_name(act: Mapping[str, Any]) -> str:
    """Return the name of an act: type, product, jurisdiction, date and status."""
    what = _words(act["act"]).capitalize()
    of = act["product"] or act["compound"].replace("-", " ")
    when = " ".join(filter(None, [act["jurisdiction"], act["date"]]))
    return shortened(f"{what} of {of}, {when}: {_words(act['status'])}", 300)


def act_summary(act: Mapping[str, Any]) -> str:
    """Return a sentence on an act: regulator and status, with the wording or restriction."""
    by = act["agency"] or act["jurisdiction"]
    details = act["wording"] or act["restriction"]
    text = f"{by}: {_words(act['status'])}. {details or ''}"
    return shortened(text, MAX_SUMMARY)


def dated_from(day: str) -> Any:
    """Return the condition that an act is dated on or after a day, month or year."""
    return m.RegulatoryAct.date >= day


def dated_to(day: str) -> Any:
    """Return the condition that an act is dated on or before a day, month or year.

    `~` sorts after every figure and hyphen, so that 2019-03-05 is within 2019-03 and 2019.
    """
    return m.RegulatoryAct.date <= f"{day}~"


PARTIAL_DATE = r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"


def partial_date(text: str) -> str:
    """Return a year, a month or a day as it is.

    Raises:
        ValueError: If it is none of them.
    """
    if not re.fullmatch(PARTIAL_DATE, text):
        raise ValueError("must be a year, month or day, such as 2019, 2019-03 or 2019-03-05")
    return text


#: A year, a month or a day.
PartialDate = Annotated[
    str,
    Field(max_length=10, json_schema_extra={"pattern": PARTIAL_DATE}),
    AfterValidator(partial_date),
]


class RegulatoryActQuery(ListQuery):
    """Filters of the list of regulatory acts."""

    compound: Annotated[Slugs, WhereRef("compounds", [m.RegulatoryAct.compound_id])] = Field(
        [], description="Compounds (any match)."
    )
    indication: Annotated[Slugs, WhereRef("indications", [m.RegulatoryAct.indication_id])] = Field(
        [], description="Indications (any match)."
    )
    claim: Annotated[
        Slugs,
        WhereRef(
            "claims",
            [m.Finding.claim_id],
            parent=m.Evidence.reference_id,
            key=m.RegulatoryAct.reference_id,
            on=m.Finding.evidence_id == m.Evidence.id,
        ),
    ] = Field(
        [],
        description="Claims; selects acts whose reference is cited as evidence on any of them.",
    )
    jurisdiction: Annotated[
        list[AnyJurisdiction],
        CommaSeparated,
        Where(EnumIn(m.RegulatoryAct.jurisdiction)),
        Field(max_length=50),
    ] = Field([], description="Jurisdictions: US, EU, GB, …")
    agency: Annotated[
        list[Text], CommaSeparated, Where(TextIn(m.RegulatoryAct.agency)), Field(max_length=50)
    ] = Field(
        [],
        description="Regulatory agencies, in any capitals: FDA, EMA (CHMP), … (any match);"
        " `facets=agency` lists them.",
    )
    act: Annotated[
        list[RegulatoryActType],
        CommaSeparated,
        Where(EnumIn(m.RegulatoryAct.act)),
        Field(max_length=20),
    ] = Field([], description="Types of act (any match).")
    status: Annotated[
        list[RegulatoryStatus],
        CommaSeparated,
        Where(EnumIn(m.RegulatoryAct.status)),
        Field(max_length=20),
    ] = Field([], description="Regulatory statuses (any match).")
    reference: Annotated[Slugs, WhereRef("references", [m.RegulatoryAct.reference_id])] = Field(
        [], description="References (any match)."
    )
    date_from: Annotated[PartialDate | None, Where(dated_from)] = Field(
        None,
        description="Earliest date: 2019, 2019-03 or 2019-03-05. Acts without date are not listed.",
    )
    date_to: Annotated[PartialDate | None, Where(dated_to)] = Field(
        None, description="Latest date: 2019, 2019-03 or 2019-03-05, with all days of it."
    )


REGULATORY_ACTS = Resource(
    name="regulatory-acts",
    record_type="regulatory_act",
    description="Decisions of regulators on compounds: approvals, scheduling, appraisals.",
    key=m.RegulatoryAct.id,
    identity=RECORD_COLUMNS,
    record=RegulatoryAct,
    query=RegulatoryActQuery,
    search=SearchFields(
        number=14,
        lookup_prior=30,
        question_prior=30,
        texts=("compound", "indication", "jurisdiction", "agency", "product", "wording"),
        type_words=("approval", "approvals"),
    ),
    page=(PageSection("own_citations"),),
    example="us-spravato-trd-2019",
    sort=("slug", "name", "date", "jurisdiction", "agency", "status"),
    formats=CITABLE_FORMATS,
    cites=("reference",),
    derived=True,
    rows=RowRecords(slug=lambda _parent, act: str(act["slug"]), name=act_name, summary=act_summary),
)
