"""The verdict on the evidence that a reader chooses."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from app.api.schemas import envelope
from app.api.synthesis_parameters import (
    EstimateFilterQuery,
    judge_as_requested,
    synthesis_request,
)
from app.domain.errors import ErrorDetail, ParameterError
from app.domain.wording import as_clause
from app.explorer import labels
from app.explorer.claim_effect import effect_sentence
from app.services.evidence.synthesis.estimate_filter import excluded_evidence
from app.services.evidence.synthesis.loader import SynthesisFacts

Option = tuple[str, str]
#: Parameters whose labels are not the name in words.
LABELS = {
    "design": "Designs",
    "masking": "Masking",
    "species": "Species",
    "year_from": "Published from",
    "year_to": "Published up to",
    "min_participants": "Fewest participants",
    "method": "Method of pooling",
    "worthwhile": "Smallest worthwhile effect",
}
#: Parameters whose values have labels → the vocabulary.
VOCABULARIES = {
    "design": "StudyDesign",
    "masking": "Masking",
    "species": "Species",
    "method": "PoolingMethod",
    "without": "Derivation",
}
#: Value and label of all randomised designs together.
RCT = ("rct", "Randomised trials")


@dataclass(frozen=True)
class ChoiceOutcome:
    """The verdict on the chosen evidence beside that on all of it.

    Args:
        choice: What was chosen, in words.
        verdict: Verdict, certainty, size and absence.
        sentence: Its effect or reason.
        is_same: Whether verdict, size and certainty are those of all evidence.
        excluded: Number of notes that were left out.
        reasons: Why, each with the number of notes.
        query: Query string of the choice.
        is_pooled: Whether it rests on pooled estimates, which can be exported.
    """

    choice: str
    verdict: Mapping[str, Any]
    sentence: str
    is_same: bool
    excluded: int
    reasons: Sequence[tuple[str, int]]
    query: str
    is_pooled: bool


def refuse_choice(query: EstimateFilterQuery, rule_version: str) -> None:
    """Refuse parameters for a verdict by the rule of an old release, which takes none.

    Raises:
        ParameterError: A parameter was sent.
    """
    errors = [
        ErrorDetail(
            "query",
            name,
            f"`{name}` changes nothing here: the verdict of this release is by rule"
            f" {rule_version}. Without a release, the verdict on chosen evidence is computed.",
        )
        for name, _ in chosen_parameters(query)
    ]
    if errors:
        raise ParameterError(*errors)


def choice_outcome(
    facts: SynthesisFacts, stored: Mapping[str, Any], query: EstimateFilterQuery
) -> ChoiceOutcome | None:
    """Return the verdict on the chosen evidence; None if nothing was chosen.

    Args:
        stored: Record of the verdict on all evidence.

    Raises:
        ParameterError: A parameter does not apply to the verdict.
    """
    pairs = chosen_parameters(query)
    if not pairs:
        return None
    judged = judge_as_requested(facts.evidence, query)
    judgement = judged.judgement
    verdict = {
        "verdict": judgement.verdict.value,
        "certainty": judgement.certainty and judgement.certainty.value,
        "size": judgement.size and judgement.size.value,
        "absence": judgement.absence and judgement.absence.value,
    }
    excluded = excluded_evidence(facts.evidence, synthesis_request(query).include)
    return ChoiceOutcome(
        choice=_in_words(query),
        verdict=verdict,
        sentence=effect_sentence(replace(facts, evidence=judged.claim), judgement),
        is_same=all(verdict[name] == stored[name] for name in ("verdict", "certainty", "size")),
        excluded=len(excluded),
        reasons=Counter(_criterion(row["reason"]) for row in excluded).most_common(),
        query=urlencode(pairs, safe=",:"),
        is_pooled=judgement.effect is not None,
    )


def chosen_parameters(query: EstimateFilterQuery) -> list[Option]:
    """Return the parameters that were set, as in a query string."""
    return [(name, _text(value)) for name, value in envelope.applied_parameters(query).items()]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _criterion(reason: str) -> str:
    """Return what a note was left out by: `year` of `year is 2016`."""
    return reason.partition(" is ")[0].partition(" are ")[0]


def _in_words(query: EstimateFilterQuery) -> str:
    """Return what was chosen, such as `Designs: randomised trials; published up to: 2015`."""
    parts = []
    for name, value in envelope.applied_parameters(query).items():
        values = value if isinstance(value, list) else [value]
        words = ", ".join(value_in_words(name, item) for item in values)
        parts.append(f"{as_clause(LABELS.get(name, labels.field_label(name)))}: {words}")
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def value_in_words(name: str, value: Any) -> str:
    """Return a value of a parameter by its label: `rct_parallel` as `randomised trial, …`."""
    if name == "design" and value == RCT[0]:
        return as_clause(RCT[1])
    if name in VOCABULARIES:
        return as_clause(labels.vocabulary_label(value, VOCABULARIES[name]))
    return _text(value)
