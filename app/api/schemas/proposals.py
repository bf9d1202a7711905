"""Schemas of proposals: their changes, events and actions."""

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from app.api.problems import FieldProblem
from app.api.schemas import envelope
from app.domain.curation import Action, ProposalAction, State
from app.domain.invisible_characters import require_visible
from app.kit.query_types import NO_NUL
from app.resources.base import LazyModel


class FieldDifference(LazyModel):
    """Change of one field."""

    field: str = Field(description="Field name.")
    before: Any = Field(description="Value before the change; null if the record is new.")
    after: Any = Field(description="Value after the change; null if the record is withdrawn.")


class ChangeSummary(LazyModel):
    """Summary of a proposed change to one record."""

    collection: str = Field(description="Collection of the record.")
    slug: str = Field(description="Slug of the record.")
    action: Action = Field(description="create, change or withdraw.")
    why: str = Field(description="Reason given by the author.")


class ProposedChange(ChangeSummary):
    """Proposed change to one record."""

    successor: str | None = Field(description="For withdrawals: the successor record.")
    base_revision: int | None = Field(
        description="Record revision on which the change is based; null for a new record."
    )
    stale: bool = Field(
        description="Whether the record has changed since, so that the change cannot be accepted."
    )
    draft: dict[str, Any] | None = Field(description="Proposed record.")
    diff: list[FieldDifference] = Field(
        description="Field-by-field difference from the current record."
    )


class ProposalEvent(LazyModel):
    """Event in the history of a proposal."""

    at: str = Field(description="Time, in UTC.")
    who: str = Field(description="Curator who acted.")
    move: ProposalAction = Field(description="write, submit, return, accept, reject or comment.")
    text: str | None = Field(description="Comment.")


class ProposalSummary(LazyModel):
    """Proposal summary."""

    id: int = Field(description="Id.")
    author: str = Field(description="Curator who created the proposal.")
    state: State = Field(description="draft, proposed, accepted or rejected.")
    version: int = Field(description="Version, increased by every event; part of the ETag.")
    created_at: str = Field(description="Creation time, in UTC.")
    changed_at: str = Field(description="Time of the last event, in UTC.")
    problems: list[FieldProblem] = Field(
        description="Validation errors at the last edit; only a draft may have any."
    )
    revision: int | None = Field(description="Dataset revision created on acceptance.")
    changes: list[ChangeSummary] = Field(description="Proposed changes by record.")


class Proposal(ProposalSummary):
    """Proposal with all changes and events."""

    changes: list[ProposedChange] = Field(  # type: ignore[assignment]
        description="Proposed changes by record; accepted or rejected as a whole."
    )
    events: list[ProposalEvent] = Field(description="Events and comments in chronological order.")


class ProposalResponse(LazyModel):
    """Response with one proposal."""

    data: Proposal = Field(description="Proposal.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class ProposalPage(LazyModel):
    """Response of `/v1/proposals`."""

    data: list[ProposalSummary] = Field(description="Proposals, newest first.")
    page: envelope.NextPage = Field(description="Pagination: cursor of the next page.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class ActionComment(LazyModel):
    """Comment on an action."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: Annotated[
        str,
        Field(min_length=1, max_length=10_000, json_schema_extra=NO_NUL),
        AfterValidator(require_visible),
    ] = Field(description="Comment for the author and other reviewers.")
