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
    """One thing in which the sides differ."""

    name: Annotated[str, Column(m.Moderator.name)] = output_field("What differs.")
    supporting: Annotated[str, Column(m.Moderator.supporting)] = output_field(
        "On the side for the claim."
    )
    disputing: Annotated[str, Column(m.Moderator.disputing)] = output_field(
        "On the side against it."
    )
    separates: Annotated[bool, Column(m.Moderator.separates)] = output_field(
        "Whether the sides share no value of it."
    )


class Conflict(RecordBase):
    """Notes for and against one claim. Its slug is the claim's."""

    claim: Annotated[Ref, SingleReference(m.Conflict.claim_id, "claims")] = output_field(
        "The claim."
    )
    kind: Annotated[ConflictKind, Column(m.Conflict.kind)] = output_field(
        "What sets the sides apart, or that nothing recorded does."
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
    ] = output_field("Notes against it.")
    moderators: Annotated[
        list[Moderator], ObjectList(m.Moderator.conflict_id, m.Moderator.position)
    ] = output_field("What differs between the sides, computed from the notes' fields.")
    resolution: Annotated[str | None, Column(m.Conflict.resolution)] = output_field(
        "Which way the weight of evidence falls; null where it does not."
    )
    would_settle: Annotated[str, Column(m.Conflict.would_settle)] = output_field(
        "The experiment that would settle it."
    )


class ConflictQuery(ListQuery):
    """How the list of conflicts is narrowed."""

    kind: Annotated[
        list[ConflictKind], CommaSeparated, Where(EnumIn(m.Conflict.kind)), Field(max_length=20)
    ] = Field([], description="What sets the sides apart.")
    claim: Annotated[Slugs, WhereRef("claims", [m.Conflict.claim_id])] = Field(
        [], description="Claim slugs; any of them."
    )
    evidence: Annotated[
        Slugs,
        WhereRef("evidence", [m.ConflictAgainst.evidence_id], parent=m.ConflictAgainst.conflict_id),
    ] = Field([], description="Evidence slugs that stand against the claim.")
    resolved: Annotated[
        bool | None,
        Where(
            lambda yes: (
                m.Conflict.resolution.is_not(None) if yes else m.Conflict.resolution.is_(None)
            )
        ),
    ] = Field(None, description="true: the weight of evidence falls one way; false: it does not.")


CONFLICTS = Resource(
    name="conflicts",
    kind="conflict",
    description="Contradictions: both sides of a claim, what differs, and what would settle it.",
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
    sort=("slug", "name", "kind"),
    formats=CITABLE_FORMATS,
    cites="claim.evidence.reference",
    derived=True,
)
