"""Schemas of the history: changes of records."""

from pydantic import Field

from app.api.schemas import envelope
from app.api.schemas.proposals import FieldDifference
from app.domain.curation import Action
from app.resources.base import LazyModel


class Change(LazyModel):
    """Change of one record in one revision."""

    id: int = Field(description="Sequential id; changes are listed in this order.")
    revision: int = Field(description="Dataset revision of the change.")
    at: str = Field(description="Time, in UTC.")
    who: str = Field(description="Author of the change: a curator, or `kkb load`.")
    accepted_by: str | None = Field(
        description="Curator who accepted the change; null for a dataset load."
    )
    why: str = Field(description="Reason given by the author.")
    action: Action = Field(description="create, change or withdraw.")
    collection: str = Field(description="Collection of the record.")
    slug: str = Field(description="Slug of the record.")
    proposal: int | None = Field(
        description="Proposal that made the change; null for a dataset load."
    )
    fields: list[FieldDifference] = Field(description="Changed fields.")
    causes: list[str] = Field(
        description="For verdicts and conflicts: records, as collection/slug, that caused the"
        " change."
    )


class ChangePage(LazyModel):
    """Page of changes."""

    data: list[Change] = Field(description="Changes.")
    page: envelope.PageInfo = Field(
        description="Pagination: total number of changes and cursor of the next page."
    )
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )
