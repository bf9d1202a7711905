"""Facts of studies and effect estimates from which the estimates of a claim are chosen."""

from dataclasses import dataclass

from app.domain.vocabulary import (
    AnalysisSet,
    BiasJudgement,
    ComparatorKind,
    CompoundDirectness,
    Derivation,
    EstimateMetric,
    EstimateRegimen,
    EstimateRole,
    Funding,
    Masking,
    OutcomeDirectness,
    OutcomeDomain,
    PopulationDirectness,
    Route,
    StudyDesign,
)


@dataclass(frozen=True)
class StudyFacts:
    """A study: its design, the trials that it reports or pools, and where it comes from.

    Args:
        slug: Slug of the study.
        design: Design of the study.
        year: Year of the main publication.
        indications: Slugs of the indications studied.
        compounds: Slugs of the compounds studied.
        trial_group: Trial that it belongs to; a trial and its re-analyses have the same value.
        group: Laboratory, consortium or programme.
        unit_of: Studies that it is a further report of.
        trials_pooled: Studies whose participants it pools or reuses (`trials_pooled` and
            `draws_on` of the record).
        participants: Number of participants analysed or, if unknown, randomised.
        funding: Who paid for it; None if it has not been looked up.
        sponsor: Name of the sponsor.
        bias: Published overall judgement of the risk of bias; the worst if there are several,
            None if nobody judged it.
        results_expected: Whether it is registered and completed, and its results are not published.
    """

    slug: str
    design: StudyDesign
    year: int | None = None
    indications: frozenset[str] = frozenset()
    compounds: frozenset[str] = frozenset()
    trial_group: str | None = None
    group: str | None = None
    unit_of: frozenset[str] = frozenset()
    trials_pooled: frozenset[str] = frozenset()
    participants: int | None = None
    funding: Funding | None = None
    sponsor: str | None = None
    bias: BiasJudgement | None = None
    results_expected: bool = False

    @property
    def trial(self) -> str:
        """The trial that it counts as: of its group, of the study it reports, or itself."""
        return self.trial_group or min(self.unit_of, default=self.slug)


@dataclass(frozen=True)
class NoteDirectness:
    """How directly a note is about the claim, as its curator judged."""

    population: PopulationDirectness = PopulationDirectness.SAME
    compound: CompoundDirectness = CompoundDirectness.SAME
    outcome: OutcomeDirectness = OutcomeDirectness.SAME


#: The directness of a note on the population, the compound and the outcome of the claim.
DIRECT = NoteDirectness()


@dataclass(frozen=True)
class EstimateFacts:
    """An effect estimate of a study, as the rule sees it for one claim.

    Args:
        slug: Slug of the estimate.
        evidence: Slug of its note.
        study: Its study.
        outcome: Outcome domain; it decides the sign: benefits are positive in favour of the
            intervention, harms are positive if the event is more frequent with it.
        metric: Metric of value and standard error; ratios are natural logarithms, risk
            differences from -1 to 1.
        value: Effect estimate.
        standard_error: Its standard error; None if none can be derived.
        comparator_kind: Kind of comparator.
        regimen: Single dose, course, …
        instrument: Scale or event.
        derivation: How the standard error was derived.
        participants: Number of participants in the comparison.
        n_intervention: Number of participants in the intervention arm; the others likewise.
        compound: Slug of the compound administered.
        route: Route of administration.
        intervention: Name of the intervention arm.
        comparator: Name of the comparator arm.
        time_hours: Time since the first dose or, in withdrawal trials, since randomisation.
        masking: How well the allocation stayed concealed.
        subgroup: Part of the participants; None for all of them.
        shared_control: Name that comparisons of a study with one control arm have in common.
        directness: How directly its note is about the claim; None if the curator did not link the
            note to the claim.
        bears_on_claim: Whether the curator named the claim among those that the estimate bears on.
        discrepancy: What contradicts itself in the source.
    """

    slug: str
    evidence: str
    study: StudyFacts
    outcome: OutcomeDomain
    metric: EstimateMetric
    value: float
    standard_error: float | None
    comparator_kind: ComparatorKind
    regimen: EstimateRegimen
    design: StudyDesign
    instrument: str | None = None
    derivation: Derivation | None = None
    participants: int | None = None
    n_intervention: int | None = None
    n_comparator: int | None = None
    events_intervention: int | None = None
    events_comparator: int | None = None
    sd_intervention: float | None = None
    sd_comparator: float | None = None
    compound: str | None = None
    route: Route | None = None
    intervention: str | None = None
    comparator: str | None = None
    time_hours: float | None = None
    masking: Masking | None = None
    subgroup: str | None = None
    shared_control: str | None = None
    analysis: AnalysisSet = AnalysisSet.NOT_STATED
    role: EstimateRole = EstimateRole.SECONDARY
    directness: NoteDirectness | None = None
    bears_on_claim: bool = False
    discrepancy: str | None = None
