"""Studies: one study or regulatory act each, the unit of independence."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import ColumnElement, exists

from app import models as m
from app.domain import identifiers
from app.domain.curie_prefixes import registration_curie
from app.domain.vocabulary import (
    BiasDomain,
    BiasJudgement,
    BiasTool,
    Blinding,
    Comparator,
    Funding,
    Masking,
    Species,
    StudyDesign,
)
from app.kit.declarations import DatasetFile, PageSection, SearchFields
from app.kit.field_mapping import Column, ObjectList, ReferenceList
from app.kit.query_types import (
    CommaSeparated,
    EnumIn,
    ListQuery,
    Slugs,
    Text,
    TextIn,
    Where,
    WhereRef,
    WhereRelated,
)
from app.kit.resource import Include, Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    AnyJurisdiction,
    CitedReference,
    OutputModel,
    RecordBase,
    Ref,
    Registration,
    Slug,
    any_spelling,
    cited_reference,
    in_format,
    output_field,
)
from app.resources.page_sections import OWN_CITATIONS, REFERENCED_RECORDS, about, by_slug

RANDOMISED = (
    StudyDesign.RCT_PARALLEL,
    StudyDesign.RCT_CROSSOVER,
    StudyDesign.RCT_WITHDRAWAL,
)


class RiskOfBias(OutputModel):
    """Published judgement of the risk of bias in one domain; we judge none ourselves."""

    tool: Annotated[BiasTool, Column(m.RiskOfBias.tool)] = output_field(
        "Instrument: RoB 2, the Cochrane tool of 2011, ROBINS-I, …"
    )
    domain: Annotated[BiasDomain, Column(m.RiskOfBias.domain)] = output_field("Domain.")
    outcome: Annotated[str | None, Column(m.RiskOfBias.outcome)] = output_field(
        "Outcome judged; null if the source does not distinguish."
    )
    judgement: Annotated[BiasJudgement, Column(m.RiskOfBias.judgement)] = output_field("Judgement.")
    reason: Annotated[str | None, Column(m.RiskOfBias.reason)] = output_field(
        "Reason that the source gives, in our own words."
    )
    reference: Annotated[CitedReference, cited_reference(m.RiskOfBias.reference_id)] = output_field(
        "Source that judged."
    )
    source_location: Annotated[str | None, Column(m.RiskOfBias.source_location)] = output_field(
        "Place in the source: table, figure or page."
    )


class Study(RecordBase):
    """Study or regulatory act; all its publications count as one."""

    design: Annotated[StudyDesign, Column(m.Study.design)] = output_field("Study design.")
    design_note: Annotated[str | None, Column(m.Study.design_note)] = output_field(
        "Further details of the design."
    )
    year: Annotated[int | None, Column(m.Study.year)] = output_field(
        "Year of the main publication."
    )
    registration: Annotated[Registration | None, Column(m.Study.registration)] = output_field(
        "Trial registration number (NCT or ACTRN)."
    )
    n_randomised: Annotated[int | None, Column(m.Study.n_randomised)] = output_field(
        "Number of participants randomised (trials) or included."
    )
    n_analysed: Annotated[int | None, Column(m.Study.n_analysed)] = output_field(
        "Number of participants analysed."
    )
    n_note: Annotated[str | None, Column(m.Study.n_note)] = output_field(
        "Further details of participant numbers."
    )
    species: Annotated[Species, Column(m.Study.species)] = output_field("Species studied.")
    population: Annotated[str | None, Column(m.Study.population)] = output_field(
        "Study population."
    )
    indications: Annotated[
        list[Ref],
        ReferenceList(
            m.StudyIndication.study_id,
            m.StudyIndication.indication_id,
            "indications",
            m.StudyIndication.position,
        ),
    ] = output_field("Indications studied.")
    compounds: Annotated[
        list[Ref],
        ReferenceList(
            m.StudyCompound.study_id,
            m.StudyCompound.compound_id,
            "compounds",
            m.StudyCompound.position,
        ),
    ] = output_field("Compounds studied.")
    blinding: Annotated[Blinding, Column(m.Study.blinding)] = output_field("Blinding as planned.")
    masking: Annotated[Masking, Column(m.Study.masking)] = output_field(
        "Likely effectiveness of masking."
    )
    comparator: Annotated[Comparator, Column(m.Study.comparator)] = output_field(
        "Kind of comparator."
    )
    comparator_note: Annotated[str | None, Column(m.Study.comparator_note)] = output_field(
        "Further details of the comparator."
    )
    setting: Annotated[str | None, Column(m.Study.setting)] = output_field("Setting of the study.")
    jurisdiction: Annotated[str | None, Column(m.Study.jurisdiction)] = output_field(
        "For regulatory acts: ISO 3166 country code, or INT."
    )
    references: Annotated[
        list[Ref],
        ReferenceList(
            m.StudyReference.study_id,
            m.StudyReference.reference_id,
            "references",
            m.StudyReference.position,
        ),
    ] = output_field("Publications of the study.")
    draws_on: Annotated[
        list[Ref],
        ReferenceList(
            m.StudySource.study_id, m.StudySource.source_id, "studies", m.StudySource.position
        ),
    ] = output_field(
        "Studies whose participants or data are reused; not independent of this study."
    )
    group: Annotated[Slug | None, Column(m.Study.research_group)] = output_field(
        "Laboratory, consortium or programme that did it; groups are independent of each other."
    )
    trial_group: Annotated[Slug | None, Column(m.Study.trial_group)] = output_field(
        "Trial that its participants are from: a trial and its re-analyses have the same value."
    )
    unit_of: Annotated[
        list[Ref],
        ReferenceList(m.StudyUnit.study_id, m.StudyUnit.unit_id, "studies", m.StudyUnit.position),
    ] = output_field("Studies that this is a further report of; they count as one.")
    trials_pooled: Annotated[
        list[Ref],
        ReferenceList(
            m.PooledTrial.study_id, m.PooledTrial.trial_id, "studies", m.PooledTrial.position
        ),
    ] = output_field("Studies that a synthesis pools, as far as they are records.")
    results_expected: Annotated[bool | None, Column(m.Study.results_expected)] = output_field(
        "Whether it is registered and completed, and its results are not published."
    )
    result_not_read: Annotated[str | None, Column(m.Study.result_not_read)] = output_field(
        "Reason why its result is not entered; null if it has evidence notes."
    )
    funding: Annotated[Funding | None, Column(m.Study.funding)] = output_field(
        "Who paid for it; null if it has not been looked up."
    )
    sponsor: Annotated[str | None, Column(m.Study.sponsor)] = output_field(
        "Name of the sponsor or, if it is not known, of the main funder."
    )
    risk_of_bias: Annotated[
        list[RiskOfBias], ObjectList(m.RiskOfBias.study_id, m.RiskOfBias.position)
    ] = output_field("Published judgements of the risk of bias; empty if nobody judged it.")


def is_randomised(yes: bool) -> ColumnElement[bool]:
    """Match randomised trials, or all other designs."""
    return m.Study.design.in_([design for design in StudyDesign if (design in RANDOMISED) == yes])


def has_note(yes: bool) -> ColumnElement[bool]:
    """Match studies with an evidence note, or those without."""
    note = exists().where(m.Evidence.study_id == m.Study.id).correlate(m.Study)
    return note if yes else ~note


AnyTrial = Annotated[
    Text,
    any_spelling("clinicaltrials", "anzctr"),
    in_format(identifiers.REGISTRATION, "a trial registration, such as NCT00088699"),
]


class StudyQuery(ListQuery):
    """Filters of the list of studies."""

    design: Annotated[
        list[StudyDesign], CommaSeparated, Where(EnumIn(m.Study.design)), Field(max_length=30)
    ] = Field([], description="Study designs (any match).")
    randomised: Annotated[
        bool | None,
        Where(is_randomised),
    ] = Field(None, description="true: only randomised trials; false: only other designs.")
    species: Annotated[
        list[Species], CommaSeparated, Where(EnumIn(m.Study.species)), Field(max_length=20)
    ] = Field([], description="Species (any match).")
    compound: Annotated[
        Slugs,
        WhereRef("compounds", [m.StudyCompound.compound_id], parent=m.StudyCompound.study_id),
    ] = Field([], description="Compounds (any match).")
    indication: Annotated[
        Slugs,
        WhereRef(
            "indications", [m.StudyIndication.indication_id], parent=m.StudyIndication.study_id
        ),
    ] = Field([], description="Indications (any match).")
    blinding: Annotated[
        list[Blinding], CommaSeparated, Where(EnumIn(m.Study.blinding)), Field(max_length=20)
    ] = Field([], description="Blinding as planned.")
    masking: Annotated[
        list[Masking], CommaSeparated, Where(EnumIn(m.Study.masking)), Field(max_length=20)
    ] = Field([], description="Likely effectiveness of masking.")
    comparator: Annotated[
        list[Comparator], CommaSeparated, Where(EnumIn(m.Study.comparator)), Field(max_length=20)
    ] = Field([], description="Kinds of comparator (any match).")
    registration: Annotated[
        list[AnyTrial],
        CommaSeparated,
        Where(m.Study.registration.in_),
        Field(max_length=500),
    ] = Field([], description="Trial registration numbers (NCT or ACTRN).")
    jurisdiction: Annotated[
        list[AnyJurisdiction], CommaSeparated, Where(m.Study.jurisdiction.in_), Field(max_length=50)
    ] = Field([], description="Jurisdictions of regulatory acts: US, EU, GB, …")
    reference: Annotated[
        Slugs,
        WhereRef("references", [m.StudyReference.reference_id], parent=m.StudyReference.study_id),
    ] = Field([], description="References (any match).")
    has_evidence: Annotated[bool | None, Where(has_note)] = Field(
        None,
        description="true: only studies with an evidence note; false: only studies whose result is"
        " not entered yet.",
    )
    draws_on: Annotated[
        Slugs, WhereRef("studies", [m.StudySource.source_id], parent=m.StudySource.study_id)
    ] = Field([], description="Studies; selects studies that reuse data of any of them.")
    group: Annotated[
        list[Text], CommaSeparated, Where(TextIn(m.Study.research_group)), Field(max_length=100)
    ] = Field([], description="Laboratories, consortia or programmes (any match).")
    trial_group: Annotated[
        list[Text], CommaSeparated, Where(TextIn(m.Study.trial_group)), Field(max_length=100)
    ] = Field([], description="Trials; selects all studies of any of them.")
    unit_of: Annotated[
        Slugs, WhereRef("studies", [m.StudyUnit.unit_id], parent=m.StudyUnit.study_id)
    ] = Field([], description="Studies; selects further reports of any of them.")
    trials_pooled: Annotated[
        Slugs, WhereRef("studies", [m.PooledTrial.trial_id], parent=m.PooledTrial.study_id)
    ] = Field([], description="Studies; selects syntheses that pool any of them.")
    funding: Annotated[
        list[Funding], CommaSeparated, Where(EnumIn(m.Study.funding)), Field(max_length=20)
    ] = Field([], description="Funding: industry, public, mixed, none, not_reported.")
    risk_of_bias: Annotated[
        list[BiasJudgement],
        CommaSeparated,
        WhereRelated(
            m.RiskOfBias.study_id,
            EnumIn(m.RiskOfBias.judgement),
            on=m.RiskOfBias.domain == BiasDomain.OVERALL,
        ),
        Field(max_length=20),
    ] = Field([], description="Published overall judgements of the risk of bias (any match).")
    results_expected: Annotated[bool | None, Where(m.Study.results_expected.__eq__)] = Field(
        None, description="true: only completed studies whose results are not published."
    )
    min_n: Annotated[int | None, Field(ge=1, le=10_000_000), Where(m.Study.n_randomised.__ge__)] = (
        Field(None, description="Minimum number of participants.")
    )
    max_n: Annotated[int | None, Field(ge=1, le=10_000_000), Where(m.Study.n_randomised.__le__)] = (
        Field(None, description="Maximum number of participants.")
    )
    year_from: Annotated[int | None, Field(ge=1800, le=2100), Where(m.Study.year.__ge__)] = Field(
        None, description="Earliest publication year."
    )
    year_to: Annotated[int | None, Field(ge=1800, le=2100), Where(m.Study.year.__le__)] = Field(
        None, description="Latest publication year."
    )


STUDIES = Resource(
    name="studies",
    record_type="study",
    description="Trials, experiments, reviews, guidelines and regulatory acts.",
    key=m.Study.id,
    identity=RECORD_COLUMNS,
    record=Study,
    query=StudyQuery,
    search=SearchFields(
        number=8,
        lookup_prior=80,
        question_prior=75,
        texts=(
            "population",
            "design",
            "design_note",
            "species",
            "compounds",
            "indications",
            "comparator_note",
            "setting",
        ),
        identifiers={"registration": registration_curie},
        type_words=("experiments", "studies", "study", "trial", "trials"),
        suggest_tier=1,
        preferred=("species", Species.HUMAN),
    ),
    dataset=DatasetFile("studies/{slug}.yaml", section=8),
    page=(
        PageSection("missing_result"),
        PageSection("figures", column=m.Evidence.study_id),
        *about(by_slug("study")),
        REFERENCED_RECORDS,
        OWN_CITATIONS,
    ),
    example="lii-2023",
    sort=("slug", "name", "year", "n_randomised", "n_analysed", "design"),
    formats=CITABLE_FORMATS,
    cites=("references", "evidence.reference"),
    distinct_names=True,
    numerous=True,
    extra_includes={"evidence": Include("evidence", [(m.Evidence.study_id, m.Evidence.id)])},
)
