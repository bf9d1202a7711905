"""Validation rules of the figures of evidence notes: effects, arms and estimates."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.synthesis.agreement import disagreements
from app.domain.synthesis.derivation import derive_estimate
from app.domain.vocabulary import Favours, LargerIs, OutcomeDomain
from app.kit.suggestions import similar, with_suggestions
from app.resources.estimates import comparison_of, estimate_context, row_of
from app.services.records.input_models import full_dict
from app.services.records.validation_types import InputError, InputErrors, ValidationContext

Fields = Mapping[str, Any]


def keys_are_unique(_: Any, note: Any, __: ValidationContext) -> InputErrors:
    """Check that no two rows of a list of figures have the same key."""
    for field in ("effects", "arms", "estimates"):
        first_index: dict[str, int] = {}
        for index, row in enumerate(getattr(note, field)):
            if row.key is not None and first_index.setdefault(row.key, index) != index:
                message = f"key {row.key!r} is already used by `{field}` {first_index[row.key]}"
                yield InputError((field, index, "key"), message)


def estimates_agree(_: Any, note: Any, context: ValidationContext) -> InputErrors:
    """Check that each estimate can be derived, and that its figures agree.

    Figures that contradict each other are an error, unless `discrepancy` states what the source
    prints.
    """
    if not note.estimates:
        return
    values, study = full_dict(note), full_dict(context.draft("studies", note.study))
    for index, row in enumerate(values["estimates"]):
        path = ("estimates", index)
        errors = list(_row_errors(values, row))
        for field, message, suggestions in errors:
            text = with_suggestions(f"estimate {row['key']!r}: {message}", suggestions)
            yield InputError((*path, field), text, did_you_mean=suggestions)
        if not errors:
            estimate = row | estimate_context(values, row, study)
            for message in _figure_errors(values, row, estimate):
                yield InputError(path, f"estimate {row['key']!r}: {message}")


RowError = tuple[str, str, list[str]]


def _row_errors(note: Fields, row: Fields) -> Iterator[RowError]:
    """Yield the fields of an estimate that name what the note does not have."""
    for field, rows in (
        ("effect", "effects"),
        ("intervention_arm", "arms"),
        ("comparator_arm", "arms"),
    ):
        key = row[field]
        if key is not None and not row_of(note[rows], key):
            known = [other["key"] for other in note[rows] if other["key"]]
            yield field, f"no row of `{rows}` has the key {key!r}", similar(key, known)
    claims = [finding["claim"] for finding in note["claims"]]
    for slug in row["claims"]:
        if slug not in claims:
            yield "claims", f"{slug!r} is no claim of this note", similar(slug, claims)
    if row["effect"] is None and row["intervention_arm"] is None:
        yield "effect", "name an effect or an intervention arm of the note", []
    domain = OutcomeDomain(row["outcome_domain"])
    if domain.larger_is is None and row["larger_is"] is None:
        yield "larger_is", f"is required for the outcome domain `{domain.value}`", []
    elif row["larger_is"] == LargerIs.NEITHER:
        yield "larger_is", "must be `better` or `worse`: an estimate has a direction", []


def _figure_errors(note: Fields, row: Fields, estimate: Fields) -> Iterator[str]:
    """Yield what contradicts itself in an estimate, or prevents its derivation."""
    effect = row_of(note["effects"], row["effect"])
    if (
        effect
        and effect["value"] is not None
        and effect["larger_is"]
        not in (
            LargerIs.BETTER,
            LargerIs.WORSE,
        )
    ):
        yield (
            f"the effect {effect['key']!r} needs `larger_is`, `better` or `worse`: whether a larger"
            " printed value is in favour of the intervention"
        )
        return
    comparison = comparison_of(estimate)
    try:
        derived = derive_estimate(comparison)
        kind = OutcomeDomain(row["outcome_domain"]).kind
        favours = Favours(effect["favours"]) if effect and effect["favours"] else None
        contradictions = disagreements(comparison, favours, kind)
    except ValueError as error:
        yield str(error)
        return
    if row["discrepancy"] is not None:
        return
    for message in contradictions:
        yield (
            f"{message}. Correct the figure or, if the source prints it so, write what it prints in"
            " `discrepancy`"
        )
    if derived.standard_error is None:
        yield (
            "no standard error can be derived: add what the source prints (standard error, interval"
            " with its level, events or standard deviations with n in both arms, or a p-value)"
        )
