"""Append to the audit log: one row per record and revision, with the changed fields."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert

from app import models as m
from app.domain.curation import Action
from app.domain.timestamps import utc_now
from app.kit.resource import Resource
from app.kit.sessions import WriteSession
from app.services.records.input_models import default_values
from app.services.records.record_edit import RecordEdit
from app.services.records.row_mapping import Fields, table_of

CHANGE = table_of(m.Change.id)
COLUMNS: tuple[str, ...] = ("revision", "at", "who", "accepted_by", "why", "action")
COLUMNS += ("type", "slug", "proposal_id", "fields", "causes")


@dataclass(frozen=True)
class ChangeAuthor:
    """Who wrote a change, and which curator accepted it in which proposal, if any."""

    who: str
    accepted_by: str | None = None
    proposal_id: int | None = None


def changed_fields(resource: Resource, before: Fields, after: Fields) -> list[dict[str, Any]]:
    """Return the fields that differ between two record inputs, with both values.

    For a record that is created or withdrawn these are all fields that differ from their default.

    Args:
        before: The values as `full_dict` returns them; {} for no record.
        after: Likewise.
    """
    if before and after:
        names = [name for name in after if before[name] != after[name]]
    else:
        defaults = default_values(resource)
        values = before or after
        names = [n for n, value in values.items() if n not in defaults or defaults[n] != value]
    return [{"field": n, "before": before.get(n), "after": after.get(n)} for n in names]


class AuditLogWriter:
    """Makes the audit log rows of one revision, and stores the slugs that it withdraws."""

    def __init__(self, revision: int, author: ChangeAuthor) -> None:
        self.revision, self.author, self.at = revision, author, utc_now()
        self._withdrawn: list[dict[str, Any]] = []
        self._created: dict[str, list[str]] = defaultdict(list)

    def entry(self, edit: RecordEdit, before: Fields, after: Fields) -> tuple[Any, ...]:
        """Return the row of one edit in the order of `COLUMNS`.

        Args:
            before: The values of the record, as `full_dict` returns them; {} for no record.
            after: Likewise.
        """
        action = Action.WITHDRAW if not after else Action.CHANGE if before else Action.CREATE
        if action is Action.CREATE:
            self._created[edit.resource.record_type].append(edit.slug)
        elif action is Action.WITHDRAW:
            self._withdrawn.append(
                {
                    "type": edit.resource.record_type,
                    "slug": edit.slug,
                    "successor": edit.successor,
                    "why": edit.why,
                    "revision": self.revision,
                }
            )
        author = self.author
        return (
            *(self.revision, self.at, author.who, author.accepted_by, edit.why, action.value),
            *(edit.resource.record_type, edit.slug, author.proposal_id),
            changed_fields(edit.resource, before, after),
            list(edit.causes),
        )

    def save_withdrawals(self, session: WriteSession) -> None:
        """Store the slugs that were withdrawn since the last call; delete those created again."""
        for record_type, slugs in self._created.items():
            same_slugs = (m.Withdrawal.type == record_type, m.Withdrawal.slug.in_(slugs))
            session.execute(delete(m.Withdrawal).where(*same_slugs))
        if self._withdrawn:
            session.execute(insert(m.Withdrawal), self._withdrawn)
        self._created.clear()
        self._withdrawn.clear()
