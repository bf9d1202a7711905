"""Preconditions of writes: `If-Match` and `Idempotency-Key`."""

import re
from typing import Annotated

from fastapi import Header

from app.domain.errors import PreconditionFailedError, PreconditionRequiredError

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1000,
        description="ETag of the record from its GET response; 428 if missing, 412 if outdated.",
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Unique client-generated key for this request. A retry with the same key"
        " returns the saved response without repeating the operation. Keys expire"
        " after one day.",
    ),
]
_RECORD = re.compile(r'"(\d{1,9})-[0-9a-f]{24}"')
_PROPOSAL = re.compile(r'"proposal-(\d{1,9})-(\d{1,9})"')


def require_current_record(sent: str | None, changed: int, current: int) -> None:
    """Raise a 428 without If-Match, or a 412 if the record has changed since it was read.

    An ETag contains the revision of its response. The record is unchanged if it last changed in
    that revision or before. `*` matches any state.
    """
    if sent is None:
        raise PreconditionRequiredError(f'"{current}-…"')
    revisions_seen = [int(tag[1]) for tag in map(_RECORD.fullmatch, _tags(sent)) if tag]
    if "*" not in _tags(sent) and not any(
        changed <= revision <= current for revision in revisions_seen
    ):
        raise PreconditionFailedError(
            f"The record last changed in revision {changed}, but the ETag is of another revision."
            " Get the record again and send the ETag of that response."
        )


def proposal_tag(proposal_id: int, version: int) -> str:
    """Return the ETag of a version of a proposal."""
    return f'"proposal-{proposal_id}-{version}"'


def required_version(sent: str | None, proposal_id: int) -> int | None:
    """Return the proposal version named by If-Match; None for `*`, which matches any."""
    if sent is None:
        raise PreconditionRequiredError(f'"proposal-{proposal_id}-…"')
    if "*" in _tags(sent):
        return None
    for tag in map(_PROPOSAL.fullmatch, _tags(sent)):
        if tag and int(tag[1]) == proposal_id:
            return int(tag[2])
    raise PreconditionFailedError(
        f"The ETag sent is not one of proposal {proposal_id}. Get the proposal again."
    )


def _tags(sent: str) -> list[str]:
    return [part.strip() for part in sent.split(",")]
