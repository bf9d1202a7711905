"""Schemas of differences between two releases."""

from typing import Any

from pydantic import Field

from app.api.schemas import envelope
from app.resources.base import LazyModel
from app.services.releases.diff import DifferenceKind
from app.services.releases.manifest import VerdictChange


class FieldChange(LazyModel):
    """Field that differs between the two releases."""

    field: str = Field(description="Field name.")
    before: Any = Field(description="Value in the `from` release.")
    after: Any = Field(description="Value in the `to` release.")


class RecordChange(LazyModel):
    """Record that differs between the two releases."""

    collection: str = Field(description="Collection of the record.")
    slug: str = Field(description="Slug.")
    name: str = Field(description="Name of the record; the later one if it changed.")
    difference: DifferenceKind = Field(description="added, changed or removed.")
    fields: list[FieldChange] = Field(
        description="Changed fields; empty for added and removed records."
    )


class DifferenceCount(LazyModel):
    """Number of differences in one collection."""

    added: int = Field(description="Number of added records.")
    changed: int = Field(description="Changed records.")
    removed: int = Field(description="Number of removed records.")


class ComparedRelease(LazyModel):
    """One side of the comparison."""

    release: str = Field(description="Release name; `current` for the current data.")
    revision: int = Field(description="Dataset revision.")


class DiffResponse(LazyModel):
    """Response of `/v1/diff`."""

    data: list[RecordChange] = Field(description="Changed records, ordered by collection and slug.")
    page: envelope.PageInfo = Field(
        description="Pagination: total count and cursor of the next page."
    )
    before: ComparedRelease = Field(
        description="Release given as `from`, or that its date stands for."
    )
    after: ComparedRelease = Field(
        description="Release given as `to`, or that its date stands for."
    )
    summary: dict[str, DifferenceCount] = Field(
        description="Counts per collection with differences."
    )
    verdicts: list[VerdictChange] = Field(
        description="Claims in both releases whose verdict or certainty differs, repeated on every"
        " page; empty if `collection` excludes verdicts."
    )
    meta: envelope.Meta = Field(
        description="Response metadata of the `to` release: release, licence, citation and applied"
        " filters."
    )
