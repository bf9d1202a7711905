"""Complete a curated reference from public sources, and report where they differ from it.

A curated value is never replaced. What is null is filled in, a list of authors is continued, and
the retraction status becomes more severe where a source knows a notice.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from app.domain.vocabulary import Confidence, ReferenceKind, Retraction
from app.resources import RESOURCES
from app.services.enrichment import EnrichedReference, reconciliation
from app.services.enrichment.curated_values import (
    AGREES,
    IDENTIFIERS,
    contradicts,
    difference,
    identity_doubts,
)
from app.services.enrichment.identifier import IdentifierKind, PublicationIdentifier
from app.services.records.input_models import RecordInput, input_model

_SEVERITY = {status: number for number, status in enumerate(Retraction)}
_REGISTER = re.compile(r"clinicaltrials(?:\.gov/(?:study|ct2/show)/|:)(NCT\d{8})")


class Outcome(StrEnum):
    """What became of a reference."""

    UPDATED = "updated"
    UNCHANGED = "unchanged"
    IN_DOUBT = "in doubt"
    NOT_FOUND = "not found"
    FAILED = "failed"


@dataclass(frozen=True)
class RefreshedReference:
    """The result of comparing a reference with public sources.

    Attributes:
        values: Field name → new value, of the fields that change.
        conflicts: Reasons why the sources may describe another publication.
        differences: Sentences about curated values that the sources do not confirm.
        notices: Corrections, concerns and retractions.
        failed: Source → reason why the request failed; the reference is to be checked again.
    """

    identifier: PublicationIdentifier
    outcome: Outcome
    values: dict[str, Any] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def identifier_of(reference: RecordInput) -> PublicationIdentifier | None:
    """Return the identifier by which sources are asked for a reference; None without one."""
    values = reference.model_dump(mode="json", by_alias=True)
    for name, kind in (
        ("pmid", IdentifierKind.PMID),
        ("doi", IdentifierKind.DOI),
        ("pmcid", IdentifierKind.PMCID),
    ):
        if values[name]:
            return PublicationIdentifier(kind, values[name])
    if values["kind"] == ReferenceKind.DATABASE:
        addresses = [values["url"] or "", *(xref["curie"] for xref in values["xrefs"])]
        if match := _REGISTER.search(" ".join(addresses)):
            return PublicationIdentifier(IdentifierKind.TRIAL, match[1])
    return None


def refresh(
    reference: RecordInput,
    enriched: EnrichedReference,
    today: str,
    owners: Mapping[tuple[str, str], str],
) -> RefreshedReference:
    """Compare a curated reference with what the sources say of it.

    Args:
        reference: The reference as the dataset has it.
        enriched: What the sources say of its identifier.
        today: ISO date of the check.
        owners: Identifier field and value in lower case → slug of the reference that has it.
    """
    curated = reference.model_dump(mode="json", by_alias=True)
    result = RefreshedReference(
        enriched.identifier,
        Outcome.UNCHANGED,
        notices=enriched.notices,
        failed=enriched.failed,
    )
    if not enriched.sources:
        outcome = Outcome.FAILED if enriched.failed else Outcome.NOT_FOUND
        return _with(result, outcome)
    if conflicts := [*enriched.conflicts, *identity_doubts(curated, enriched)]:
        return _with(result, Outcome.IN_DOUBT, conflicts=conflicts)
    differences: list[str] = []
    values = dict(_filled_fields(curated, enriched, differences))
    values |= _authors(curated, enriched, differences)
    values |= _retraction(curated, enriched, today, differences)
    if enriched.confidence is Confidence.HIGH and not differences:
        values["citation_confidence"] = Confidence.HIGH.value
    for name in IDENTIFIERS:
        owner = owners.get((name, str(values.get(name)).lower()))
        if owner is not None and owner != curated["slug"]:
            differences.append(f"{name} {values.pop(name)} is already that of {owner}")
    values = {name: value for name, value in values.items() if value != curated[name]}
    values, invalid = _valid(curated, values)
    outcome = Outcome.UPDATED if values else Outcome.UNCHANGED
    return _with(result, outcome, values=values, differences=differences + invalid)


def not_written(result: RefreshedReference, reason: str) -> RefreshedReference:
    """Return the result of a reference whose file could not be changed."""
    return _with(result, Outcome.FAILED, values={}, conflicts=[reason])


def _with(result: RefreshedReference, outcome: Outcome, **fields: Any) -> RefreshedReference:
    return RefreshedReference(**{**vars(result), "outcome": outcome, **fields})


def _filled_fields(
    curated: Mapping[str, Any], enriched: EnrichedReference, differences: list[str]
) -> Iterator[tuple[str, Any]]:
    """Yield the values of null fields, and append what differs from curated ones."""
    for name in AGREES:
        field = enriched.fields[name]
        if curated[name] is not None:
            if contradicts(name, curated[name], field):
                differences.append(difference(name, curated[name], field))
        elif field.value is None:
            if field.differs:
                differences.append(field.describe())
        elif name != "url" or not curated["doi"]:
            is_names = isinstance(field.value, tuple)
            yield name, reconciliation.display_value(field.value) if is_names else field.value
    kind = enriched.fields["kind"]
    if kind.value is not None and kind.value != curated["kind"]:
        differences.append(difference("kind", curated["kind"], kind))


def _authors(
    curated: Mapping[str, Any], enriched: EnrichedReference, differences: list[str]
) -> dict[str, Any]:
    """Return the list of authors, continued from the curated one if the sources confirm that."""
    curated_authors: list[str] = curated["authors"]
    names, complete = reconciliation.author_list(enriched.fields, enriched.sources)
    if not names:
        return {}
    pairs = list(zip(curated_authors, names, strict=False))
    agree = len(curated_authors) <= len(names) and all(
        reconciliation.same_author(*pair) for pair in pairs
    )
    if not agree or (
        curated["authors_complete"] and complete and len(curated_authors) < len(names)
    ):
        differences.append(f"authors are {', '.join(curated_authors)} here, but {', '.join(names)}")
        return {}
    if curated["authors_complete"]:
        return {}
    completed = [_completed_name(*pair) for pair in pairs]
    return {"authors": completed + names[len(curated_authors) :], "authors_complete": complete}


def _completed_name(curated_name: str, source_name: str) -> str:
    """Return `Zarate CA Jr` for `Zarate CA`, but no name that is spelled otherwise."""
    return source_name if source_name.lower().startswith(curated_name.lower()) else curated_name


def _retraction(
    curated: Mapping[str, Any], enriched: EnrichedReference, today: str, differences: list[str]
) -> dict[str, Any]:
    """Return status and dates of notices; the status never becomes less severe."""
    reported, recorded = enriched.retraction, Retraction(curated["retraction"])
    if reported is Retraction.NOT_CHECKED:
        return {}
    day = reconciliation.notice_day(enriched.sources, reported)
    known_day = curated["notice_published_on"]
    checked = {"notices_checked_on": today}
    if _SEVERITY[reported] > _SEVERITY[recorded]:
        return checked | {"retraction": reported.value, "notice_published_on": day}
    if reported is not recorded:
        differences.append(f"retraction is {recorded} here, but the sources say {reported}")
    elif known_day is None:
        return checked | {"notice_published_on": day}
    elif day is not None and day != known_day:
        differences.append(f"notice_published_on is {known_day} here, but {day} in the sources")
    return checked


def _valid(curated: Mapping[str, Any], values: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the new values that a reference may have, and sentences about the others."""
    rejected: list[str] = []
    model = input_model(RESOURCES["references"])
    while values:
        try:
            model.model_validate({**curated, **values})
            break
        except ValidationError as error:
            invalid = {str(e["loc"][0]): e["msg"] for e in error.errors() if e["loc"]}
        invalid = {name: reason for name, reason in invalid.items() if name in values}
        if not invalid:
            return {}, [*rejected, "the sources' values do not make a valid reference"]
        rejected += [f"{name} of the sources is invalid: {why}" for name, why in invalid.items()]
        values = {name: value for name, value in values.items() if name not in invalid}
    return values, rejected
