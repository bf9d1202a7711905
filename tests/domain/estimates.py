"""Estimates, questions and findings for tests of the rule, with defaults that need no attention."""

from dataclasses import replace
from typing import Any

from app.domain.synthesis.facts import DIRECT, EstimateFacts, StudyFacts
from app.domain.synthesis.questions import EffectBound, QuestionFacts
from app.domain.verdicts.facts import FindingFacts
from app.domain.vocabulary import (
    ComparatorKind,
    Derivation,
    Direction,
    EffectMeasure,
    EstimateMetric,
    EstimateRegimen,
    Masking,
    OutcomeDomain,
    QuestionRelation,
    Species,
    StudyDesign,
)

SMD_024 = EffectBound(EffectMeasure.SMD, 0.24, "reference")
#: A question that every estimate of `estimate` answers.
QUESTION = QuestionFacts(
    relation=QuestionRelation.SUPERIOR,
    outcomes=(OutcomeDomain.DEPRESSION_SEVERITY,),
    worthwhile=SMD_024,
)


def study(slug: str, design: StudyDesign = StudyDesign.RCT_PARALLEL, **fields: Any) -> StudyFacts:
    return StudyFacts(slug=slug, design=design, **fields)


def estimate(
    slug: str = "trial--severity",
    value: float = 0.5,
    standard_error: float | None = 0.2,
    **fields: Any,
) -> EstimateFacts:
    """An estimate of a randomised trial; its study is called after the slug."""
    name = slug.partition("--")[0]
    defaults: dict[str, Any] = {
        "evidence": name,
        "study": study(name),
        "outcome": OutcomeDomain.DEPRESSION_SEVERITY,
        "metric": EstimateMetric.SMD,
        "comparator_kind": ComparatorKind.INACTIVE,
        "regimen": EstimateRegimen.SINGLE,
        "design": StudyDesign.RCT_PARALLEL,
        "derivation": Derivation.CI,
        "participants": 100,
        "masking": Masking.FULLY_MASKED,
        "directness": DIRECT,
        "bears_on_claim": True,
    }
    given = {**defaults, **fields}
    if "study" in fields and "design" not in fields:
        given["design"] = given["study"].design
    return EstimateFacts(slug=slug, value=value, standard_error=standard_error, **given)


def question(**fields: Any) -> QuestionFacts:
    return replace(QUESTION, **fields)


def finding(
    name: str,
    direction: Direction = Direction.SUPPORTS,
    group: str | None = None,
    species: Species = Species.MOUSE,
    design: StudyDesign = StudyDesign.ANIMAL_EXPERIMENT,
    **fields: Any,
) -> FindingFacts:
    return FindingFacts(
        evidence=name,
        study=study(name, design, group=group),
        direction=direction,
        design=design,
        species=species,
        **fields,
    )
