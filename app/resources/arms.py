"""Study arms: the figures of one arm on one outcome, as rows of evidence notes."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from app import models as m
from app.domain.durations import in_hours
from app.domain.vocabulary import ArmRole, Masking, StudyDesign, TimeUnit
from app.domain.wording import shortened
from app.kit.declarations import RowRecords, SearchFields
from app.kit.field_mapping import Column, SingleReference
from app.kit.query_types import (
    CommaSeparated,
    EnumIn,
    ListQuery,
    Slugs,
    Where,
    WhereRef,
    WhereRelated,
)
from app.kit.resource import Resource
from app.resources.base import RECORD_COLUMNS, OutputModel, RecordBase, Ref, RowKey, output_field
from app.resources.studies import is_randomised


class NoteArm(OutputModel):
    """Results of one study arm on one outcome, in the list of its note."""

    key: Annotated[RowKey, Column(m.Arm.key)] = output_field(
        "Key of the arm, unique within its note."
    )
    name: Annotated[str, Column(m.Arm.title)] = output_field("Name of the arm.")
    role: Annotated[ArmRole | None, Column(m.Arm.role)] = output_field(
        "Role of the arm: drug or comparator; null if it is not known."
    )
    n: Annotated[int | None, Column(m.Arm.n)] = output_field("Number of participants in the arm.")
    events: Annotated[int | None, Column(m.Arm.events)] = output_field(
        "Number of participants with the outcome."
    )
    percent: Annotated[float | None, Column(m.Arm.percent)] = output_field(
        "Percentage of participants with the outcome."
    )
    mean_change: Annotated[float | None, Column(m.Arm.mean_change)] = output_field(
        "Mean change, in `unit`."
    )
    mean_value: Annotated[float | None, Column(m.Arm.mean_value)] = output_field(
        "Mean value, in `unit`."
    )
    standard_deviation: Annotated[float | None, Column(m.Arm.standard_deviation)] = output_field(
        "Standard deviation of the mean change or, without one, of the mean value, in `unit`."
    )
    standard_error: Annotated[float | None, Column(m.Arm.standard_error)] = output_field(
        "Standard error of the mean change or, without one, of the mean value, in `unit`."
    )
    unit: Annotated[str | None, Column(m.Arm.unit)] = output_field(
        "Unit of the means, their standard deviation and standard error."
    )
    outcome: Annotated[str | None, Column(m.Arm.outcome)] = output_field(
        "Outcome measure, if it differs from that of the note."
    )
    timepoint_value: Annotated[float | None, Column(m.Arm.timepoint_value)] = output_field(
        "Time point, if it differs from that of the note."
    )
    timepoint_unit: Annotated[TimeUnit | None, Column(m.Arm.timepoint_unit)] = output_field(
        "Unit of the value."
    )
    place: Annotated[str | None, Column(m.Arm.place)] = output_field(
        "Place in the source where the figures are printed: abstract, Table 2, …"
    )


class Arm(NoteArm, RecordBase):
    """Study arm: results of one arm of one study on one outcome."""

    name: Annotated[str, Column(m.Record.name), Field(max_length=300)] = output_field(
        "Display name."
    )

    arm: Annotated[str, Column(m.Arm.title)] = output_field("Name of the arm within its study.")
    outcome: Annotated[str | None, Column(m.Arm.outcome_measured)] = output_field(
        "Outcome measure."
    )
    own_outcome: Annotated[str | None, Column(m.Arm.outcome)] = output_field(
        "Outcome measure as listed with the arm; null if it is that of the note."
    )
    time_hours: Annotated[float | None, Column(m.Arm.time_hours)] = output_field(
        "Time since the first dose in hours; null if the source does not state it."
    )
    evidence: Annotated[Ref, SingleReference(m.Arm.evidence_id, "evidence")] = output_field(
        "Evidence note that lists the arm."
    )
    position: Annotated[int, Column(m.Arm.position)] = output_field(
        "Place in the list of the note; from 0."
    )
    study: Annotated[Ref, SingleReference(m.Arm.study_id, "studies")] = output_field("Study.")
    compound: Annotated[Ref | None, SingleReference(m.Arm.compound_id, "compounds")] = output_field(
        "Compound of the note, which the drug arms received."
    )
    year: Annotated[int | None, Column(m.Arm.year)] = output_field(
        "Year of the main publication of the study."
    )
    design: Annotated[StudyDesign | None, Column(m.Arm.design)] = output_field(
        "Study design for this note."
    )
    masking: Annotated[Masking | None, Column(m.Arm.masking)] = output_field(
        "Likely effectiveness of masking for this note."
    )


class ArmQuery(ListQuery):
    """Filters of the list of study arms."""

    evidence: Annotated[Slugs, WhereRef("evidence", [m.Arm.evidence_id])] = Field(
        [], description="Evidence notes (any match)."
    )
    study: Annotated[Slugs, WhereRef("studies", [m.Arm.study_id])] = Field(
        [], description="Studies (any match)."
    )
    compound: Annotated[Slugs, WhereRef("compounds", [m.Arm.compound_id])] = Field(
        [], description="Compounds of the notes (any match)."
    )
    claim: Annotated[
        Slugs,
        WhereRef(
            "claims", [m.Finding.claim_id], parent=m.Finding.evidence_id, key=m.Arm.evidence_id
        ),
    ] = Field([], description="Claims; selects arms of notes on any of them.")
    indication: Annotated[
        Slugs,
        WhereRef(
            "indications",
            [m.StudyIndication.indication_id],
            parent=m.StudyIndication.study_id,
            key=m.Arm.study_id,
        ),
    ] = Field([], description="Indications of the study (any match).")
    role: Annotated[
        list[ArmRole], CommaSeparated, Where(EnumIn(m.Arm.role)), Field(max_length=20)
    ] = Field([], description="Roles: drug, comparator.")
    design: Annotated[
        list[StudyDesign], CommaSeparated, Where(EnumIn(m.Arm.design)), Field(max_length=30)
    ] = Field([], description="Study designs (any match).")
    masking: Annotated[
        list[Masking], CommaSeparated, Where(EnumIn(m.Arm.masking)), Field(max_length=20)
    ] = Field([], description="Likely effectiveness of masking.")
    randomised: Annotated[bool | None, WhereRelated(m.Study.id, is_randomised, m.Arm.study_id)] = (
        Field(None, description="true: only randomised trials; false: only other designs.")
    )


MAX_SUMMARY = 500  # characters


def arm_name(arm: Mapping[str, Any]) -> str:
    """Return the name of an arm: its note, its name and the outcome."""
    parts = (f"{arm['evidence']}: {arm['arm']}", arm["outcome"])
    return shortened(", ".join(filter(None, parts)), 300)


def arm_summary(arm: Mapping[str, Any]) -> str:
    """Return a sentence with the figures of an arm."""
    figures = [
        f"{label} {arm[name]:g}{unit}" for name, label, unit in _FIGURES if arm[name] is not None
    ]
    text = f"{arm['arm']}: {'; '.join(figures) or 'no figures'}."
    return shortened(text, MAX_SUMMARY)


_FIGURES = (
    ("n", "n", ""),
    ("events", "events", ""),
    ("percent", "with the outcome", "%"),
    ("mean_change", "mean change", ""),
    ("mean_value", "mean", ""),
    ("standard_deviation", "SD", ""),
    ("standard_error", "SE", ""),
)


def arm_context(
    note: Mapping[str, Any], arm: Mapping[str, Any], study: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the fields of an arm that follow from its note and its study."""
    source = arm if arm["timepoint_value"] is not None else note
    return {
        "arm": arm["name"],
        "own_outcome": arm["outcome"],
        "outcome": arm["outcome"] or note["outcome"],
        "time_hours": in_hours(source["timepoint_value"], source["timepoint_unit"]),
        "study": note["study"],
        "compound": note["compound"],
        "year": study.get("year"),
        "design": note["design"] or study.get("design"),
        "masking": note["masking"] or study.get("masking"),
    }


ARMS = Resource(
    name="arms",
    record_type="arm",
    description="Results of study arms: numbers, events, means and standard deviations.",
    key=m.Arm.id,
    identity=RECORD_COLUMNS,
    record=Arm,
    query=ArmQuery,
    search=SearchFields(number=16, lookup_prior=1, question_prior=1),
    sort=("slug", "name", "year", "n", "time_hours"),
    derived=True,
    numerous=True,
    rows=RowRecords(
        slug=lambda note, arm: f"{note}--{arm['key']}",
        name=arm_name,
        summary=arm_summary,
        context=arm_context,
        source="study",
        source_fields=("year", "design", "masking"),
    ),
)
