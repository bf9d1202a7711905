"""Conflicts: contradictions as records, with what differs between the sides."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import ConflictKind
from app.kit.declarations import SearchFields
from app.kit.field_mapping import Column, ObjectList, ReferenceList, SingleReference
from app.kit.query_types import CommaSeparated, EnumIn, ListQuery, Slugs, Where, WhereRef
from app.kit.resource import Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    OutputModel,
    RecordBase,
    Ref,
    output_field,
)
from app.resources.page_sections import OF_CLAIM, OWN_CITATIONS


class Moderator(OutputModel):
    """Study characteristic compared between the two sides of a conflict."""

    name: Annotated[str, Column(m.Moderator.name)] = output_field("Name of the characteristic.")
    supporting: Annotated[str, Column(m.Moderator.supporting)] = output_field(
        "Values on the supporting side."
    )
    disputing: Annotated[str, Column(m.Moderator.disputing)] = output_field(
        "Values on the disputing side."
    )
    separates: Annotated[bool, Column(m.Moderator.separates)] = output_field(
        "Whether the two sides share no value."
    )


class Conflict(RecordBase):
    """Conflict between the notes for and against one claim; has the slug of the claim."""

    claim: Annotated[Ref, SingleReference(m.Conflict.claim_id, "claims")] = output_field("Claim.")
    kind: Annotated[ConflictKind, Column(m.Conflict.kind)] = output_field(
        "What explains the conflict, or that no recorded difference does."
    )
    supporting: Annotated[
        list[Ref],
        ReferenceList(
            m.ConflictFor.conflict_id,
            m.ConflictFor.evidence_id,
            "evidence",
            m.ConflictFor.position,
        ),
    ] = output_field("Notes for the claim.")
    disputing: Annotated[
        list[Ref],
        ReferenceList(
            m.ConflictAgainst.conflict_id,
            m.ConflictAgainst.evidence_id,
            "evidence",
            m.ConflictAgainst.position,
        ),
    ] = output_field("Notes against the claim.")
    moderators: Annotated[
        list[Moderator], ObjectList(m.Moderator.conflict_id, m.Moderator.position)
    ] = output_field("Differences between the two sides, computed from fields of the notes.")
    resolution: Annotated[str | None, Column(m.Conflict.resolution)] = output_field(
        "Direction in which the evidence resolves the conflict; null if it does not."
    )
    would_settle: Annotated[str, Column(m.Conflict.would_settle)] = output_field(
        "Experiment that would resolve the conflict."
    )


class ConflictQuery(ListQuery):
    """Filters of the list of conflicts."""

    kind: Annotated[
        list[ConflictKind], CommaSeparated, Where(EnumIn(m.Conflict.kind)), Field(max_length=20)
    ] = Field([], description="Explanations of the conflict.")
    claim: Annotated[Slugs, WhereRef("claims", [m.Conflict.claim_id])] = Field(
        [], description="Claims (any match)."
    )
    evidence: Annotated[
        Slugs,
        WhereRef("evidence", [m.ConflictAgainst.evidence_id], parent=m.ConflictAgainst.conflict_id),
    ] = Field([], description="Disputing notes.")
    resolved: Annotated[
        bool | None,
        Where(
            lambda yes: (
                m.Conflict.resolution.is_not(None) if yes else m.Conflict.resolution.is_(None)
            )
        ),
    ] = Field(None, description="Whether the weight of evidence resolves the conflict.")


CONFLICTS = Resource(
    name="conflicts",
    record_type="conflict",
    description="Conflicts of evidence: both sides of a claim, their differences, and what would"
    " resolve them.",
    key=m.Conflict.id,
    identity=RECORD_COLUMNS,
    record=Conflict,
    query=ConflictQuery,
    search=SearchFields(
        number=9,
        lookup_prior=32,
        question_prior=34,
        texts=("claim", "would_settle"),
        type_words=("conflict", "conflicts", "contradictions"),
    ),
    page=(*OF_CLAIM, OWN_CITATIONS),
    example="mtorc1-needed-for-ketamine-effect",
    columns=("supporting", "disputing", "moderators", "would_settle"),
    sort=("slug", "name", "kind"),
    formats=CITABLE_FORMATS,
    cites=("claim.evidence.reference",),
    derived=True,
)
