"""Parameters that refer to records: names become slugs, and the canonical URL is linked.

Routes call `resolve_query`; `app.services.search.reference_parameters` looks the names up.
"""

from functools import cache
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import Request
from pydantic import BaseModel

from app.api.deps import ServiceContext, current_url
from app.kit.query_types import (
    enum_parameters,
    reference_parameters,
    split_commas,
    text_parameters,
)
from app.kit.sessions import ReadSession
from app.services.search.reference_parameters import resolve_references

Query = TypeVar("Query", bound=BaseModel)


def resolve_query(
    request: Request, service: ServiceContext, session: ReadSession, query: Query
) -> tuple[Query, dict[str, str]]:
    """Return the query with the slugs of the records that it names, and the `Link` header.

    The header links the canonical URL, if values were names, identifiers or in other capitals.

    Raises:
        ParameterError: A value means no record, or several.
    """
    query = resolve_references(session, query)
    url = _canonical_url(request, service, query)
    return query, {"Link": f'<{url}>; rel="canonical"'} if url else {}


def _canonical_url(request: Request, service: ServiceContext, query: BaseModel) -> str | None:
    """Return the URL with slugs and values in their own form; None if it is that of the request."""
    sent: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        sent.setdefault(name, []).append(value)
    attributes = _resolved_parameters(type(query))
    canonical: list[tuple[str, str]] = []
    for name, values in sent.items():
        resolved = getattr(query, attributes[name]) if name in attributes else values
        items = [str(item) for item in (resolved if isinstance(resolved, list) else [resolved])]
        is_same = name not in attributes or items == split_commas(values)
        canonical += [(name, v) for v in values] if is_same else [(name, ",".join(items))]
    if canonical == [(name, value) for name, values in sent.items() for value in values]:
        return None
    target = urlencode([*canonical, *service.release_params], safe=",:")
    return f"{current_url(request)}?{target}"


@cache
def _resolved_parameters(model: type[BaseModel]) -> dict[str, str]:
    """Return name or alias → attribute of the parameters whose values have a form of their own."""
    resolved = {parameter.attribute for parameter in reference_parameters(model)}
    resolved |= text_parameters(model).keys()
    return {
        name: attribute
        for attribute, info in model.model_fields.items()
        for name in {attribute, info.alias or attribute}
        if attribute in resolved or name in enum_parameters(model)
    }
