"""The ledger, as it is written: one row per record and revision, field by field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert

from app import models as m
from app.domain.curation import Action
from app.domain.moments import now
from app.kit.resource import Resource
from app.kit.sessions import WriteSession
from app.services.drafts import Draft, defaults, sparse, whole
from app.services.edits import Edit
from app.services.records import Name
from app.services.rows import table_of


@dataclass(frozen=True)
class Signature:
    """Who wrote, and who accepted it, where somebody did."""

    who: str
    accepted_by: str | None = None
    proposal_id: int | None = None


def differences(before: Draft | None, after: Draft | None) -> list[dict[str, Any]]:
    """Field by field what moved; of a record that comes or goes, every field that says anything."""
    old, new = whole(before), whole(after)
    if before and after:
        names = [name for name in new if old[name] != new[name]]
    else:
        one = before or after
        names = list(sparse(one)) if one else []
    return [{"field": n, "before": old.get(n), "after": new.get(n)} for n in names]


class Opening:
    """The ledger's lines of a store that is filled: every record is new."""

    def __init__(self, revision: int, signed: Signature, why: str) -> None:
        head = (revision, now(), signed.who, signed.accepted_by, why, Action.CREATE.value)
        self.head, self.tail = head, (signed.proposal_id,)

    def line(
        self, resource: Resource, values: Mapping[str, Any], causes: Sequence[str]
    ) -> tuple[Any, ...]:
        """The line of one record, as `COLUMNS` names it; `values` are its draft's."""
        usual = defaults(resource)
        fields = [
            {"field": name, "before": None, "after": value}
            for name, value in values.items()
            if name not in usual or usual[name] != value
        ]
        return (*self.head, resource.kind, values["slug"], *self.tail, fields, list(causes))


CHANGE = table_of(m.Change.id)
COLUMNS: tuple[str, ...] = ("revision", "at", "who", "accepted_by", "why", "action")
COLUMNS += ("type", "slug", "proposal_id", "fields", "causes")


def record(
    session: WriteSession,
    revision: int,
    signed: Signature,
    edits: Iterable[Edit],
    before: Mapping[Name, Draft],
    causes: Mapping[str, Iterable[str]],
) -> None:
    """Append what the edits did, and keep the slugs that they retired."""
    at, rows, gone = now(), [], []
    for edit in edits:
        old, kind = before.get(edit.name), edit.resource.kind
        action = Action.WITHDRAW if edit.draft is None else Action.CHANGE if old else Action.CREATE
        rows.append(
            {
                "revision": revision,
                "at": at,
                "who": signed.who,
                "accepted_by": signed.accepted_by,
                "why": edit.why,
                "action": action,
                "type": kind,
                "slug": edit.slug,
                "proposal_id": signed.proposal_id,
                "fields": differences(old, edit.draft),
                "causes": sorted(causes.get(edit.slug, ())) if edit.resource.derived else [],
            }
        )
        retired = {"type": kind, "slug": edit.slug, "successor": edit.successor}
        if action is Action.WITHDRAW:
            gone.append(retired | {"why": edit.why, "revision": revision})
        elif action is Action.CREATE:
            _revive(session, kind, edit.slug)
    if rows:
        session.execute(insert(m.Change), rows)
    if gone:
        session.execute(insert(m.Withdrawal), gone)


def _revive(session: WriteSession, kind: str, slug: str) -> None:
    own = (m.Withdrawal.type == kind, m.Withdrawal.slug == slug)
    session.execute(delete(m.Withdrawal).where(*own))
