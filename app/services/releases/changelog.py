"""Changelog of a release: differences from the previous one."""

from collections import defaultdict

from app.kit.repository import Repository
from app.kit.sessions import ReadSession, Store
from app.resources import RESOURCES
from app.services.releases.diff import (
    ComparedSide,
    DifferenceKind,
    find_changes,
    record_hashes,
    render_changes,
    verdict_changes,
)
from app.services.releases.manifest import ChangedRecord, Changelog, VerdictChange


def changelog(listing: Repository, previous: Store, session: ReadSession) -> Changelog:
    """`session` reads what will be the release after `previous`."""
    with previous.read() as before:
        old = ComparedSide(before, record_hashes(before, listing))
        new = ComparedSide(session, record_hashes(session, listing))
        differences = find_changes(old.hashes, new.hashes, list(RESOURCES))
        added: dict[str, list[str]] = defaultdict(list)
        changed: dict[str, list[ChangedRecord]] = defaultdict(list)
        withdrawn: dict[str, list[str]] = defaultdict(list)
        for change in render_changes(listing, old, new, differences):
            name, slug = change["collection"], change["slug"]
            if change["difference"] is DifferenceKind.ADDED:
                added[name].append(slug)
            elif change["difference"] is DifferenceKind.REMOVED:
                withdrawn[name].append(slug)
            else:
                fields = [field["field"] for field in change["fields"]]
                changed[name].append(ChangedRecord(slug=slug, fields=fields))
        moved = [
            VerdictChange.model_validate(change) for change in verdict_changes(listing, old, new)
        ]
    return Changelog(added=added, changed=changed, withdrawn=withdrawn, verdicts=moved)
