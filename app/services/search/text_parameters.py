"""Filters by recorded text, such as a journal: the recorded spelling of the values in a query."""

from collections import defaultdict

from pydantic import BaseModel
from sqlalchemy import select

from app.domain.errors import ErrorDetail
from app.domain.text_folding import alphanumeric_key
from app.kit.field_mapping import Attr
from app.kit.query_types import text_parameters
from app.kit.sessions import ReadSession
from app.kit.suggestions import did_you_mean, similar

MAX_SUGGESTIONS = 5
_SHOWN = 120


def resolve_texts(
    session: ReadSession, query: BaseModel
) -> tuple[dict[str, list[str]], list[ErrorDetail]]:
    """Return attribute → values as they are recorded, and an error for each that no record has.

    Values are compared by their letters and digits, in any capitals.
    """
    resolved: dict[str, list[str]] = {}
    errors: list[ErrorDetail] = []
    for attribute, (name, column) in text_parameters(type(query)).items():
        texts = getattr(query, attribute)
        if not texts:
            continue
        known = _recorded_spellings(session, column, texts)
        resolved[attribute] = list(dict.fromkeys(v for t in texts for v in known.get(t, ())))
        unknown = [text for text in texts if text not in known]
        if unknown:
            every = _distinct_values(session, column)
            errors += [_error(name, text, every) for text in dict.fromkeys(unknown)]
    return resolved, errors


def _recorded_spellings(
    session: ReadSession, column: Attr, texts: list[str]
) -> dict[str, list[str]]:
    """Return text → the values that it means, without the texts that no record has."""
    stmt = select(column).where(column.in_(texts)).distinct()
    exact = set(session.execute(stmt).scalars())
    if exact.issuperset(texts):
        return {text: [text] for text in texts}
    by_key: dict[str, list[str]] = defaultdict(list)
    for value in _distinct_values(session, column):
        by_key[alphanumeric_key(value)].append(value)
    known = {
        text: [text] if text in exact else by_key.get(alphanumeric_key(text)) for text in texts
    }
    return {text: values for text, values in known.items() if values}


def _distinct_values(session: ReadSession, column: Attr) -> list[str]:
    stmt = select(column).where(column.is_not(None)).distinct()
    return sorted(session.execute(stmt).scalars())


def _error(name: str, text: str, known: list[str]) -> ErrorDetail:
    """Return the error of a value that no record has, with the known values that contain it."""
    key, by_key = alphanumeric_key(text), {alphanumeric_key(value): value for value in known}
    keys = [other for other in by_key if key and key in other] or similar(key, by_key)
    suggestions = [by_key[other] for other in keys[:MAX_SUGGESTIONS]]
    value = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    message = f"{name}: no record has {value!r}.{did_you_mean(suggestions)}"
    message += f" `facets={name}` lists the values."
    return ErrorDetail("query", name, message, value=value, did_you_mean=suggestions or None)
