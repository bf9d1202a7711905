"""The items of a page: one line each of a claim, a note, a binding, an act, a citation."""

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
from app.resources.base import Ref, Shown, said


class Link(Ref):
    """Another record; its page is `/v1/pages/{type}/{slug}`."""

    type: RecordType = said("Which noun it is.")


class ClaimLine(Shown):
    """A claim with its verdict; of a causal one also the edge that it is."""

    claim: Link = said("The claim.")
    kind: ClaimKind = said("What sort of sentence it is.")
    subject: Link | None = said("What acts; null unless the claim is causal.")
    predicate: Predicate | None = said("What it does.")
    object: Link | None = said("What it does it to.")
    sign: int | None = said("1 raises, -1 lowers, 0 neither.")
    verdict: VerdictKind = said("What the evidence adds up to.")
    certainty: Certainty | None = said("How far that can be trusted; null where untested.")
    points_for: float = said("Points that support it.")
    points_against: float = said("Points that dispute it.")
    studies_for: int = said("Independent studies for it.")
    studies_against: int = said("Independent studies against it.")


class NoteLine(Shown):
    """One note, towards one claim."""

    note: Link = said("The note.")
    finding: str = said("What was found.")
    claim: Link = said("The claim that it weighs most on here.")
    direction: Direction = said("Towards that claim.")
    points: float = said("What it weighs on it.")
    study: Link = said("Its study, the unit that counts once.")
    reference: Link = said("Its paper.")
    design: StudyDesign = said("The design.")
    species: Species = said("Who was studied.")
    year: int | None = said("Year of the study.")
    participants: int | None = said("People that the finding rests on, as far as known.")


class BindingLine(Shown):
    """One compound at one receptor: what anybody found, over all measurements."""

    record: Link = said("The receptor, or the compound.")
    state: AffinityState = said("measured, none_up_to_bound or not_tested.")
    min_nm: float | None = said("The tightest constant, nM; null unless measured.")
    max_nm: float | None = said("The weakest constant, nM; null unless measured.")
    none_up_to_nm: float | None = said("The highest bound up to which somebody found none, nM.")
    count: int = said("Measurements behind it.")
    tightest: Link = said("The measurement at the tight end; of bounds, the highest.")
    parameter: AffinityParameter = said("What that one measured.")
    species: Species = said("Species of the receptor there.")


class MeasurementLine(Shown):
    """One measured constant."""

    affinity: Link = said("The measurement.")
    compound: Link = said("What binds.")
    receptor: Link = said("What it binds to.")
    parameter: AffinityParameter = said("Ki, Kd, IC50, EC50.")
    relation: Relation = said("How the figure bounds the true one.")
    value_nm: float | None = said("The figure, nM; of a range, its lower end.")
    upper_value_nm: float | None = said("The upper end of a range, nM.")
    state: AffinityState = said("measured, none_up_to_bound or not_tested.")
    species: Species = said("Species of the receptor.")
    reference: Link = said("Who says it.")


class ActLine(Shown):
    """One act of one regulator."""

    jurisdiction: str = said("ISO 3166 code, or INT for an international body.")
    agency: str | None = said("Who acted.")
    act: RegulatoryAct = said("What kind of act.")
    status: RegulatoryStatus = said("What it came to.")
    product: str | None = said("Trade or product name.")
    compound: Link = said("The drug.")
    date: str | None = said("As precise as `date_precision` says.")
    date_precision: DatePrecision | None = said("Day, month or year.")
    wording: str | None = said("The indication as worded.")
    restriction: str | None = said("Conditions set.")
    reference: Link | None = said("The record of the act, where it has one.")


class EffectLine(evidence.Effect):
    """One figure of comparison, and the note that has it."""

    note: Link = said("The note.")


class ArmLine(evidence.Arm):
    """One arm's figures, and the note that has them."""

    note: Link = said("The note.")


class Figure(Shown):
    """One key figure."""

    name: str = said("Which; the field of the record that has it.")
    value: str | float | None = said("The figure, or a word of a closed vocabulary.")


class Saying(Shown):
    """One sentence."""

    name: str = said("What it is; the field of the record that has it.")
    text: str = said("The sentence.")
    evidence: list[str] = said("Slugs of the notes that it rests on, where it names them.")


class ReadingLine(Shown):
    """A claim told for one audience."""

    audience: Audience = said("plain, clinician, researcher.")
    sentences: list[Saying] = said("One by one, with the notes they rest on.")


class RungLine(Shown):
    """One rung of a claim's ladder."""

    rung: Rung = said("in_vitro, slice, rodent, primate, and two of people.")
    state: RungState = said("What it has shown.")
    best: str | None = said("Slug of its heaviest note.")
    notes: int = said("Its notes.")


class ModeratorLine(Shown):
    """One thing in which the sides of a conflict differ."""

    name: str = said("What differs.")
    supporting: str = said("On the side for the claim.")
    disputing: str = said("On the side against it.")
    separates: bool = said("Whether the sides share no value of it.")


class Related(Link):
    """A record that this one names."""

    relation: str = said("How; the field of this record, or the relation that it gives.")


class Tally(Shown):
    """How many of the claims have one verdict."""

    value: VerdictKind = said("The verdict.")
    count: int = said("Claims with it.")
    url: str = said("They.")


class Count(Shown):
    """How many records of a collection point at this one through one filter."""

    collection: str = said("The collection.")
    filter: str = said("Its filter that names this record.")
    count: int = said("How many.")
    url: str = said("They.")


class Cited(Shown):
    """One reference, short."""

    reference: Link = said("The reference.")
    text: str = said("First author, year, title, journal: as far as confirmed.")
    url: str | None = said("Where it can be read.")
    retraction: Retraction = said("Retraction status; not_checked until somebody looked.")
