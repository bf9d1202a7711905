"""The response envelope: data, page, included, meta; and its models per collection."""

from dataclasses import dataclass
from types import GenericAlias
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from app.api.problems import MEDIA_TYPE, REF_TEMPLATE, Problem
from app.domain.citation import LICENCE, LICENCE_URL, NOTICE, cite_dataset
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.resources.base import LazyModel
from app.services.store.revision import DatasetRevision


class Meta(LazyModel):
    """What every answer says of itself."""

    release: str = Field(
        description="The release asked for; else the one that the store was loaded with, which"
        " curators may have changed since: `revision` moves with each change."
    )
    revision: int = Field(description="Moves with every change of the data.")
    licence: str = Field(description="SPDX id of the licence of our sentences and structure.")
    licence_url: str = Field(description="The licence.")
    cite: str = Field(description="How to cite this answer.")
    notice: str = Field(description="What this is not.")
    filters: dict[str, Any] = Field(description="The parameters in force.")


class PageInfo(LazyModel):
    """Where this page stands."""

    limit: int = Field(description="Records per page.")
    total: int = Field(description="Records under the filters, exactly.")
    next: str | None = Field(description="The cursor of the page after; null at the end.")


class NextPage(LazyModel):
    """Where a page of a stream ends that grows while it is read, so that it has no total."""

    limit: int = Field(description="Entries per page.")
    next: str | None = Field(description="The cursor of the page after; null at the end.")


class FacetValue(LazyModel):
    """One value of a facet."""

    value: str = Field(description="What the filter takes; type:slug where it takes several.")
    name: str | None = Field(description="Display name, where the value is a record; else null.")
    count: int = Field(description="Records with it under the other filters in force, exactly.")


class Envelope(LazyModel):
    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class EnvelopeModels:
    """The answer models of one noun."""

    page: type[BaseModel]
    single: type[BaseModel]
    batch: type[BaseModel]


def envelope_models(catalogue: ResourceRegistry, resource: Resource) -> EnvelopeModels:
    name = resource.record.__name__
    record: Any = resource.record
    shared: dict[str, Any] = {
        "included": (_included(catalogue), Field(description="Related records, each once.")),
        "meta": (Meta, Field(description="Release, licence, citation, filters.")),
    }
    result = create_model(
        f"{name}Result",
        __base__=Envelope,
        id=(str, Field(description="The id as asked.")),
        found=(bool, Field(description="Whether there is such a record.")),
        matched=(str | None, Field(description="slug or curie.")),
        record=(record | None, Field(description="The record.")),
        message=(str | None, Field(description="What to do, where nothing was found.")),
    )
    return EnvelopeModels(
        page=create_model(
            f"{name}Page",
            __base__=Envelope,
            data=(list[record], Field(description="The records.")),
            page=(
                PageInfo,
                Field(description="How many there are, and where the next page begins."),
            ),
            facets=(
                dict[str, list[FacetValue]],
                Field(description="Per facet asked for: its values, most records first."),
            ),
            **shared,
        ),
        single=create_model(
            f"{name}Answer",
            __base__=Envelope,
            data=(record, Field(description="The record.")),
            **shared,
        ),
        batch=create_model(
            f"{name}Batch",
            __base__=Envelope,
            data=(list[result], Field(description="One per id, in order.")),
            **shared,
        ),
    )


_INCLUDED: dict[int, type[BaseModel]] = {}


def _included(catalogue: ResourceRegistry) -> type[BaseModel]:
    """One model for all answers: collection → slug → record."""
    if id(catalogue) not in _INCLUDED:
        fields: dict[str, Any] = {
            name: (
                GenericAlias(dict, (str, resource_.record)),
                Field({}, description=f"By slug: {resource_.description}"),
            )
            for name, resource_ in catalogue.items()
        }
        _INCLUDED[id(catalogue)] = create_model("Included", __base__=Envelope, **fields)
    return _INCLUDED[id(catalogue)]


def meta(dataset_revision: DatasetRevision | None, filters: dict[str, Any]) -> dict[str, Any]:
    release, revision = (
        (dataset_revision.release, dataset_revision.revision) if dataset_revision else ("none", 0)
    )
    return {
        "release": release,
        "revision": revision,
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "cite": cite_dataset(release, revision),
        "notice": NOTICE,
        "filters": filters,
    }


def applied_parameters(query: BaseModel) -> dict[str, Any]:
    """The parameters that were set, by their public names."""
    return query.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude={"cursor", "limit"}
    )


def documented_problem(description: str) -> dict[str, Any]:
    """An error response of a route, for `responses=`.

    It refers to the schema by its name: `"model": Problem` would build a type adapter for each
    status of each route, a thousand of them, at every start.
    """
    schema = {"$ref": REF_TEMPLATE.format(model=Problem.__name__)}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: documented_problem("The request line or a header cannot be read."),
    404: documented_problem("A slug, cursor or address names nothing here."),
    422: documented_problem("Some parameter does not fit; says which would."),
    406: documented_problem("None of the accepted formats is served."),
    503: documented_problem("The store is busy or away; ask again."),
}
#: Of a record's own addresses.
GONE_RESPONSE: dict[int | str, dict[str, Any]] = {
    410: documented_problem("It was withdrawn; names the successor."),
}
#: Of what takes a body.
BODY_PROBLEMS: dict[int | str, dict[str, Any]] = {
    413: documented_problem("The body is too large."),
    415: documented_problem("The body is not sent as JSON."),
}
