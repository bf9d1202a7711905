"""Loading a checked folder: what differs from the store is written; all of it, or nothing."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DataError, IntegrityError

from app import models as m
from app.domain.curation import Action
from app.domain.verdict import RULE_VERSION
from app.kit.resource import Resource
from app.kit.sessions import ReadSession, WriteSession
from app.resources import RESOURCES
from app.services import filling, following, writing
from app.services.dataset import Fault, Folder
from app.services.edits import Edit, Progress, RefusedError
from app.services.filling import Source
from app.services.ledger import Signature
from app.services.records import Name

WHO = "kkb load"


class AheadError(Exception):
    """Curators changed records since the last load, and the folder would undo it."""

    def __init__(self, names: list[Name]) -> None:
        self.names = names
        shown = ", ".join("/".join(name) for name in names[:5])
        rest = f" and {len(names) - 5} more" if len(names) > 5 else ""
        super().__init__(
            f"curators changed or added {shown}{rest}, and this folder would undo it."
            " `kkb export --dataset DIR` writes the store to a folder, to merge the two;"
            " `kkb load --replace` undoes it."
        )


def loaded_digest(session: ReadSession) -> str | None:
    """The digest of the dataset in the store, or None where it is empty."""
    return session.execute(select(m.Dataset.digest)).scalar_one_or_none()


def is_empty(session: ReadSession) -> bool:
    return session.execute(select(m.Record.id).limit(1)).first() is None


def load(
    session: WriteSession,
    folder: Source,
    progress: Progress | None = None,
    *,
    replace: bool = False,
) -> bool:
    """Bring the store's records to the folder's; False where nothing of them moves.

    Keys, proposals and the ledger stay. Raises AheadError rather than undo a curator's work,
    unless told to `replace` it.
    """
    if folder.faults:
        raise ValueError("a folder with faults is not loaded")
    if is_empty(session) and _fill(session, folder, progress):
        return True
    reweigh = _is_of_an_older_rule(session)
    if loaded_digest(session) == folder.digest and not (replace or reweigh):
        if not following.is_current(session):
            following.rebuild(session)
        return False
    if loaded_digest(session) == folder.digest and not replace:
        edits = []
    else:
        edits = _edits(session, folder)
        if not replace and (ahead := _ahead(session, edits)):
            raise AheadError(ahead)
    revision = writing.apply(
        session, edits, Signature(WHO), checked=True, reweigh=reweigh, progress=progress
    )
    _place(session, folder)
    _name(session, folder, revision)
    return revision is not None


def _fill(session: WriteSession, folder: Source, progress: Progress | None) -> bool:
    """An empty store is filled; False where the database refuses: record by record it says what."""
    try:
        with session.connection.begin_nested():
            filling.fill(session, folder, Signature(WHO), _why(folder), progress)
    except (IntegrityError, DataError):
        return False
    _name(session, folder, writing.revision_of(session))
    return True


def _name(session: WriteSession, folder: Source, revision: int | None) -> None:
    """What the store holds now, as the folder calls it; what wrote no record was no load."""
    values: dict[str, Any] = {"digest": folder.digest, "release": folder.release}
    values["about"] = folder.about or None
    if revision is not None:
        values["loaded_revision"] = revision
    session.execute(update(m.Dataset).values(values))


def _why(folder: Source) -> str:
    return f"Loaded with release {folder.release}."


def _is_of_an_older_rule(session: ReadSession) -> bool:
    stmt = select(m.Verdict.id).where(m.Verdict.rule_version != RULE_VERSION).limit(1)
    return session.execute(stmt).scalar_one_or_none() is not None


def _edits(session: ReadSession, folder: Source) -> list[Edit]:
    """Every record of the folder, and the withdrawal of every other one that the store holds."""
    why = _why(folder)
    edits = [Edit(entry.resource, entry.slug, entry.draft, why) for entry in folder.entries]
    kept = {edit.name for edit in edits}
    gone = f"Not in the folder loaded with release {folder.release}."
    for resource in _curated():
        slugs = session.execute(select(m.Record.slug).where(m.Record.type == resource.kind))
        lost = [slug for (slug,) in slugs if (resource.name, slug) not in kept]
        edits += [Edit(resource, slug, None, gone) for slug in lost]
    return edits


def _ahead(session: ReadSession, edits: list[Edit]) -> list[Name]:
    """The records that curators changed since the last load, and the folder has otherwise.

    And whatever they ever added, and the folder has not: withdrawing it would end its address.
    """
    loaded = session.execute(select(m.Dataset.loaded_revision)).scalar_one_or_none()
    stmt = select(m.Change.type, m.Change.slug, m.Change.revision, m.Change.action).where(
        m.Change.proposal_id.is_not(None)
    )
    changed, added = set(), set()
    for kind, slug, revision, action in session.execute(stmt):
        name = (RESOURCES.by_kind[kind].name, slug)
        if revision > (loaded or 0):
            changed.add(name)
        if action is Action.CREATE:
            added.add(name)
    suspects = [e for e in edits if e.name in changed or (e.draft is None and e.name in added)]
    standing = writing.standing(session, [edit.name for edit in suspects])
    return [edit.name for edit in writing.moving(suspects, standing)]


def _curated() -> list[Resource]:
    return [resource for resource in RESOURCES.values() if not resource.derived]


def _place(session: WriteSession, folder: Source) -> None:
    """Every record remembers its file, and where in it, so that an export is the same folder."""
    places: Mapping[tuple[str, str], tuple[str, int]] = {
        (entry.resource.kind, entry.slug): (entry.file, entry.position) for entry in folder.entries
    }
    stmt = select(
        m.Record.id, m.Record.type, m.Record.slug, m.Record.source_file, m.Record.source_position
    )
    moved = [
        {"key": key, "file": places[kind, slug][0], "position": places[kind, slug][1]}
        for key, kind, slug, *place in session.execute(stmt)
        if (kind, slug) in places and tuple(place) != places[kind, slug]
    ]
    if moved:
        table = m.Record.__table__
        session.execute(
            update(m.Record)
            .where(table.c.id == bindparam("key"))
            .values(source_file=bindparam("file"), source_position=bindparam("position")),
            moved,
        )


def database_faults(session: WriteSession, folder: Folder) -> list[Fault]:
    """What the database's own rules refuse, tried in an empty store."""
    entries = {(entry.resource.name, entry.slug): entry for entry in folder.entries}
    try:
        load(session, folder)
    except RefusedError as error:
        found = []
        for flaw in error.flaws:
            entry = entries[flaw.resource.name, flaw.slug]
            found.append(Fault(entry.file, entry.line(*flaw.place), flaw.message))
        return found
    return []
