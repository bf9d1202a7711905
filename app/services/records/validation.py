"""Validation rules of records, for dataset folders and for writes alike.

A rule asks a `ValidationContext` about the other records. Rules of `PRE_WRITE` are checked before a
record is written, those of `POST_WRITE` for all affected records after everything is written.
"""

from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from app.domain import readings
from app.domain.author_names import stands_for_more_authors
from app.domain.distinct_names import is_confusable, next_distinct_name, similar_names
from app.domain.vocabulary import NO_PARTICIPANTS, QuestionRelation, Route
from app.kit.field_mapping import Column, ObjectList
from app.kit.resource import Resource
from app.kit.suggestions import similar, with_suggestions
from app.resources import RESOURCES
from app.services.records.claim_rules import absence_is_not_computed, override_is_current
from app.services.records.figure_rules import estimates_agree, keys_are_unique
from app.services.records.input_models import Path, input_value, is_input, referenced_slugs
from app.services.records.study_rules import further_report_has_trial_group, links_have_no_cycle
from app.services.records.validation_types import (
    InputError,
    InputErrors,
    MissingRecord,
    Rule,
    UniqueColumn,
    ValidationContext,
)

CLAIMS, EVIDENCE, REFERENCES, STUDIES = (
    RESOURCES[n] for n in ("claims", "evidence", "references", "studies")
)


@dataclass(frozen=True)
class Violation:
    """A violation of a rule by one record; see `InputError` for the other fields."""

    resource: Resource
    slug: str
    path: Path
    message: str
    missing: MissingRecord | None = None
    did_you_mean: Sequence[str] = ()


class RulesViolatedError(Exception):
    """A write violates rules; `violations` has all of them."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = list(violations)
        super().__init__("; ".join(violation.message for violation in self.violations))


def pre_write_violations(
    resource: Resource, draft: Any, context: ValidationContext
) -> Iterator[Violation]:
    """Yield the violations of rules that hold before a record is written."""
    yield from _run_rules(
        [_references_exist, _unique_values_free, _name_is_distinct, *PRE_WRITE.get(resource, ())],
        resource,
        draft,
        context,
    )


def post_write_violations(
    resource: Resource, draft: Any, context: ValidationContext
) -> Iterator[Violation]:
    """Yield the violations of rules that hold after everything is written."""
    yield from _run_rules(POST_WRITE.get(resource, ()), resource, draft, context)


def _run_rules(
    rules: Iterable[Rule], resource: Resource, draft: Any, context: ValidationContext
) -> Iterator[Violation]:
    for rule in rules:
        for finding in rule(resource, draft, context):
            yield Violation(resource, draft.slug, **vars(finding))


def _name_is_distinct(resource: Resource, draft: Any, context: ValidationContext) -> InputErrors:
    """Check that no other record has the name, where names tell records apart."""
    if not resource.distinct_names:
        return
    taken = context.names_taken(resource, similar_names(draft.name), draft.slug)
    where = next((taken[name] for name in taken if is_confusable(draft.name, name)), None)
    if where is not None:
        free = next_distinct_name(draft.name, taken)
        message = with_suggestions(
            f"name: {draft.name!r} could be taken for {where}", [free] if free else []
        )
        yield InputError(("name",), message, did_you_mean=[free] if free else [])


def _references_exist(resource: Resource, draft: Any, context: ValidationContext) -> InputErrors:
    """Check that every record that it refers to exists."""
    for targets, slug, path in referenced_slugs(resource.mapping, draft):
        record_type, _, bare_slug = slug.rpartition(":")
        to = targets
        if len(targets) > 1:
            to = tuple(name for name in targets if RESOURCES[name].record_type == record_type)
            if not to:
                message = f"{slug!r} must be type:slug, such as process:spine-formation"
                yield InputError(path, message)
                continue
        expected_type = RESOURCES[to[0]].record_type
        if (record_type and record_type != expected_type) or not context.has(to[0], bare_slug):
            suggestions = similar(bare_slug, context.similar(to[0], bare_slug))
            if len(targets) > 1:
                suggestions = [f"{expected_type}:{suggestion}" for suggestion in suggestions]
            message = f"{path[0]}: unknown {expected_type} {slug!r}"
            message = with_suggestions(message, suggestions)
            yield InputError(path, message, (to[0], bare_slug), suggestions)


@cache
def unique_columns(resource: Resource) -> list[UniqueColumn]:
    """Return the unique columns of a collection, such as DOI, PMID, InChIKey, HGNC symbol."""
    columns: list[UniqueColumn] = []
    for field in resource.mapping.fields:
        if isinstance(field.marker, Column) and is_input(field):
            column = field.marker.column
            if column.property.columns[0].unique:
                columns.append(UniqueColumn(field.name, column, resource.key))
        elif isinstance(field.marker, ObjectList):
            for inner in resource.mapping.nested[field.name].fields:
                marker = inner.marker
                if isinstance(marker, Column) and marker.column.property.columns[0].unique:
                    unique = UniqueColumn(
                        field.name, marker.column, field.marker.parent, field.marker.where
                    )
                    columns.append(unique)
    return columns


def unique_values(resource: Resource, draft: Any, unique: UniqueColumn) -> list[Any]:
    """Return the values of a record input in a unique column."""
    value, nested = input_value(draft, unique.name, resource.mapping), resource.mapping.nested
    if unique.name not in nested:
        return [] if value is None else [value]
    inner = next(
        field.name
        for field in nested[unique.name].fields
        if isinstance(field.marker, Column) and field.marker.column is unique.column
    )
    return [input_value(item, inner, nested[unique.name]) for item in value]


def _unique_values_free(resource: Resource, draft: Any, context: ValidationContext) -> InputErrors:
    """Check that no other record has one of its unique values."""
    for unique in unique_columns(resource):
        for value in unique_values(resource, draft, unique):
            if where := context.find_owner(unique, value, (resource, draft.slug)):
                message = f"{unique.name} {value!r} is already used by {where}"
                yield InputError((unique.name,), message)


def _note_has_claims(_: Resource, note: Any, __: ValidationContext) -> InputErrors:
    """Check that a note has a claim."""
    if not note.claims:
        yield InputError(("claims",), f"note {note.slug!r} has no claim")


def _figures_have_timepoints(_: Resource, note: Any, __: ValidationContext) -> InputErrors:
    """Check that each figure has a time-point, or the note a reason for having none."""
    if note.timepoint_value is None and note.timepoint_absence is None:
        without_timepoint = [f for f in [*note.effects, *note.arms] if f.timepoint_value is None]
        if without_timepoint:
            yield InputError(
                ("timepoint_absence",),
                f"note {note.slug!r} has {len(without_timepoint)} figure(s) without a time-point."
                " Add it, or set `timepoint_absence` to `not_applicable` or `not_stated`",
            )


def _claim_has_evidence(_: Resource, claim: Any, context: ValidationContext) -> InputErrors:
    """Check that a claim has an evidence note or an `absence`, and not both."""
    has_notes = bool(context.notes_on(claim.slug))
    if not has_notes and claim.absence is None:
        message = f"claim {claim.slug!r} has no evidence note and no `absence`"
        yield InputError(("absence",), message)
    if has_notes and claim.absence is not None:
        message = f"claim {claim.slug!r} has evidence notes: remove `absence`"
        yield InputError(("absence",), message)


def _reference_is_cited(_: Resource, reference: Any, context: ValidationContext) -> InputErrors:
    """Check that a record cites the reference."""
    if not context.is_cited(reference.slug):
        yield InputError(("slug",), f"reference {reference.slug!r} is not cited by any record")


def _readings_are_supported(_: Resource, claim: Any, context: ValidationContext) -> InputErrors:
    """Check that a reading cites notes on its claim, and no figure that they do not state."""
    if not claim.readings:
        return
    notes = context.notes_on(claim.slug)
    claim_figures = readings.figures(f"{claim.statement} {claim.summary}")
    known = _STATED_FIGURES.setdefault(context, {})
    for index, reading in enumerate(claim.readings):
        path = ("readings", index, "text")
        try:
            sentences = readings.sentences(reading.text)
        except ValueError as error:
            yield InputError(path, f"{reading.audience.value} reading: {error}")
            continue
        for sentence in sentences:
            quote = f"“{sentence.text[:50]}…”"
            for slug in sentence.evidence:
                if slug not in known:
                    known[slug] = _stated_figures(slug, context)
                if slug not in notes:
                    suggestions = similar(slug, sorted(notes))
                    message = f"{quote} cites {slug!r}, which is not a note on this claim"
                    message = with_suggestions(message, suggestions)
                    missing = None if context.has(EVIDENCE.name, slug) else (EVIDENCE.name, slug)
                    yield InputError(path, message, missing, suggestions)
            if not notes.keys() >= set(sentence.evidence):
                continue  # the figures of what it should cite are unknown
            stated = claim_figures.union(*(known[slug] for slug in sentence.evidence))
            for figure in sorted(readings.figures(sentence.text) - stated):
                problem = f"states {figure:g}, which is in none of the notes that it cites"
                yield InputError(path, f"{quote} {problem}")


#: Figures by context and note: each claim of a note needs them, and extracting them is slow.
_STATED_FIGURES: MutableMapping[ValidationContext, dict[str, set[float]]] = WeakKeyDictionary()


def _stated_figures(slug: str, context: ValidationContext) -> set[float]:
    """Return the figures that a note and its study state."""
    if (note := context.draft("evidence", slug)) is None:
        return set()
    study = context.draft("studies", note.study)
    return readings.all_figures([note.model_dump(), study.model_dump() if study else ""])


def _authors_are_names(_: Resource, reference: Any, __: ValidationContext) -> InputErrors:
    """Check that the authors are names; that there are more is said by `authors_complete`."""
    for index, name in enumerate(reference.authors):
        if stands_for_more_authors(name):
            message = f"{name!r} is no author: leave it out, and `authors_complete` false"
            yield InputError(("authors", index), message)


def _question_is_consistent(_: Resource, claim: Any, __: ValidationContext) -> InputErrors:
    """Check that the window of a question is in order, and that it has what its relation needs."""
    question = claim.question
    if question is None:
        return
    window = question.window_hours
    if window and not window.earliest <= window.target <= window.latest:
        message = "question: `earliest` <= `target` <= `latest` does not hold"
        yield InputError(("question", "window_hours"), message)
    if (question.relation is QuestionRelation.THRESHOLD) != (question.threshold is not None):
        message = "question: `threshold` is needed for the relation threshold, and only for it"
        yield InputError(("question", "threshold"), message)
    regulatory = question.relation is QuestionRelation.REGULATORY_STATUS
    for field in ("jurisdictions", "acts", "statuses"):
        if regulatory != bool(getattr(question, field)):
            message = f"question: `{field}` are needed for the relation regulatory_status,"
            yield InputError(("question", field), f"{message} and only for it")


def _no_participants_in_vitro(_: Resource, study: Any, __: ValidationContext) -> InputErrors:
    """Check that an experiment on cells, tissue or molecules has no participants."""
    for field in ("n_randomised", "n_analysed"):
        if study.design in NO_PARTICIPANTS and getattr(study, field) is not None:
            yield InputError((field,), f"{field}: {study.design.value} has no participants")


def _in_vitro_part_has_its_design(
    _: Resource, note: Any, context: ValidationContext
) -> InputErrors:
    """Check that a note on an in vitro part of a study has its own design and no participants."""
    study = context.draft("studies", note.study)
    if study is None:
        return
    design = note.design or study.design
    if note.route is Route.IN_VITRO and design not in NO_PARTICIPANTS:
        designs = ", ".join(value.value for value in NO_PARTICIPANTS)
        message = f"design: a note with route in_vitro needs one of {designs}, not {design.value}"
        yield InputError(("design",), message)
    elif design in NO_PARTICIPANTS and note.participants is not None:
        message = f"participants: {design.value} has no participants"
        yield InputError(("participants",), message)


PRE_WRITE: dict[Resource, tuple[Rule, ...]] = {
    REFERENCES: (_authors_are_names,),
    CLAIMS: (absence_is_not_computed, override_is_current, _question_is_consistent),
    STUDIES: (_no_participants_in_vitro,),
    EVIDENCE: (
        _note_has_claims,
        _figures_have_timepoints,
        _in_vitro_part_has_its_design,
        keys_are_unique,
        estimates_agree,
    ),
}
POST_WRITE: dict[Resource, tuple[Rule, ...]] = {
    CLAIMS: (_claim_has_evidence, _readings_are_supported),
    REFERENCES: (_reference_is_cited,),
    STUDIES: (links_have_no_cycle, further_report_has_trial_group),
}
