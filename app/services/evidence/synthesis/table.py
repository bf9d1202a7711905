"""The units of a synthesis as a table that `metafor::rma(yi, vi)` pools."""

from app.domain.verdicts.judgement import EffectSynthesis
from app.domain.verdicts.rule import RULE_VERSION
from app.kit.export_formats import separated_line

COLUMNS = (
    "study",
    "year",
    "yi",
    "vi",
    "sei",
    "weight",
    "n",
    "metric",
    "outcome",
    "instrument",
    "derivation",
    "masking",
    "comparator_kind",
    "time_hours",
    "flags",
    "trial",
    "estimates",
    "evidence",
    "claim",
    "release",
    "rule_version",
)


def to_csv(claim: str, effect: EffectSynthesis, release: str) -> str:
    """Return one row per unit; `yi` is positive on the side of the claim, ratios are logarithms."""
    lines = [separated_line(COLUMNS, ",")]
    for unit, weight in zip(effect.units, effect.pooled.weights, strict=True):
        estimate = unit.estimate
        cells = (
            unit.study.slug,
            unit.study.year,
            unit.value,
            unit.standard_error**2,
            unit.standard_error,
            weight,
            unit.participants,
            unit.metric.value,
            unit.outcome.value,
            estimate.instrument,
            None if estimate.derivation is None else estimate.derivation.value,
            unit.masking.value,
            estimate.comparator_kind.value,
            estimate.time_hours,
            "|".join(sorted(unit.flags)),
            unit.trial,
            "|".join(e.slug for e in unit.estimates),
            "|".join(dict.fromkeys(e.evidence for e in unit.estimates)),
            claim,
            release,
            RULE_VERSION,
        )
        lines.append(separated_line(cells, ","))
    return "".join(f"{line}\r\n" for line in lines)
