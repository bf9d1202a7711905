"""The verdict on the evidence that a reader chooses: form and outcome."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from app.api.schemas import envelope
from app.api.synthesis_parameters import (
    APPLICABLE_PARAMETERS,
    EstimateFilterQuery,
    judge_as_requested,
    synthesis_request,
)
from app.domain.errors import ErrorDetail, ParameterError
from app.domain.synthesis.eligibility import RANDOMISED_DESIGNS
from app.domain.synthesis.facts import EstimateFacts
from app.domain.verdicts.facts import ClaimEvidence, FindingFacts
from app.domain.vocabulary import PoolingMethod, Species, VerdictBasis, Vocabulary
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
class ChoiceField:
    """A field of the form.

    Args:
        options: Values with their labels, of which the first means all; empty for a number.
        value: The value that was chosen, "" for none.
        minimum: Least number that makes a difference; None if that is open.
        maximum: Largest number that makes a difference; None if that is open.
    """

    name: str
    label: str
    value: str
    options: Sequence[Option] = ()
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class ChoiceForm:
    """The form, with the parameters of the request that it has no field for."""

    fields: Sequence[ChoiceField]
    hidden: Sequence[Option]


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


def choice_form(facts: SynthesisFacts, basis: str, query: EstimateFilterQuery) -> ChoiceForm | None:
    """Return the form of a claim; None if no choice changes its verdict.

    Args:
        basis: What the verdict on all evidence is computed from.
    """
    fields = [field for field in _fields(facts.evidence, query) if _applies(field.name, basis)]
    if not fields:
        return None
    shown = {field.name for field in fields}
    hidden = [pair for pair in _pairs(query) if pair[0] not in shown]
    return ChoiceForm(fields, hidden)


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
        for name, _ in _pairs(query)
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
    pairs = _pairs(query)
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


def _applies(name: str, basis: str) -> bool:
    if basis == VerdictBasis.NONE:  # no choice among what decides nothing decides anything
        return False
    applicable = APPLICABLE_PARAMETERS.get(VerdictBasis(basis))
    return applicable is None or name in applicable


def _pairs(query: EstimateFilterQuery) -> list[Option]:
    """Return the parameters that were set, as in a query string."""
    return [(name, _text(value)) for name, value in envelope.applied_parameters(query).items()]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _fields(claim: ClaimEvidence, query: EstimateFilterQuery) -> Iterable[ChoiceField]:
    """Return the fields in which the evidence of a claim differs, or that were set."""
    values = dict(_pairs(query))
    evidence: list[EstimateFacts | FindingFacts] = [*claim.estimates, *claim.findings]
    designs = {item.design for item in evidence}
    options = [(design.value, design.label) for design in _ordered(designs)]
    if designs & RANDOMISED_DESIGNS:
        options.insert(0, RCT)
    yield from _choice("design", "All designs", options, len(designs), values)
    masking = {item.masking for item in evidence if item.masking is not None}
    options = [(value.value, value.label) for value in _ordered(masking)]
    yield from _choice("masking", "Any masking", options, len(options), values)
    species = {finding.species for finding in claim.findings}
    if claim.estimates:
        species.add(Species.HUMAN)
    options = [(value.value, value.label) for value in _ordered(species)]
    yield from _choice("species", "All species", options, len(options), values)
    years = {item.study.year for item in evidence if item.study.year is not None}
    if len(years) > 1 or "year_to" in values:
        ends = (min(years, default=None), max(years, default=None))
        yield _number("year_to", values, *ends)
    people = {item.participants for item in evidence if item.participants}
    if len(people) > 1 or "min_participants" in values:
        yield _number("min_participants", values, 1, max(people, default=None))
    if len({estimate.study.slug for estimate in claim.estimates}) > 1 or "method" in values:
        methods = [(m.value, m.label) for m in PoolingMethod if m is not PoolingMethod.BAYES]
        rule = f"{PoolingMethod.BAYES.label} (the rule)"
        yield from _choice("method", rule, methods, len(methods), values)


def _choice(
    name: str, all_label: str, options: Sequence[Option], different: int, values: Mapping[str, str]
) -> Iterable[ChoiceField]:
    """Return a field of options, if there is more than one to choose from."""
    value = values.get(name, "")
    if different < 2 and not value:
        return
    options = [("", all_label), *options]
    if value not in dict(options):
        words = (_value_in_words(name, item) for item in value.split(","))
        options.append((value, ", ".join(words)))
    yield ChoiceField(name, LABELS[name], value, options)


def _number(
    name: str, values: Mapping[str, str], minimum: int | None, maximum: int | None
) -> ChoiceField:
    return ChoiceField(name, LABELS[name], values.get(name, ""), minimum=minimum, maximum=maximum)


def _ordered(values: Iterable[Vocabulary]) -> list[Any]:
    return sorted(values, key=lambda value: value.label)


def _criterion(reason: str) -> str:
    """Return what a note was left out by: `year` of `year is 2016`."""
    return reason.partition(" is ")[0].partition(" are ")[0]


def _in_words(query: EstimateFilterQuery) -> str:
    """Return what was chosen, such as `Designs: randomised trials; published up to: 2015`."""
    parts = []
    for name, value in envelope.applied_parameters(query).items():
        values = value if isinstance(value, list) else [value]
        words = ", ".join(_value_in_words(name, item) for item in values)
        parts.append(f"{as_clause(LABELS.get(name, labels.field_label(name)))}: {words}")
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def _value_in_words(name: str, value: Any) -> str:
    if name == "design" and value == RCT[0]:
        return as_clause(RCT[1])
    if name in VOCABULARIES:
        return as_clause(labels.vocabulary_label(value, VOCABULARIES[name]))
    return _text(value)
