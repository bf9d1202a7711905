"""Recomputation of what the software computes from the records, after the software has changed.

Computed columns, the records that are rows of others, verdicts, conflicts, documents and search:
an older version may have computed them otherwise, also where curators have changed the records.
"""

from typing import NamedTuple

from sqlalchemy import select

from app import models as m
from app.domain.verdicts.rule import RULE_VERSION
from app.kit.sessions import ReadSession, WriteSession
from app.resources import RESOURCES
from app.services.records import commit, read_models
from app.services.records.audit_log import ChangeAuthor
from app.services.records.computed_columns import update_computed_columns
from app.services.records.input_models import RecordInput
from app.services.records.lookup import all_record_inputs
from app.services.records.record_edit import RecordEdit
from app.services.records.row_records import SOURCE_FIELDS, RowSources, row_edits

AUTHOR = ChangeAuthor("kkb")


class Recomputed(NamedTuple):
    """What a recomputation changed: the new revision, if records changed; rows of columns."""

    revision: int | None
    computed_rows: int


def is_current(session: ReadSession) -> bool:
    """Return whether just this software has computed all that a store holds."""
    other_rule = select(m.Verdict.id).where(m.Verdict.rule_version != RULE_VERSION).limit(1)
    return (
        read_models.is_current(session) and session.execute(other_rule).scalar_one_or_none() is None
    )


def recompute(session: WriteSession) -> Recomputed:
    """Compute again what another version of the software has computed.

    Records that change get entries in the audit log, in a revision of their own. Documents and
    search are rebuilt in any case.
    """
    rows = update_computed_columns(session)
    revision = commit.commit_edits(
        session, _row_edits(session), AUTHOR, validated=True, recompute=True, refresh=False
    )
    read_models.rebuild(session)
    return Recomputed(revision, rows)


def _row_edits(session: ReadSession) -> list[RecordEdit]:
    """Return the rows of records as this version makes their slugs, names and summaries."""
    sources = RowSources(session)
    for collection in SOURCE_FIELDS:
        for draft in all_record_inputs(session, RESOURCES[collection]):
            resource = RESOURCES[collection]
            sources.add(RecordEdit(resource, _slug(draft), draft, commit.RECOMPUTED))
    return [
        row
        for collection, lists in RESOURCES.row_lists.items()
        for draft in (all_record_inputs(session, RESOURCES[collection]) if lists else ())
        for row in row_edits(
            RecordEdit(RESOURCES[collection], _slug(draft), draft, commit.RECOMPUTED), sources
        )
    ]


def _slug(draft: RecordInput) -> str:
    return str(draft.slug)  # type: ignore[attr-defined]
