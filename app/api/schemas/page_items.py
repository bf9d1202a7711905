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
    Predicate,
    RegulatoryAct,
    RegulatoryStatus,
    Relation,
    Retraction,
    Species,
    StudyDesign,
    VerdictKind,
)
from app.resources import RecordType, evidence
from app.resources.base import OutputModel, Ref, output_field


class RecordLink(Ref):
    """Another record; its page is `/v1/pages/{type}/{slug}`."""

    type: RecordType = output_field("Which noun it is.")


class ClaimLine(OutputModel):
    """A claim with its verdict; of a causal one also the edge that it is."""

    claim: RecordLink = output_field("The claim.")
    kind: ClaimKind = output_field("What sort of sentence it is.")
    subject: RecordLink | None = output_field("What acts; null unless the claim is causal.")
    predicate: Predicate | None = output_field("What it does.")
    object: RecordLink | None = output_field("What it does it to.")
    sign: int | None = output_field("1 raises, -1 lowers, 0 neither.")
    verdict: VerdictKind = output_field("What the evidence adds up to.")
    certainty: Certainty | None = output_field("How far that can be trusted; null where untested.")
    points_for: float = output_field("Points that support it.")
    points_against: float = output_field("Points that dispute it.")
    studies_for: int = output_field("Independent studies for it.")
    studies_against: int = output_field("Independent studies against it.")


class NoteLine(OutputModel):
    """One note, towards one claim."""

    note: RecordLink = output_field("The note.")
    finding: str = output_field("What was found.")
    claim: RecordLink = output_field("The claim that it weighs most on here.")
    direction: Direction = output_field("Towards that claim.")
    points: float = output_field("What it weighs on it.")
    study: RecordLink = output_field("Its study, the unit that counts once.")
    reference: RecordLink = output_field("Its paper.")
    design: StudyDesign = output_field("The design.")
    species: Species = output_field("Who was studied.")
    year: int | None = output_field("Year of the study.")
    participants: int | None = output_field("People that the finding rests on, as far as known.")


class BindingLine(OutputModel):
    """One compound at one receptor: what anybody found, over all measurements."""

    record: RecordLink = output_field("The receptor, or the compound.")
    state: AffinityState = output_field("measured, none_up_to_bound or not_tested.")
    min_nm: float | None = output_field("The tightest constant, nM; null unless measured.")
    max_nm: float | None = output_field("The weakest constant, nM; null unless measured.")
    none_up_to_nm: float | None = output_field(
        "The highest bound up to which somebody found none, nM."
    )
    count: int = output_field("Measurements behind it.")
    tightest: RecordLink = output_field("The measurement at the tight end; of bounds, the highest.")
    parameter: AffinityParameter = output_field("What that one measured.")
    species: Species = output_field("Species of the receptor there.")


class MeasurementLine(OutputModel):
    """One measured constant."""

    affinity: RecordLink = output_field("The measurement.")
    compound: RecordLink = output_field("What binds.")
    receptor: RecordLink = output_field("What it binds to.")
    parameter: AffinityParameter = output_field("Ki, Kd, IC50, EC50.")
    relation: Relation = output_field("How the figure bounds the true one.")
    value_nm: float | None = output_field("The figure, nM; of a range, its lower end.")
    upper_value_nm: float | None = output_field("The upper end of a range, nM.")
    state: AffinityState = output_field("measured, none_up_to_bound or not_tested.")
    species: Species = output_field("Species of the receptor.")
    reference: RecordLink = output_field("Who says it.")


class ActLine(OutputModel):
    """One act of one regulator."""

    jurisdiction: str = output_field("ISO 3166 code, or INT for an international body.")
    agency: str | None = output_field("Who acted.")
    act: RegulatoryAct = output_field("What kind of act.")
    status: RegulatoryStatus = output_field("What it came to.")
    product: str | None = output_field("Trade or product name.")
    compound: RecordLink = output_field("The drug.")
    date: str | None = output_field("As precise as `date_precision` says.")
    date_precision: DatePrecision | None = output_field("Day, month or year.")
    wording: str | None = output_field("The indication as worded.")
    restriction: str | None = output_field("Conditions set.")
    reference: RecordLink | None = output_field("The record of the act, where it has one.")


class EffectLine(evidence.Effect):
    """One figure of comparison, and the note that has it."""

    note: RecordLink = output_field("The note.")


class ArmLine(evidence.Arm):
    """One arm's figures, and the note that has them."""

    note: RecordLink = output_field("The note.")


class Figure(OutputModel):
    """One key figure."""

    name: str = output_field("Which; the field of the record that has it.")
    value: str | float | None = output_field("The figure, or a word of a closed vocabulary.")


class SentenceItem(OutputModel):
    """One sentence."""

    name: str = output_field("What it is; the field of the record that has it.")
    text: str = output_field("The sentence.")
    evidence: list[str] = output_field("Slugs of the notes that it rests on, where it names them.")


class ReadingLine(OutputModel):
    """A claim told for one audience."""

    audience: Audience = output_field("plain, clinician, researcher.")
    sentences: list[SentenceItem] = output_field("One by one, with the notes they rest on.")


class RungLine(OutputModel):
    """One rung of a claim's ladder."""

    rung: Rung = output_field("in_vitro, slice, rodent, primate, and two of people.")
    state: RungState = output_field("What it has shown.")
    best: str | None = output_field("Slug of its heaviest note.")
    notes: int = output_field("Its notes.")


class ModeratorLine(OutputModel):
    """One thing in which the sides of a conflict differ."""

    name: str = output_field("What differs.")
    supporting: str = output_field("On the side for the claim.")
    disputing: str = output_field("On the side against it.")
    separates: bool = output_field("Whether the sides share no value of it.")


class Related(RecordLink):
    """A record that this one names."""

    relation: str = output_field("How; the field of this record, or the relation that it gives.")


class VerdictCount(OutputModel):
    """How many of the claims have one verdict."""

    value: VerdictKind = output_field("The verdict.")
    count: int = output_field("Claims with it.")
    url: str = output_field("They.")


class CollectionCount(OutputModel):
    """How many records of a collection point at this one through one filter."""

    collection: str = output_field("The collection.")
    filter: str = output_field("Its filter that names this record.")
    count: int = output_field("How many.")
    url: str = output_field("They.")


class CitationItem(OutputModel):
    """One reference, short."""

    reference: RecordLink = output_field("The reference.")
    text: str = output_field("First author, year, title, journal: as far as confirmed.")
    url: str | None = output_field("Where it can be read.")
    retraction: Retraction = output_field("Retraction status; not_checked until somebody looked.")
