"""Parameters that refer to records: the slugs behind the names and identifiers in a query.

Values of filters by recorded text (`text_parameters`) get the recorded spelling in the same step.

Routes reach it by `app.api.reference_parameters.resolve_query`, before they read.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel

from app.domain.errors import ErrorDetail, ParameterError
from app.kit import lookup
from app.kit.lookup import SlugReference
from app.kit.query_types import ReferenceParameter, reference_parameters
from app.kit.sessions import ReadSession
from app.kit.suggestions import did_you_mean
from app.resources import RESOURCES
from app.services.search.autocomplete import suggest
from app.services.search.identifier_resolution import ReferenceMatch, find_reference
from app.services.search.similar_names import similar_names
from app.services.search.text_parameters import resolve_texts

Query = TypeVar("Query", bound=BaseModel)
#: Values that a name with commas in it, such as `CP-101,606`, may have been split into.
_MOST_SPLIT = 3
#: Unknown values of one parameter for which candidates are looked for.
MAX_SUGGESTED = 10
#: Candidates that the error of a value lists.
MAX_CANDIDATES = 8
_SHOWN = 120


def resolve_references(session: ReadSession, query: Query) -> Query:
    """Return a query in which each reference to a record is its slug, and each text as recorded.

    A value that is the slug of a record is taken as it is, without looking up names. With several
    collections a name becomes `type:slug`.

    Raises:
        ParameterError: Values mean no record or several; it lists all of them, with candidates.
    """
    texts_resolved, errors = resolve_texts(session, query)
    resolved: dict[str, Any] = {**texts_resolved}
    for parameter in reference_parameters(type(query)):
        value = getattr(query, parameter.attribute)
        if not value:
            continue
        is_list = isinstance(value, list)
        texts = value if is_list else [value]
        to = parameter.marker.targets(query)
        slugs, faults = _slugs(session, parameter, to, texts, single=not is_list)
        errors += faults
        resolved[parameter.attribute] = list(slugs) if is_list else next(iter(slugs), value)
    if errors:
        raise ParameterError(*errors)
    return query.model_copy(update=resolved) if resolved else query


def _slugs(
    session: ReadSession, parameter: ReferenceParameter, to: str, texts: list[str], single: bool
) -> tuple[Iterable[SlugReference], list[ErrorDetail]]:
    """Return the slugs that texts mean, each once and in order, and the errors of the others."""
    known = lookup.find_slugs(session, RESOURCES, to, texts)
    if len(known) == len(set(texts)):
        return dict.fromkeys(known[text] for text in texts), []
    slugs: dict[SlugReference, None] = {}
    errors: list[ErrorDetail] = []
    record_types = [RESOURCES[name].record_type for name in to.split("|")]
    at = 0
    while at < len(texts):
        if texts[at] in known:
            slugs[known[texts[at]]] = None
            at += 1
            continue
        reference, used = _reference(session, record_types, texts[at:], known)
        if reference.records and not (single and len(reference.records) > 1):
            names = [_slug(record, record_types) for record in reference.records]
            slugs |= dict.fromkeys(lookup.find_slugs(session, RESOURCES, to, names).values())
        else:
            text = ",".join(texts[at : at + used])
            candidates = reference.records or reference.candidates
            if not candidates and text.strip() and len(errors) < MAX_SUGGESTED:
                candidates = similar_names(session, text, record_types)
                candidates = candidates or suggest(session, text, record_types, MAX_CANDIDATES)
            errors.append(_error(parameter.name, text, record_types, candidates, reference))
        at += used
    return slugs, errors


def _reference(
    session: ReadSession, record_types: list[str], texts: list[str], known: dict[str, SlugReference]
) -> tuple[ReferenceMatch, int]:
    """Return what the first text refers to, or the first few that are one name with commas."""
    first = find_reference(session, record_types, texts[0])
    if not (first.records or first.ambiguous or first.candidates):
        for used in range(2, min(len(texts), _MOST_SPLIT) + 1):
            if texts[used - 1] in known:
                break
            joined = find_reference(session, record_types, ",".join(texts[:used]))
            if len(joined.records) == 1:
                return joined, used
    return first, 1


def _slug(record: dict[str, Any], record_types: list[str]) -> str:
    slug, record_type = record["slug"], record["type"]
    return slug if len(record_types) == 1 else f"{record_type}:{slug}"


def _error(
    name: str,
    text: str,
    record_types: list[str],
    candidates: list[dict[str, Any]],
    reference: ReferenceMatch,
) -> ErrorDetail:
    """Return the error of a value that means no record, or several."""
    slugs = [_slug(record, record_types) for record in candidates]
    value = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    *others, last = record_types
    kinds = f"{', '.join(others)} or {last}" if others else last
    if reference.ambiguous or reference.records:
        message = f"{name}: {value!r} may mean several records; send one of their slugs."
    else:
        message = f"{name}: no {kinds} has the slug, name or identifier {value!r}."
    message += did_you_mean(slugs)
    return ErrorDetail("query", name, message, value=value, did_you_mean=slugs or None)
