"""Affinities: one measured constant of one compound at one receptor, as one source gave it."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import ColumnElement, and_

from app import models as m
from app.domain.affinity import p_affinity, to_nm
from app.domain.vocabulary import (
    AffinityAction,
    AffinityParameter,
    AffinityState,
    ConcentrationUnit,
    Confidence,
    Relation,
    SourceKind,
    Species,
)
from app.kit.declarations import DatasetFile, PageRecord, PageSection, SearchFields
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
    CitedReference,
    RecordBase,
    Ref,
    cited_reference,
    output_field,
)
from app.resources.page_sections import OWN_CITATIONS


class Affinity(RecordBase):
    """One affinity measurement; measurements of one compound at one receptor are not averaged."""

    compound: Annotated[Ref, SingleReference(m.Affinity.compound_id, "compounds")] = output_field(
        "Compound (ligand)."
    )
    receptor: Annotated[Ref, SingleReference(m.Affinity.receptor_id, "receptors")] = output_field(
        "Receptor (target)."
    )
    parameter: Annotated[AffinityParameter, Column(m.Affinity.parameter)] = output_field(
        "Measured parameter: Ki, Kd, IC50 or EC50."
    )
    relation: Annotated[Relation, Column(m.Affinity.relation)] = output_field(
        "Relation of the reported value to the true value; `>` means no effect up to that"
        " concentration."
    )
    value_nm: Annotated[
        float | None,
        Column(m.Affinity.value_nm, lambda d: to_nm(d["published_value"], d["published_unit"])),
    ] = output_field("Value in nM; for a range, the lower bound.")
    upper_value_nm: Annotated[
        float | None,
        Column(
            m.Affinity.upper_value_nm,
            lambda d: to_nm(d["published_upper_value"], d["published_unit"]),
        ),
    ] = output_field("Upper bound of the range, in nM.")
    p_affinity: Annotated[
        float | None,
        Column(
            m.Affinity.p_affinity,
            lambda d: p_affinity(to_nm(d["published_value"], d["published_unit"])),
        ),
    ] = output_field(
        "Negative decadic logarithm of the constant in mol/L; if `relation` is `>`, the true value"
        " is lower."
    )
    published_value: Annotated[float | None, Field(gt=0), Column(m.Affinity.published_value)] = (
        output_field("Value as published.")
    )
    published_upper_value: Annotated[
        float | None, Field(gt=0), Column(m.Affinity.published_upper_value)
    ] = output_field("Upper bound of the range as published.")
    published_unit: Annotated[ConcentrationUnit | None, Column(m.Affinity.published_unit)] = (
        output_field("Unit as published.")
    )
    action: Annotated[AffinityAction | None, Column(m.Affinity.action)] = output_field(
        "Interaction type as classified by GtoPdb."
    )
    action_note: Annotated[str | None, Column(m.Affinity.action_note)] = output_field(
        "Further details of the action."
    )
    stereo: Annotated[str | None, Column(m.Affinity.stereo)] = output_field(
        "Stereochemistry as published."
    )
    assay: Annotated[str | None, Column(m.Affinity.assay)] = output_field(
        "Assay or radioligand used."
    )
    species: Annotated[Species, Column(m.Affinity.species)] = output_field(
        "Species of the receptor."
    )
    system: Annotated[str | None, Column(m.Affinity.system)] = output_field(
        "Tissue or expression system."
    )
    state: Annotated[AffinityState, Column(m.Affinity.state)] = output_field(
        "Result state: measured, no binding up to a bound, or no data on record."
    )
    source: Annotated[SourceKind, Column(m.Affinity.source)] = output_field(
        "Type of source: primary publication, database or secondary table."
    )
    reference: Annotated[CitedReference, cited_reference(m.Affinity.reference_id)] = output_field(
        "Reference that reports the value."
    )
    citation_confidence: Annotated[Confidence, Column(m.Affinity.citation_confidence)] = (
        output_field("Confidence that the citation is correct.")
    )
    caveat: Annotated[str | None, Column(m.Affinity.caveat)] = output_field(
        "Caveat that readers should be aware of."
    )
    source_database: Annotated[str | None, Column(m.Affinity.source_database)] = output_field(
        "Database in which the value was read: GtoPdb, PDSP, ChEMBL, …; null if in no database."
    )
    source_release: Annotated[str | None, Column(m.Affinity.source_release)] = output_field(
        "Release of that database."
    )
    source_record: Annotated[str | None, Column(m.Affinity.source_record)] = output_field(
        "Identifier of the record in that database."
    )
    licence: Annotated[str | None, Column(m.Affinity.licence)] = output_field(
        "Licence of the row, as an SPDX identifier, if it is not that of the dataset."
    )


def _at_least_as_tight(bound: float) -> ColumnElement[bool]:
    """Return the condition on constants of at least this p-affinity.

    `> 100 nM` bounds the constant from below, so it is no evidence of tight binding.
    """
    return and_(m.Affinity.p_affinity >= bound, m.Affinity.relation != Relation.GREATER)


class AffinityQuery(ListQuery):
    """Filters of the list of affinities."""

    compound: Annotated[Slugs, WhereRef("compounds", [m.Affinity.compound_id])] = Field(
        [], description="Compounds (any match)."
    )
    receptor: Annotated[Slugs, WhereRef("receptors", [m.Affinity.receptor_id])] = Field(
        [], description="Receptors (any match)."
    )
    reference: Annotated[Slugs, WhereRef("references", [m.Affinity.reference_id])] = Field(
        [], description="References (any match)."
    )
    parameter: Annotated[
        list[AffinityParameter],
        CommaSeparated,
        Where(EnumIn(m.Affinity.parameter)),
        Field(max_length=20),
    ] = Field([], description="Measured parameter: Ki, Kd, IC50 or EC50.")
    action: Annotated[
        list[AffinityAction], CommaSeparated, Where(EnumIn(m.Affinity.action)), Field(max_length=20)
    ] = Field([], description="GtoPdb interaction types.")
    species: Annotated[
        list[Species], CommaSeparated, Where(EnumIn(m.Affinity.species)), Field(max_length=20)
    ] = Field([], description="Species of the receptor.")
    state: Annotated[
        list[AffinityState], CommaSeparated, Where(EnumIn(m.Affinity.state)), Field(max_length=20)
    ] = Field([], description="Result states: measured, none_up_to_bound, not_tested.")
    source: Annotated[
        list[SourceKind], CommaSeparated, Where(EnumIn(m.Affinity.source)), Field(max_length=20)
    ] = Field([], description="Types of source: primary, database, secondary.")
    source_database: Annotated[
        list[Text],
        CommaSeparated,
        Where(TextIn(m.Affinity.source_database)),
        Field(max_length=50),
    ] = Field([], description="Databases as recorded: GtoPdb, PDSP, ChEMBL, … (any match).")
    min_p_affinity: Annotated[
        float | None,
        Field(ge=-3, le=15),
        Where(_at_least_as_tight),
    ] = Field(
        None,
        description="Minimum p-affinity (−log₁₀ of the constant in mol/L): 5 is 10 µM, 6 is 1 µM.",
    )
    max_p_affinity: Annotated[
        float | None, Field(ge=-3, le=15), Where(m.Affinity.p_affinity.__le__)
    ] = Field(None, description="Maximum p-affinity; includes bounds.")
    max_value_nm: Annotated[
        float | None,
        Field(gt=0, le=1e12),
        Where(lambda nm: and_(m.Affinity.value_nm <= nm, m.Affinity.relation != Relation.GREATER)),
    ] = Field(
        None,
        description="Maximum constant in nM; ranges are compared by their lower bound. 10000 is 10"
        " µM.",
    )
    min_value_nm: Annotated[
        float | None, Field(gt=0, le=1e12), Where(m.Affinity.value_nm.__ge__)
    ] = Field(None, description="Minimum constant or bound in nM.")


def _of_pair(record: PageRecord) -> dict[str, list[str]]:
    """Constants of the compound at the receptor."""
    return {name: [record.row[name]["slug"]] for name in ("compound", "receptor")}


def _from_compound_to_receptor(record: PageRecord) -> dict[str, list[str]]:
    """Claims that lead from the compound to the receptor."""
    row = record.row
    return {
        "subject": [f"compound:{row['compound']['slug']}"],
        "object": [f"receptor:{row['receptor']['slug']}"],
    }


AFFINITIES = Resource(
    name="affinities",
    record_type="affinity",
    description="Measured binding and functional constants, including negative results.",
    key=m.Affinity.id,
    identity=RECORD_COLUMNS,
    record=Affinity,
    query=AffinityQuery,
    search=SearchFields(
        number=11,
        lookup_prior=80,
        question_prior=60,
        texts=(
            "compound",
            "receptor",
            "action",
            "action_note",
            "assay",
            "species",
            "system",
            "caveat",
        ),
        type_words=("affinities",),
    ),
    dataset=DatasetFile("affinities.yaml", section=10),
    page=(
        PageSection("constants", title="Every constant of the pair", filters=_of_pair),
        PageSection(
            "claims",
            key="claims",
            title="Claims on the pair",
            filters=_from_compound_to_receptor,
        ),
        OWN_CITATIONS,
    ),
    example="ketamine-oprk1-ki-hirota-1999",
    columns=("receptor", "compound", "parameter", "value_nm", "species"),
    sort=("slug", "name", "value_nm", "p_affinity", "parameter"),
    formats=CITABLE_FORMATS,
    cites=("reference",),
)
