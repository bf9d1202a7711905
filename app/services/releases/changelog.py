"""The changelog of a release: what differs from the one before."""

from collections import defaultdict

from app.kit.repository import Repository
from app.kit.sessions import ReadSession, Store
from app.resources import RESOURCES
from app.services.releases.diff import Difference, Side, changes, prints, told, verdict_changes
from app.services.releases.manifest import Changed, Changelog, VerdictChange


def changelog(listing: Repository, previous: Store, session: ReadSession) -> Changelog:
    """`session` reads what will be the release after `previous`."""
    with previous.read() as before:
        old = Side(before, prints(before, listing))
        new = Side(session, prints(session, listing))
        found = changes(old.prints, new.prints, list(RESOURCES))
        added: dict[str, list[str]] = defaultdict(list)
        changed: dict[str, list[Changed]] = defaultdict(list)
        withdrawn: dict[str, list[str]] = defaultdict(list)
        for one in told(listing, old, new, found):
            name, slug = one["collection"], one["slug"]
            if one["difference"] is Difference.ADDED:
                added[name].append(slug)
            elif one["difference"] is Difference.REMOVED:
                withdrawn[name].append(slug)
            else:
                fields = [field["field"] for field in one["fields"]]
                changed[name].append(Changed(slug=slug, fields=fields))
        moved = [VerdictChange.model_validate(one) for one in verdict_changes(listing, old, new)]
    return Changelog(added=added, changed=changed, withdrawn=withdrawn, verdicts=moved)
