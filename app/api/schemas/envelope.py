"""The response envelope: data, page, included, meta; and its models per collection."""

from collections.abc import Collection
from dataclasses import dataclass
from types import GenericAlias
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model

from app.api.schemas.text_query import QueryInterpretation
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.resources.base import LazyModel
from app.services.store.revision import DatasetRevision, dataset_metadata


class Meta(LazyModel):
    """Release, licence, citation and applied filters of a response."""

    release: str = Field(
        description="Release that the records are; `unreleased changes after 2026.12, revision 7`"
        " if they were changed since, and `unreleased, revision 7` if none was loaded."
    )
    revision: int = Field(description="Dataset revision; increases with every change of the data.")
    licence: str = Field(
        description="SPDX expression: the licence of the text and structure of the dataset, and"
        " those of records in the response that have another one (their field `licence`)."
    )
    licence_url: str = Field(description="URL of the licence of the dataset.")
    cite: str = Field(description="Suggested citation for this response.")
    notice: str = Field(description="Disclaimer.")
    filters: dict[str, Any] = Field(description="Applied filters and other parameters.")


class PageInfo(LazyModel):
    """Total count, and cursor of the next page."""

    limit: int = Field(description="Maximum number of records per page.")
    total: int = Field(description="Exact number of records that match the filters.")
    next: str | None = Field(description="Cursor of the next page; null on the last page.")


class NextPage(LazyModel):
    """Pagination of a growing list, without a total."""

    limit: int = Field(description="Maximum number of entries per page.")
    next: str | None = Field(description="Cursor of the next page; null on the last page.")


class FacetValue(LazyModel):
    """One value of a facet."""

    value: str = Field(
        description="Value accepted by the filter; type:slug if the filter accepts several record"
        " types."
    )
    name: str | None = Field(
        description="What to show: the name of the record, the label of the value in its"
        " vocabulary, or the text itself; null for a value that this version does not know."
    )
    count: int = Field(
        description="Exact number of records with this value under the other active filters."
    )


class Facets(RootModel[dict[str, list[FacetValue]]]):
    """Values of each requested facet, most frequent first."""


class Envelope(LazyModel):
    """Base model of responses; refuses unknown fields."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class EnvelopeModels:
    """The response models of one collection."""

    page: type[BaseModel]
    single: type[BaseModel]
    batch: type[BaseModel]


def envelope_models(catalogue: ResourceRegistry, resource: Resource) -> EnvelopeModels:
    """Build the response models of a collection: list page, single record and batch."""
    name = resource.record.__name__
    record: Any = resource.record
    # Fields of a model that describes itself have no description: each collection would repeat it.
    shared: dict[str, Any] = {"included": (_included(catalogue), ...), "meta": (Meta, ...)}
    result = create_model(
        f"{name}Result",
        __base__=Envelope,
        id=(str, Field(description="Requested id.")),
        found=(bool, Field(description="Whether a record matches the id.")),
        matched=(str | None, Field(description="What the id matched: slug, curie or name.")),
        record=(record | None, Field(description="The record.")),
        message=(
            str | None,
            Field(description="Hint if no record was found or the id names a salt."),
        ),
    )
    return EnvelopeModels(
        page=create_model(
            f"{name}Page",
            __base__=Envelope,
            data=(list[record], Field(description="Records on this page.")),
            page=(PageInfo, ...),
            facets=(Facets, ...),
            query=(
                QueryInterpretation | None,
                Field(description="Interpretation of `q`; null without one."),
            ),
            **shared,
        ),
        single=create_model(
            f"{name}Response",
            __base__=Envelope,
            data=(record, Field(description="The record.")),
            **shared,
        ),
        batch=create_model(
            f"{name}Batch",
            __base__=Envelope,
            data=(
                list[result],
                Field(description="One result per requested id, in request order."),
            ),
            **shared,
        ),
    )


_INCLUDED: dict[int, type[BaseModel]] = {}


def _included(catalogue: ResourceRegistry) -> type[BaseModel]:
    """Return the model of `included`, shared by all responses: collection → slug → record."""
    if id(catalogue) not in _INCLUDED:
        fields: dict[str, Any] = {
            name: (
                GenericAlias(dict, (str, resource_.record)),
                Field({}, description=f"Included {name} by slug."),
            )
            for name, resource_ in catalogue.items()
        }
        _INCLUDED[id(catalogue)] = create_model(
            "Included",
            __base__=Envelope,
            __doc__="Related records requested with `include`, by collection and slug.",
            **fields,
        )
    return _INCLUDED[id(catalogue)]


def meta(
    dataset_revision: DatasetRevision | None,
    filters: dict[str, Any],
    licences: Collection[str] = (),
) -> dict[str, Any]:
    """Return `meta` of a response: release, revision, licence, citation and applied parameters.

    `licences` are those of records in the response that have another one than the dataset.
    """
    return {**dataset_metadata(dataset_revision, licences), "filters": filters}


def applied_parameters(query: BaseModel) -> dict[str, Any]:
    """Return the parameters that were set, by their public names."""
    return query.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude={"cursor", "limit"}
    )
