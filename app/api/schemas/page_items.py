"""Response models of the items of page sections."""

from app.domain.verdicts.ladder import Rung, RungState
from app.domain.vocabulary import (
    AffinityParameter,
    AffinityState,
    Audience,
    Certainty,
    ClaimKind,
    DatePrecision,
    Direction,
    DoseUnit,
    EffectMagnitude,
    Masking,
    Predicate,
    PrimaryEndpoint,
    Recommendation,
    RegulatoryActType,
    RegulatoryStatus,
    Relation,
    Retraction,
    Route,
    Species,
    StudyDesign,
    TimeUnit,
    VerdictKind,
)
from app.resources import RecordType, arms, effects, evidence
from app.resources.base import OutputModel, Ref, output_field


class RecordLink(Ref):
    """Reference to a record; its page payload is at `/v1/pages/{type}/{slug}`."""

    type: RecordType = output_field("Record type.")


class ClaimLine(OutputModel):
    """Claim with its verdict; causal claims also include their graph edge."""

    claim: RecordLink = output_field("Claim.")
    kind: ClaimKind = output_field("Kind of claim.")
    subject: RecordLink | None = output_field(
        "Subject of the predicate; null unless the claim is causal."
    )
    predicate: Predicate | None = output_field("Predicate of the causal claim.")
    object: RecordLink | None = output_field("Object of the predicate.")
    sign: int | None = output_field("Sign of the effect: 1 increases, -1 decreases, 0 neither.")
    verdict: VerdictKind = output_field("Verdict on the evidence.")
    certainty: Certainty | None = output_field("Certainty of the verdict; null if not judged.")
    size: EffectMagnitude | None = output_field("Size of the effect; null if it is unknown.")
    studies_for: int = output_field("Number of independent studies for the claim.")
    studies_against: int = output_field("Number of independent studies against the claim.")


class NoteLine(OutputModel):
    """Evidence note with its direction towards one claim."""

    note: RecordLink = output_field("Evidence note.")
    finding: str = output_field("Finding in words.")
    claim: RecordLink = output_field(
        "Claim that the note says most about, among the claims of this page."
    )
    direction: Direction = output_field("Direction relative to that claim.")
    claim_kind: ClaimKind = output_field("Kind of that claim.")
    weight: float | None = output_field(
        "Share of its trial in the pooled estimate of that claim; null if it is not pooled."
    )
    study: RecordLink = output_field("Study; each study counts once.")
    reference: RecordLink = output_field("Reference of the publication.")
    compound: RecordLink | None = output_field("Compound administered.")
    design: StudyDesign = output_field("Study design.")
    masking: Masking = output_field("Likely effectiveness of masking.")
    species: Species = output_field("Species studied.")
    year: int | None = output_field("Year of the study.")
    participants: int | None = output_field("Number of participants, if known.")
    dose_value: float | None = output_field("Dose, in `dose_unit`.")
    dose_upper_value: float | None = output_field("Upper bound of a dose range.")
    dose_unit: DoseUnit | None = output_field("Unit of the dose.")
    route: Route | None = output_field("Route of administration.")
    outcome: str | None = output_field("Outcome measured.")
    primary_endpoint: PrimaryEndpoint = output_field(
        "Whether this was the primary endpoint, and whether it was met."
    )
    timepoint_value: float | None = output_field(
        "Time since the first dose, in `timepoint_unit`; null if the effects have their own."
    )
    timepoint_unit: TimeUnit | None = output_field("Unit of the time point.")
    effect: evidence.Effect | None = output_field(
        "First effect estimate of the note, with its interval; null if it has none."
    )


class BindingLine(OutputModel):
    """Binding of one compound at one receptor, summarised over all measurements."""

    record: RecordLink = output_field("Binding partner: a receptor or a compound.")
    state: AffinityState = output_field("measured, none_up_to_bound or not_tested.")
    min_nm: float | None = output_field(
        "Lowest constant (tightest binding), in nM; null unless measured."
    )
    max_nm: float | None = output_field(
        "Highest constant (weakest binding), in nM; null unless measured."
    )
    none_up_to_nm: float | None = output_field(
        "Highest concentration up to which no binding was found, in nM."
    )
    count: int = output_field("Number of measurements.")
    tightest: RecordLink = output_field(
        "Measurement with the tightest constant or, if there are only bounds, the highest bound."
    )
    parameter: AffinityParameter = output_field("Parameter of the tightest measurement.")
    species: Species = output_field("Species of the receptor in the tightest measurement.")


class MeasurementLine(OutputModel):
    """Measured binding constant."""

    affinity: RecordLink = output_field("Affinity measurement.")
    compound: RecordLink = output_field("Compound (ligand).")
    receptor: RecordLink = output_field("Receptor (target).")
    parameter: AffinityParameter = output_field("Measured parameter: Ki, Kd, IC50 or EC50.")
    relation: Relation = output_field("Relation of the reported value to the true value.")
    value_nm: float | None = output_field("Value in nM; for a range, the lower bound.")
    upper_value_nm: float | None = output_field("Upper bound of the range, in nM.")
    state: AffinityState = output_field("measured, none_up_to_bound or not_tested.")
    species: Species = output_field("Species of the receptor.")
    reference: RecordLink = output_field("Reference that reports the value.")


class ActLine(OutputModel):
    """Regulatory act: one decision of one regulator."""

    jurisdiction: str = output_field("ISO 3166 country code, or INT for an international body.")
    agency: str | None = output_field("Regulatory agency.")
    act: RegulatoryActType = output_field("Type of act.")
    status: RegulatoryStatus = output_field("Resulting regulatory status.")
    product: str | None = output_field("Trade or product name.")
    compound: RecordLink = output_field("Drug concerned.")
    date: str | None = output_field("Date of the act, to the precision given in `date_precision`.")
    date_precision: DatePrecision | None = output_field("Precision of `date`: day, month or year.")
    wording: str | None = output_field("Wording of the indication in the source.")
    restriction: str | None = output_field("Conditions or restrictions imposed by the regulator.")
    reference: RecordLink | None = output_field(
        "Reference that documents the act; null if there is none."
    )


class AssessmentLine(OutputModel):
    """What another body concluded on a claim; no part of the verdict."""

    assessment: RecordLink = output_field("Assessment.")
    body: str = output_field("Who assessed: Cochrane, NICE, or the authors of a review.")
    year: int | None = output_field("Year of the document.")
    direction: Direction | None = output_field(
        "Direction of the conclusion relative to the claim as worded; null if not stated."
    )
    certainty: Certainty | None = output_field(
        "Certainty of the evidence, as the body rates it; null if it does not."
    )
    recommendation: Recommendation | None = output_field(
        "Recommendation; null if the document is no guideline."
    )
    conclusion: str = output_field("Conclusion in our own words.")


class EffectLine(evidence.Effect):
    """Effect as printed, with the evidence note that reports it."""

    note: RecordLink = output_field("Evidence note.")


class ArmLine(arms.NoteArm):
    """Results of one study arm, with the evidence note that reports them."""

    note: RecordLink = output_field("Evidence note.")


class EstimateLine(effects.NoteEstimate):
    """Effect estimate, with the evidence note that lists it."""

    note: RecordLink = output_field("Evidence note.")


class KeyFigure(OutputModel):
    """Key figure."""

    name: str = output_field("Name of the record field that holds the value.")
    value: str | float | None = output_field(
        "Value: a number or a term of a controlled vocabulary."
    )


class SentenceItem(OutputModel):
    """Sentence."""

    name: str = output_field("Name of the record field that contains the sentence.")
    text: str = output_field("Text of the sentence.")
    evidence: list[str] = output_field("Slugs of the supporting notes, if any are cited.")


class ReadingLine(OutputModel):
    """Reading of a claim for one audience."""

    audience: Audience = output_field("Audience: plain, clinician or researcher.")
    sentences: list[SentenceItem] = output_field("Sentences with their supporting notes.")


class RungLine(OutputModel):
    """Rung of the evidence ladder of a claim."""

    rung: Rung = output_field(
        "Rung: in_vitro, slice, rodent, primate, or one of two for human studies."
    )
    state: RungState = output_field("Result on this rung.")
    best: str | None = output_field("Slug of the most important note.")
    notes: int = output_field("Number of notes.")


class ModeratorLine(OutputModel):
    """Study characteristic compared between the two sides of a conflict."""

    name: str = output_field("Name of the characteristic.")
    supporting: str = output_field("Values on the supporting side.")
    disputing: str = output_field("Values on the disputing side.")
    separates: bool = output_field("Whether the two sides share no value.")


class RelatedRecord(RecordLink):
    """Record referenced by this record."""

    relation: str = output_field("Relation: the referencing field, or the relation recorded in it.")


class VerdictCount(OutputModel):
    """Number of claims with one verdict."""

    value: VerdictKind = output_field("Verdict.")
    count: int = output_field("Number of claims.")
    url: str = output_field("URL of the list of these claims.")


class CollectionCount(OutputModel):
    """Number of records of a collection that reference this record."""

    collection: str = output_field("Collection.")
    filter: str = output_field("Filter of the collection that selects by this record.")
    count: int = output_field("Number of records.")
    url: str = output_field("URL of the list of these records.")


class CitationItem(OutputModel):
    """Short citation of one reference."""

    reference: RecordLink = output_field("Reference.")
    text: str = output_field("First author, year, title and journal, as far as confirmed.")
    url: str | None = output_field("URL of the publication.")
    retraction: Retraction = output_field(
        "Retraction status; not_checked if it has not been checked."
    )
