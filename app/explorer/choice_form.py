"""The form in which a reader chooses the evidence of a verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.api.synthesis_parameters import APPLICABLE_PARAMETERS, EstimateFilterQuery
from app.domain.synthesis.eligibility import RANDOMISED_DESIGNS
from app.domain.synthesis.facts import EstimateFacts
from app.domain.verdicts.facts import ClaimEvidence, FindingFacts
from app.domain.vocabulary import PoolingMethod, Species, VerdictBasis, Vocabulary
from app.explorer.verdict_choice import LABELS, RCT, Option, chosen_parameters, value_in_words
from app.services.evidence.synthesis.loader import SynthesisFacts


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


def choice_form(facts: SynthesisFacts, basis: str, query: EstimateFilterQuery) -> ChoiceForm | None:
    """Return the form of a claim; None if no choice changes its verdict.

    Args:
        basis: What the verdict on all evidence is computed from.
    """
    fields = [field for field in _fields(facts.evidence, query) if _applies(field.name, basis)]
    if not fields:
        return None
    shown = {field.name for field in fields}
    hidden = [pair for pair in chosen_parameters(query) if pair[0] not in shown]
    return ChoiceForm(fields, hidden)


def _applies(name: str, basis: str) -> bool:
    if basis == VerdictBasis.NONE:  # no choice among what decides nothing decides anything
        return False
    applicable = APPLICABLE_PARAMETERS.get(VerdictBasis(basis))
    return applicable is None or name in applicable


def _fields(claim: ClaimEvidence, query: EstimateFilterQuery) -> Iterable[ChoiceField]:
    """Return the fields in which the evidence of a claim differs, or that were set."""
    values = dict(chosen_parameters(query))
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
        words = (value_in_words(name, item) for item in value.split(","))
        options.append((value, ", ".join(words)))
    yield ChoiceField(name, LABELS[name], value, options)


def _number(
    name: str, values: Mapping[str, str], minimum: int | None, maximum: int | None
) -> ChoiceField:
    return ChoiceField(name, LABELS[name], values.get(name, ""), minimum=minimum, maximum=maximum)


def _ordered(values: Iterable[Vocabulary]) -> list[Any]:
    return sorted(values, key=lambda value: value.label)
