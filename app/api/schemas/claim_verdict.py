"""Response models of a claim's verdict, ladder and readings."""

from pydantic import Field

from app.api.schemas import envelope
from app.domain.verdicts import ladder
from app.domain.vocabulary import Certainty, Direction, VerdictKind
from app.resources.base import LazyModel


class VerdictLedgerLine(LazyModel):
    """One note's points, and how they came about."""

    note: str = Field(description="Slug of the note.")
    study: str = Field(description="Slug of its study, the unit that counts once.")
    direction: Direction = Field(description="Towards the claim as it is worded.")
    starts_at: float = Field(description="Points for its design, or its causal test.")
    changes: str | None = Field(description="What was added and taken off, in words.")
    points: float = Field(description="Points of the note.")
    study_points: float = Field(description="Points that its study brings to its side.")


class WeighedVerdict(LazyModel):
    """A verdict with all that is needed to re-run it by hand."""

    verdict: VerdictKind = Field(description="What the notes add up to.")
    certainty: Certainty | None = Field(description="How far that can be trusted.")
    in_people: VerdictKind | None = Field(description="The verdict over human notes alone.")
    in_animals: VerdictKind | None = Field(description="The verdict over all other notes.")
    share_for: float | None = Field(description="Points for, as a share of all points.")
    points_for: float = Field(description="Points that support it.")
    points_against: float = Field(description="Points that dispute it.")
    notes_for: int = Field(description="Notes that support it.")
    notes_against: int = Field(description="Notes that dispute it.")
    notes_neutral: int = Field(description="Notes that leave it open.")
    studies_for: int = Field(description="Independent studies that support it.")
    studies_against: int = Field(description="Independent studies that dispute it.")
    studies_neutral: int = Field(description="Independent studies that leave it open.")
    participants_for: int = Field(description="People in the studies that support it.")
    participants_against: int = Field(description="People in the studies that dispute it.")
    participants_neutral: int = Field(description="People in the studies that leave it open.")
    rules_fired: list[str] = Field(description="The rules that decided, in sentences.")
    decisive: list[str] = Field(
        description="Slugs of studies without any one of which it would be another verdict."
    )
    would_change_if: list[str] = Field(description="What would move it.")
    rule_version: str = Field(description="The version of the rule.")
    rule_verdict: VerdictKind | None = Field(
        description="What the rule says, where an editor overrides it; null where it stands."
    )
    override_reason: str | None = Field(description="Why an editor overrides the rule.")
    headline: str = Field(description="The verdict in one sentence.")
    ledger: list[VerdictLedgerLine] = Field(description="Every note with its points.")


class ExcludedNote(LazyModel):
    """A note that the choice leaves out."""

    note: str = Field(description="Slug of the note.")
    study: str = Field(description="Slug of its study.")
    direction: Direction = Field(description="Towards the claim as it is worded.")
    reason: str = Field(description="Why it is left out.")


class Comparison(LazyModel):
    """The standing verdict, the one under the choice, and what moved it."""

    claim: str = Field(description="Slug of the claim.")
    standing: WeighedVerdict = Field(description="Over all notes.")
    chosen: WeighedVerdict = Field(description="Over the notes accepted.")
    moved: bool = Field(description="Whether verdict or certainty differ.")
    left_out: list[ExcludedNote] = Field(description="The notes left out, with the reason.")


class ComparisonAnswer(LazyModel):
    """An answer of `/v1/claims/{slug}/verdict`."""

    data: Comparison = Field(description="Both verdicts, side by side.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


class RungDetail(LazyModel):
    """One rung of a claim's ladder."""

    rung: ladder.Rung = Field(description="in_vitro, slice, rodent, primate, and two of people.")
    state: ladder.RungState = Field(
        description="supported, contradicted, mixed, open (neutral notes alone) or untested."
    )
    best: str | None = Field(description="Slug of its heaviest note.")
    notes: list[str] = Field(description="Slugs of its notes, heaviest first.")


class LadderAnswer(LazyModel):
    """An answer of `/v1/claims/{slug}/ladder`."""

    data: list[RungDetail] = Field(description="From the dish to the trial.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


class ReadingSentence(LazyModel):
    """One sentence, and what it rests on."""

    text: str = Field(description="The sentence.")
    evidence: list[str] = Field(description="Slugs of the notes that it rests on.")


class ReadingText(LazyModel):
    """One reading of a claim, and what it rests on."""

    text: str = Field(description="The reading, whole, without its citations.")
    sentences: list[ReadingSentence] = Field(
        description="One by one; a figure in a sentence stands in a note that it rests on."
    )
    evidence: list[str] = Field(description="Slugs of all the notes that it rests on.")


class Readings(LazyModel):
    """A claim told three times; null where nobody wrote for that audience yet."""

    plain: ReadingText | None = Field(description="For everybody.")
    clinician: ReadingText | None = Field(description="For those who treat.")
    researcher: ReadingText | None = Field(description="For those who study it.")


class ReadingsAnswer(LazyModel):
    """An answer of `/v1/claims/{slug}/readings`."""

    data: Readings = Field(description="The readings.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")
