"""Claims: one falsifiable sentence each; the causal ones are subject, predicate and object."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import (
    Absence,
    Audience,
    Certainty,
    ClaimKind,
    Direction,
    EffectMagnitude,
    Predicate,
    Quantifier,
    VerdictKind,
)
from app.kit.declarations import DatasetFile, PageFilters, PageRecord, PageSection, SearchFields
from app.kit.field_mapping import (
    Column,
    DerivedColumn,
    ObjectList,
    ReferenceList,
    SingleReference,
)
from app.kit.query_types import (
    CommaSeparated,
    EnumIn,
    ListQuery,
    Slugs,
    Where,
    WhereRef,
    WhereRelated,
)
from app.kit.resource import Include, Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    Day,
    OutputModel,
    RecordBase,
    Ref,
    output_field,
)
from app.resources.claim_question import ClaimQuestion
from app.resources.entities import ENTITY_NAMES, EntityRef
from app.resources.page_sections import (
    OF_CLAIM,
    OWN_CITATIONS,
    claims_in,
    studies_without_result,
)


class Reading(OutputModel):
    """Reading of the claim for one audience."""

    audience: Annotated[Audience, Column(m.Reading.audience)] = output_field(
        "Audience: plain, clinician or researcher."
    )
    text: Annotated[str, Column(m.Reading.text, multiline=True)] = output_field(
        "Text of the reading; `[slug]` after a sentence cites the evidence note that supports it."
    )


class JudgedClaim(Ref):
    """Reference to a claim, with our verdict on it."""

    verdict: VerdictKind = output_field("Verdict on the evidence for the claim.")
    certainty: Certainty | None = output_field("Certainty of the verdict, if any.")


#: What a `JudgedClaim` shows of the claim's verdict.
VERDICT_OF_CLAIM = {
    "verdict": DerivedColumn(m.Verdict.verdict, owner=m.Verdict.claim_id),
    "certainty": DerivedColumn(m.Verdict.certainty, owner=m.Verdict.claim_id),
}


class Claim(RecordBase):
    """Claim: one falsifiable statement that evidence supports or disputes."""

    statement: Annotated[str, Column(m.Claim.statement)] = output_field(
        "Claim as a falsifiable sentence."
    )
    kind: Annotated[ClaimKind, Column(m.Claim.kind)] = output_field("Kind of claim.")
    quantifier: Annotated[Quantifier, Column(m.Claim.quantifier, default=Quantifier.GENERAL)] = (
        output_field("Quantifier: a universal claim is refuted by sound counterexamples.")
    )
    article_claim: Annotated[int | None, Column(m.Claim.article_claim)] = output_field(
        "Number of the statement in the source article; null if the article does not make it."
    )
    said_by: Annotated[
        list[Ref],
        ReferenceList(
            m.Step.claim_id,
            m.Step.pathway_id,
            "pathways",
            m.Step.position,
            owned_by_other_side=True,
        ),
    ] = output_field("Pathways that contain this claim as a step.")
    subject: Annotated[
        EntityRef | None, SingleReference(m.Claim.subject_id, ENTITY_NAMES, m.Claim.subject_type)
    ] = output_field("Subject of the predicate.")
    predicate: Annotated[Predicate | None, Column(m.Claim.predicate)] = output_field(
        "Predicate of the causal claim."
    )
    object: Annotated[
        EntityRef | None, SingleReference(m.Claim.object_id, ENTITY_NAMES, m.Claim.object_type)
    ] = output_field("Object of the predicate.")
    sign: Annotated[int | None, Column(m.Claim.sign)] = output_field(
        "Sign of the effect: 1 increases, -1 decreases, 0 neither."
    )
    region: Annotated[Ref | None, SingleReference(m.Claim.region_id, "regions")] = output_field(
        "Brain region."
    )
    qualifier: Annotated[str | None, Column(m.Claim.qualifier)] = output_field(
        "Cell type, concentration or timing to which the claim is limited."
    )
    indication: Annotated[Ref | None, SingleReference(m.Claim.indication_id, "indications")] = (
        output_field("Indication of a clinical claim.")
    )
    compound: Annotated[Ref | None, SingleReference(m.Claim.compound_id, "compounds")] = (
        output_field("Compound that the claim is about.")
    )
    verdict: Annotated[
        VerdictKind,
        DerivedColumn(m.Verdict.verdict, rank=m.Verdict.verdict_rank, owner=m.Verdict.claim_id),
    ] = output_field("Verdict on the claim; `/v1/verdicts/{slug}` gives the reasons.")
    certainty: Annotated[
        Certainty | None,
        DerivedColumn(m.Verdict.certainty, rank=m.Verdict.certainty_rank, owner=m.Verdict.claim_id),
    ] = output_field(
        "Certainty of the evidence along the domains of GRADE, computed by rule; null if nothing"
        " was judged."
    )
    size: Annotated[
        EffectMagnitude | None, DerivedColumn(m.Verdict.size, owner=m.Verdict.claim_id)
    ] = output_field(
        "Size of the effect against the smallest worthwhile one; null without an effect, or where"
        " no source says what is worthwhile."
    )
    absence: Annotated[
        Absence | None,
        DerivedColumn(m.Verdict.absence, owner=m.Verdict.claim_id, input_column=m.Claim.absence),
    ] = output_field(
        "Reason why nothing was assessed; null if something was. `study_not_read` and `no_figure`"
        " are computed; the other values are written by curators."
    )
    studies_for: Annotated[int, DerivedColumn(m.Verdict.studies_for, owner=m.Verdict.claim_id)] = (
        output_field("Number of independent studies that support the claim, including mixed ones.")
    )
    studies_against: Annotated[
        int, DerivedColumn(m.Verdict.studies_against, owner=m.Verdict.claim_id)
    ] = output_field("Number of independent studies that dispute the claim, including mixed ones.")
    participants_for: Annotated[
        int, DerivedColumn(m.Verdict.participants_for, owner=m.Verdict.claim_id)
    ] = output_field("Participants in studies that support the claim, as far as known.")
    participants_against: Annotated[
        int, DerivedColumn(m.Verdict.participants_against, owner=m.Verdict.claim_id)
    ] = output_field("Participants in studies that dispute the claim, as far as known.")
    open_question: Annotated[str | None, Column(m.Claim.open_question)] = output_field(
        "Open question."
    )
    background: Annotated[bool, Column(m.Claim.background, default=False)] = output_field(
        "Whether it is textbook knowledge, on which other claims build."
    )
    title_question: Annotated[str | None, Column(m.Claim.title_question)] = output_field(
        "The claim as a plain question."
    )
    short_answer: Annotated[str | None, Field(max_length=160), Column(m.Claim.short_answer)] = (
        output_field(
            "What the evidence on record shows, in one sentence of up to 160 characters; the"
            " verdict says how sure it is."
        )
    )
    question: Annotated[ClaimQuestion | None, Column(m.Claim.question)] = output_field(
        "Question that the claim asks of trials; null if it asks none, or is not written yet."
    )
    searched_to: Annotated[Day | None, Column(m.Claim.searched_to)] = output_field(
        "Last day on which evidence on the claim was looked for; null if not recorded."
    )
    reviewed_on: Annotated[Day | None, Column(m.Claim.reviewed_on)] = output_field(
        "Day on which an editor last reviewed claim and evidence; null if not recorded."
    )
    readings: Annotated[list[Reading], ObjectList(m.Reading.claim_id, m.Reading.position)] = (
        output_field(
            "Explanations of the claim for different audiences: general public, clinicians and"
            " researchers."
        )
    )
    override_verdict: Annotated[VerdictKind | None, Column(m.Claim.override_verdict)] = (
        output_field("Verdict set by an editor in place of the computed one.")
    )
    override_reason: Annotated[str | None, Column(m.Claim.override_reason)] = output_field(
        "Reason for overriding the computed verdict."
    )
    assessments: Annotated[
        list[Ref],
        ReferenceList(
            m.AssessmentClaim.claim_id,
            m.AssessmentClaim.assessment_id,
            "assessments",
            m.AssessmentClaim.position,
            owned_by_other_side=True,
        ),
    ] = output_field("What other bodies concluded on the claim; no part of the verdict.")
    statements: Annotated[
        list[Ref],
        ReferenceList(
            m.StatementClaim.claim_id,
            m.StatementClaim.statement_id,
            "statements",
            m.StatementClaim.position,
            owned_by_other_side=True,
        ),
    ] = output_field("Statements of popular texts that make the claim.")


#: Kinds of claim that studies do not decide: acts of regulators do, or what is textbook knowledge.
NOT_STUDIED = (ClaimKind.REGULATORY, ClaimKind.BACKGROUND)
#: Every column in which a claim names an entity.
ENTITY_COLUMNS = (
    m.Claim.subject_id,
    m.Claim.object_id,
    m.Claim.compound_id,
    m.Claim.indication_id,
    m.Claim.region_id,
)


class ClaimQuery(ListQuery):
    """Filters of the list of claims."""

    kind: Annotated[
        list[ClaimKind], CommaSeparated, Where(EnumIn(m.Claim.kind)), Field(max_length=20)
    ] = Field(
        [],
        description="Kinds of claim: mechanism, efficacy, safety, regulatory, comparative,"
        " background.",
    )
    background: Annotated[bool | None, Where(m.Claim.background.__eq__)] = Field(
        None, description="true: only textbook knowledge; false: only other claims."
    )
    article_claim: Annotated[
        int | None, Field(ge=1, le=24), Where(m.Claim.article_claim.__eq__)
    ] = Field(None, description="Number of the statement in the source article, 1 to 24.")
    subject: Annotated[Slugs, WhereRef("|".join(ENTITY_NAMES), [m.Claim.subject_id])] = Field(
        [], description="Subjects: entities of any type."
    )
    object: Annotated[Slugs, WhereRef("|".join(ENTITY_NAMES), [m.Claim.object_id])] = Field(
        [], description="Objects: entities of any type."
    )
    predicate: Annotated[
        list[Predicate], CommaSeparated, Where(EnumIn(m.Claim.predicate)), Field(max_length=20)
    ] = Field([], description="Predicates of causal claims.")
    entity: Annotated[Slugs, WhereRef("|".join(ENTITY_NAMES), ENTITY_COLUMNS)] = Field(
        [], description="Entities in any role."
    )
    compound: Annotated[Slugs, WhereRef("compounds", [m.Claim.compound_id, m.Claim.subject_id])] = (
        Field([], description="Compounds that the claim is about.")
    )
    indication: Annotated[Slugs, WhereRef("indications", [m.Claim.indication_id])] = Field(
        [], description="Indications (any match)."
    )
    region: Annotated[Slugs, WhereRef("regions", [m.Claim.region_id])] = Field(
        [], description="Regions (any match)."
    )
    pathway: Annotated[Slugs, WhereRef("pathways", [m.Step.pathway_id], parent=m.Step.claim_id)] = (
        Field([], description="Pathways; selects the claims that are steps of any of them.")
    )
    evidence: Annotated[
        Slugs, WhereRef("evidence", [m.Finding.evidence_id], parent=m.Finding.claim_id)
    ] = Field([], description="Evidence notes; selects claims with any of these notes.")
    study: Annotated[
        Slugs,
        WhereRef(
            "studies",
            [m.Evidence.study_id],
            parent=m.Finding.claim_id,
            on=m.Evidence.id == m.Finding.evidence_id,
        ),
    ] = Field([], description="Studies; selects claims with a note from any of them.")
    reference: Annotated[
        Slugs,
        WhereRef(
            "references",
            [m.Evidence.reference_id],
            parent=m.Finding.claim_id,
            on=m.Evidence.id == m.Finding.evidence_id,
        ),
    ] = Field([], description="References; selects claims with a note from any of them.")
    direction: Annotated[
        list[Direction],
        CommaSeparated,
        WhereRelated(m.Finding.claim_id, EnumIn(m.Finding.direction)),
        Field(max_length=20),
    ] = Field([], description="Directions of the notes (any match).")
    verdict: Annotated[
        list[VerdictKind],
        CommaSeparated,
        WhereRelated(m.Verdict.claim_id, EnumIn(m.Verdict.verdict)),
        Field(max_length=20),
    ] = Field(
        [], description="Verdicts (any match); `weak` and `untested` are in old releases alone."
    )
    certainty: Annotated[
        list[Certainty],
        CommaSeparated,
        WhereRelated(m.Verdict.claim_id, EnumIn(m.Verdict.certainty)),
        Field(max_length=20),
    ] = Field([], description="Certainty of the verdict: high, moderate, low, very_low.")
    absence: Annotated[
        list[Absence],
        CommaSeparated,
        WhereRelated(m.Verdict.claim_id, EnumIn(m.Verdict.absence)),
        Field(max_length=20),
    ] = Field(
        [],
        description="Reasons why the claim is not assessed: study_not_read, no_figure,"
        " no_evidence_found, not_searched.",
    )
    assessment: Annotated[
        Slugs,
        WhereRef(
            "assessments", [m.AssessmentClaim.assessment_id], parent=m.AssessmentClaim.claim_id
        ),
    ] = Field([], description="Assessments; selects claims that any of them is about.")
    statement: Annotated[
        Slugs,
        WhereRef("statements", [m.StatementClaim.statement_id], parent=m.StatementClaim.claim_id),
    ] = Field([], description="Statements of popular texts; selects claims that any of them makes.")
    interaction: Annotated[
        Slugs,
        WhereRef(
            "interactions", [m.InteractionClaim.interaction_id], parent=m.InteractionClaim.claim_id
        ),
    ] = Field([], description="Interactions; selects claims that any of them bears on.")
    adverse_effect: Annotated[
        Slugs,
        WhereRef(
            "adverse-effects",
            [m.AdverseEffectClaim.adverse_effect_id],
            parent=m.AdverseEffectClaim.claim_id,
        ),
    ] = Field([], description="Adverse effects; selects claims that any of them bears on.")


def _meeting(end: str, other_end: str) -> PageFilters:
    """Return the filter by `other_end` with this claim's `end`; none if it is not causal."""

    def filters(record: PageRecord) -> dict[str, list[str]] | None:
        entity = record.row[end]
        return entity and {other_end: [f"{entity['type']}:{entity['slug']}"]}

    return filters


def _same_subject(record: PageRecord) -> dict[str, list[str]] | None:
    """Return the filter of studies by the compound and the indication of this claim.

    None without both, and for claims that studies do not decide.
    """
    row = record.row
    if row["kind"] in NOT_STUDIED:
        return None
    ends = [end for end in (row["subject"], row["object"]) if end]
    filters = {}
    for name in ("compound", "indication"):
        slugs = [end["slug"] for end in ends if end["type"] == name]
        filters[name] = sorted({*slugs, *([row[name]["slug"]] if row[name] else [])})
    return filters if all(filters.values()) else None


CLAIMS = Resource(
    name="claims",
    record_type="claim",
    description="Falsifiable statements with the evidence for and against them.",
    key=m.Claim.id,
    identity=RECORD_COLUMNS,
    record=Claim,
    query=ClaimQuery,
    search=SearchFields(
        number=7,
        lookup_prior=88,
        question_prior=112,
        texts=(
            "statement",
            "title_question",
            "readings.text",
            "kind",
            "qualifier",
            "open_question",
            "compound",
            "indication",
            "subject",
            "object",
            "region",
        ),
        type_words=("claim", "claims"),
        suggest_tier=1,
    ),
    dataset=DatasetFile("claims/new.yaml", section=6),
    page=(
        *OF_CLAIM,
        studies_without_result(_same_subject),
        PageSection("readings"),
        PageSection("ladder"),
        claims_in("onward", "What its object acts on", _meeting("object", "subject")),
        claims_in("upstream", "What acts on its subject", _meeting("subject", "object")),
        PageSection("referenced_records", without=("assessments",)),
        OWN_CITATIONS,
    ),
    parts=("synthesis", "verdict", "readings", "ladder"),
    example="ketamine-blocks-nmda-receptor",
    columns=("verdict", "certainty", "studies_for", "studies_against"),
    excerpt="short_answer",
    sort=(
        "slug",
        "name",
        "kind",
        "article_claim",
        "verdict",
        "certainty",
        "studies_for",
        "studies_against",
        "participants_for",
        "participants_against",
    ),
    formats=CITABLE_FORMATS,
    cites=("evidence.reference",),
    extra_includes={
        "evidence": Include("evidence", [(m.Finding.claim_id, m.Finding.evidence_id)]),
        "conflicts": Include("conflicts", [(m.Conflict.claim_id, m.Conflict.id)]),
        "verdict": Include("verdicts", [(m.Verdict.claim_id, m.Verdict.id)]),
    },
)
