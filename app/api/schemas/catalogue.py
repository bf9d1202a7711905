"""Schemas of the catalogue: collections with their filters, fields and vocabularies."""

from typing import Any

from pydantic import Field

from app.api.schemas import envelope
from app.resources.base import LazyModel


class CollectionInfo(LazyModel):
    """Summary of a collection."""

    name: str = Field(description="Name of the collection.")
    description: str = Field(description="Description of the collection.")
    count: int = Field(description="Number of records.")
    url: str = Field(description="URL of the collection.")


class FilterInfo(LazyModel):
    """Description of a list filter."""

    name: str = Field(description="Parameter name.")
    description: str = Field(description="Description of the filter.")
    type: dict[str, Any] = Field(description="JSON Schema of the parameter.")
    vocabulary: str | None = Field(
        description="Name of the vocabulary of its values, under `vocabularies`; null if it has"
        " none."
    )


class FieldInfo(LazyModel):
    """Description of a record field."""

    name: str = Field(description="Field name.")
    description: str = Field(description="Description of the field.")
    nullable: bool = Field(description="Whether the field may be null.")
    vocabulary: str | None = Field(
        description="Name of the vocabulary of its values, under `vocabularies`; null if it has"
        " none."
    )


class ColumnInfo(LazyModel):
    """Description of a column of the exports."""

    name: str = Field(description="Column name.")
    field: str = Field(description="Record field that it is made from.")
    description: str = Field(
        description="Description of the column; a unit is in the name, in the description or in the"
        " column that it names."
    )
    vocabulary: str | None = Field(
        description="Name of the vocabulary of its values, under `vocabularies`; null if it has"
        " none."
    )


class CollectionMeta(CollectionInfo):
    """Collection with its fields, filters and formats."""

    fields: list[FieldInfo] = Field(description="Record fields.")
    columns: list[str] = Field(description="Columns of the CSV, TSV and Parquet exports.")
    data_dictionary: list[ColumnInfo] = Field(description="Description of each of these columns.")
    filters: list[FilterInfo] = Field(description="List filters.")
    facets: list[str] = Field(description="Filters available as facets.")
    sort: list[str] = Field(description="Sort keys; prefix with `-` for descending order.")
    include: list[str] = Field(description="Related records that can be included in a response.")
    formats: list[str] = Field(description="Export formats.")


class VocabularyValue(LazyModel):
    """Value of a controlled vocabulary."""

    value: str = Field(description="Value, as records hold it and filters take it.")
    label: str = Field(description="Label to show.")
    definition: str = Field(description="Definition.")
    superseded: bool = Field(description="Whether only releases of earlier versions have it.")


class CatalogueResponse(LazyModel):
    """Catalogue of collections, parameters and vocabularies."""

    collections: list[CollectionMeta] = Field(description="All collections.")
    vocabularies: dict[str, list[VocabularyValue]] = Field(
        description="Values of each controlled vocabulary, by its name; in a vocabulary with an"
        " order, such as `Certainty`, the highest first."
    )
    prefixes: dict[str, str] = Field(
        description="URL template per CURIE prefix; {} is replaced by the identifier."
    )
    meta: envelope.Meta = Field(description="Response metadata: release, licence and citation.")
