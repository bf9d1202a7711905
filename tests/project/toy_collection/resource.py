"""Instruments: rating scales and apparatus with which outcomes are measured."""

from typing import Annotated

from app.models.instrument import InstrumentKind
from pydantic import Field

from app import models as m
from app.kit.declarations import DatasetFile, SearchFields
from app.kit.field_mapping import Column, ObjectList, ReferenceList, SingleReference
from app.kit.query_types import CommaSeparated, EnumIn, ListQuery, Slugs, Where, WhereRef
from app.kit.resource import Include, Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    OutputModel,
    RecordBase,
    Ref,
    output_field,
)
from app.resources.page_sections import OWN_CITATIONS, REFERENCED_RECORDS


class InstrumentRange(OutputModel):
    """What a range of scores means."""

    lowest: Annotated[int, Column(m.InstrumentRange.lowest)] = output_field("Its lowest score.")
    meaning: Annotated[str, Column(m.InstrumentRange.meaning)] = output_field("What it means.")


class Instrument(RecordBase):
    """One rating scale or apparatus."""

    kind: Annotated[InstrumentKind, Column(m.Instrument.kind)] = output_field("Scale or apparatus.")
    item_count: Annotated[int | None, Column(m.Instrument.item_count)] = output_field(
        "Number of items."
    )
    maker: Annotated[str | None, Column(m.Instrument.maker)] = output_field("Who made it.")
    process: Annotated[Ref | None, SingleReference(m.Instrument.process_id, "processes")] = (
        output_field("The process that it measures.")
    )
    ranges: Annotated[
        list[InstrumentRange],
        ObjectList(m.InstrumentRange.instrument_id, m.InstrumentRange.position),
    ] = output_field("Ranges of scores.")
    references: Annotated[
        list[Ref],
        ReferenceList(
            m.InstrumentReference.instrument_id,
            m.InstrumentReference.reference_id,
            "references",
            m.InstrumentReference.position,
        ),
    ] = output_field("Papers that describe it.")


class InstrumentQuery(ListQuery):
    """Filters of the list of instruments."""

    kind: Annotated[
        list[InstrumentKind], CommaSeparated, Where(EnumIn(m.Instrument.kind)), Field(max_length=20)
    ] = Field([], description="scale, apparatus.")
    min_item_count: Annotated[
        int | None, Field(ge=1, le=1000), Where(m.Instrument.item_count.__ge__)
    ] = Field(None, description="At least this many items.")
    process: Annotated[Slugs, WhereRef("processes", [m.Instrument.process_id])] = Field(
        [], description="Process slugs; any of them."
    )
    reference: Annotated[
        Slugs,
        WhereRef(
            "references",
            [m.InstrumentReference.reference_id],
            parent=m.InstrumentReference.instrument_id,
        ),
    ] = Field([], description="Reference slugs; any of them.")


INSTRUMENTS = Resource(
    name="instruments",
    record_type="instrument",
    description="Rating scales and apparatus with which outcomes are measured.",
    key=m.Instrument.id,
    identity=RECORD_COLUMNS,
    record=Instrument,
    query=InstrumentQuery,
    search=SearchFields(
        number=900,
        lookup_prior=60,
        question_prior=50,
        texts=("kind", "maker", "process", "ranges.meaning"),
        type_words=("instrument", "instruments"),
    ),
    dataset=DatasetFile("instruments.yaml"),
    page=(REFERENCED_RECORDS, OWN_CITATIONS),
    sort=("slug", "name", "kind", "item_count"),
    extra_includes={
        "described_by": Include(
            "references",
            [(m.InstrumentReference.instrument_id, m.InstrumentReference.reference_id)],
        )
    },
    formats=CITABLE_FORMATS,
    cites=("references",),
)
