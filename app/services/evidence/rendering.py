"""Verdicts and conflicts as fields of records."""

from collections import defaultdict
from typing import Any

from app.domain.synthesis.trial_units import TrialUnit
from app.domain.verdicts import conflicts
from app.domain.verdicts.claim_verdict import ClaimVerdict
from app.domain.verdicts.facts import FindingFacts
from app.domain.verdicts.importance import importance
from app.domain.verdicts.judgement import EffectSynthesis, Judgement
from app.domain.verdicts.laboratory_ladder import rung_of
from app.domain.verdicts.rule import RULE_VERSION
from app.domain.vocabulary import ConflictKind, Direction, VerdictBasis, VerdictKind
from app.services.evidence.headlines import (
    change_text,
    headline,
    participants_of,
    reasons_of,
)
from app.services.evidence.synthesis.loader import SynthesisFacts

Fields = dict[str, Any]
CONFLICT_WORDS = {
    ConflictKind.OTHER_SPECIES: "the sides studied different species",
    ConflictKind.OTHER_COMPOUND: "the sides gave different compounds",
    ConflictKind.OTHER_POPULATION: "the sides studied different populations",
    ConflictKind.OTHER_DOSE: "the sides gave different doses",
    ConflictKind.OTHER_OUTCOME: "the sides measured different outcomes",
    ConflictKind.REPLICATION_FAILED: "later studies did not reproduce earlier findings",
    ConflictKind.OPPOSITE_DIRECTION: "no recorded characteristic separates the sides",
}
#: Verdicts that settle a conflict.
SETTLED = frozenset(
    {VerdictKind.ESTABLISHED, VerdictKind.SUPPORTED, VerdictKind.REFUTED, VerdictKind.OPPOSITE}
)
#: The sides of a claim, each with the directions of its findings; a mixed one is on both.
SIDES = {
    "for": (Direction.SUPPORTS, Direction.MIXED),
    "against": (Direction.DISPUTES, Direction.MIXED),
    "neutral": (Direction.NEUTRAL,),
}
#: Bases for which notes have to have an estimate in order to count.
_OF_ESTIMATES = frozenset({VerdictBasis.POOLED, VerdictBasis.SINGLE, VerdictBasis.ADOPTED})
Z_95 = 1.959964
SIGNIFICANT_DIGITS = 12


def conflict_values(
    facts: SynthesisFacts, verdict: ClaimVerdict, conflict: conflicts.ConflictResult
) -> Fields:
    """Return the field values of a conflict record."""
    supporting, disputing = len(conflict.supporting), len(conflict.disputing)
    notes = f"{supporting} note{'s' * (supporting > 1)} for and {disputing} against"
    return {
        "slug": facts.slug,
        "name": f"Conflict: {facts.name}",
        "summary": f"{notes}: {CONFLICT_WORDS[conflict.kind]}.",
        "claim": facts.slug,
        "kind": conflict.kind,
        "supporting": list(conflict.supporting),
        "disputing": list(conflict.disputing),
        "moderators": [vars(moderator) for moderator in conflict.moderators],
        "resolution": headline(facts, verdict) if verdict.kind in SETTLED else None,
        "would_settle": conflict.would_settle,
    }


def verdict_values(facts: SynthesisFacts, verdict: ClaimVerdict) -> Fields:
    """Return the field values of a verdict record."""
    judgement, override = verdict.judgement, verdict.override
    return {
        "slug": facts.slug,
        "name": f"{facts.name}: {verdict.kind.label.lower()}",
        "summary": headline(facts, verdict),
        "claim": facts.slug,
        "verdict": verdict.kind,
        "size": judgement.size,
        "certainty": judgement.certainty,
        "absence": judgement.absence,
        "in_people": verdict.by_species and verdict.by_species.people,
        "in_animals": verdict.by_species and verdict.by_species.animals,
        "basis": judgement.basis,
        **_effect_values(judgement.effect),
        "steps": [vars(step) for step in judgement.steps],
        "limits": list(judgement.limits),
        "share_for": None,
        "points_for": None,
        "points_against": None,
        **_counts(facts.evidence.findings),
        "rules_fired": reasons_of(verdict),
        "decisive": list(verdict.decisive),
        "would_change_if": _changes(facts, verdict),
        "ledger": _ledger(facts, judgement),
        "rule_version": RULE_VERSION,
        "rule_verdict": override and judgement.verdict,
        "override_reason": override and override[1],
    }


def computed_verdict(facts: SynthesisFacts, verdict: ClaimVerdict) -> Fields:
    """Return a verdict on chosen evidence: the fields of a record but those of its identity."""
    values = verdict_values(facts, verdict)
    return {"headline": values.pop("summary")} | {
        name: value for name, value in values.items() if name not in {"slug", "name", "claim"}
    }


def _effect_values(effect: EffectSynthesis | None) -> Fields:
    """Return the fields of the effect that decided; all are None without one."""
    if effect is None:
        names = "metric instrument estimate lower upper prediction_lower prediction_upper"
        names += " worthwhile i2 tau2 trials participants"
        return dict.fromkeys(names.split())
    pooled = effect.pooled
    prediction = pooled.prediction if pooled.k > 1 else None
    return {
        "metric": effect.scale.metric,
        "instrument": effect.scale.instrument,
        "estimate": _rounded(pooled.estimate),
        "lower": _rounded(pooled.lower),
        "upper": _rounded(pooled.upper),
        "prediction_lower": prediction and _rounded(prediction.lower),
        "prediction_upper": prediction and _rounded(prediction.upper),
        "worthwhile": effect.worthwhile and _rounded(effect.worthwhile),
        "i2": _rounded(pooled.heterogeneity.i2),
        "tau2": _rounded(pooled.heterogeneity.tau2),
        "trials": pooled.k,
        "participants": participants_of(effect),
    }


def _rounded(figure: float) -> float:
    """Round a figure of a record, so that no record changes with the mathematical library.

    The last digits depend on it. A zero has no sign: SQLite stores none, and PostgreSQL does.
    """
    return float(f"{figure:.{SIGNIFICANT_DIGITS}g}") + 0.0


def _counts(findings: tuple[FindingFacts, ...]) -> Fields:
    """Return notes, independent trials and participants of each side.

    A trial counts once on a side, with the most participants that one of its notes has.
    """
    values: Fields = {}
    for side, directions in SIDES.items():
        people: dict[str, int] = defaultdict(int)
        on_side = [finding for finding in findings if finding.direction in directions]
        for finding in on_side:
            trial = finding.study.trial_group or finding.study.slug
            people[trial] = max(people[trial], finding.participants or 0)
        values[f"notes_{side}"] = sum(f.direction is directions[0] for f in on_side)
        values[f"studies_{side}"] = len(people)
        values[f"participants_{side}"] = sum(people.values())
    return values


def _changes(facts: SynthesisFacts, verdict: ClaimVerdict) -> list[str]:
    effect = verdict.judgement.effect
    return [] if effect is None else [change_text(facts, effect, t) for t in verdict.changing]


def _ledger(facts: SynthesisFacts, judgement: Judgement) -> list[Fields]:
    """Return what each note counts for: its weight in the pool, or its rung, or why it does not.

    Notes of the pool that state no direction on the claim have that of their interval.
    """
    weights, units = _weights(judgement.effect)
    left_out: dict[str, str] = {}
    for entry in judgement.not_chosen:
        # A detail such as `regimen: single dose` begins with what the label says.
        detail = entry.detail.partition(": ")[2] or entry.detail
        why = f"{entry.reason.label}: {detail}" if detail else entry.reason.label
        left_out.setdefault(entry.estimate.evidence, why)
    with_estimate = judgement.basis in _OF_ESTIMATES
    is_ladder = judgement.basis is VerdictBasis.LADDER
    about_compound = facts.evidence.about_compound
    lines = []
    for finding in facts.evidence.findings:
        note = finding.evidence
        weight = weights.get(note)
        reason = None
        if with_estimate and weight is None:
            reason = left_out.get(note, "No estimate that answers the question")
        lines.append(
            _line(
                note,
                finding.study.slug,
                finding.direction,
                weight,
                rung_of(finding, about_compound=about_compound) if is_ladder else None,
                reason,
                importance(finding, weight),
            )
        )
    noted = {finding.evidence for finding in facts.evidence.findings}
    lines += [
        _line(
            note, unit.study.slug, _direction(unit), weights[note], None, None, 10 + weights[note]
        )
        for note, unit in units.items()
        if note not in noted
    ]
    return sorted(lines, key=lambda line: (-line["importance"], line["note"]))


def _line(
    note: str,
    study: str,
    direction: Direction,
    weight: float | None,
    rung: int | None,
    reason: str | None,
    place: float,
) -> Fields:
    return {
        "note": note,
        "study": study,
        "direction": direction,
        "weight": weight and _rounded(weight),
        "rung": rung,
        "reason": reason,
        "importance": _rounded(place),
        "starts_at": None,
        "changes": None,
        "points": None,
        "study_points": None,
    }


def _weights(effect: EffectSynthesis | None) -> tuple[dict[str, float], dict[str, TrialUnit]]:
    """Return the weight of each pooled note, and its unit, by the slug of the note.

    Notes whose estimates are combined share the weight of their trial by inverse variance.
    """
    weights: dict[str, float] = defaultdict(float)
    units: dict[str, TrialUnit] = {}
    if effect is not None:
        for unit, weight in zip(effect.units, effect.pooled.weights, strict=True):
            precisions = [
                1 / (e.standard_error or unit.standard_error) ** 2 for e in unit.estimates
            ]
            for estimate, precision in zip(unit.estimates, precisions, strict=True):
                weights[estimate.evidence] += weight * precision / sum(precisions)
                units[estimate.evidence] = unit
    return weights, units


def _direction(unit: TrialUnit) -> Direction:
    """Return the side on which the interval of a unit lies."""
    half = Z_95 * unit.standard_error
    if unit.value - half > 0:
        return Direction.SUPPORTS
    return Direction.DISPUTES if unit.value + half < 0 else Direction.NEUTRAL
