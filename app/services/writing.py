"""Writing: the one way into the public tables, for a loaded folder and an accepted proposal alike.

All of it is one transaction: the records, the verdicts and conflicts that follow from them, the
ledger, and the revision that every ETag hangs on.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, insert, select, update

from app import models as m
from app.domain.release import UNRELEASED
from app.domain.verdict import RULE_VERSION
from app.kit.sessions import ReadSession, WriteSession
from app.resources import RESOURCES
from app.services import following, ledger, rules, weighing
from app.services.drafts import Draft, whole
from app.services.edits import Edit, Progress, RefusedError, put
from app.services.ledger import Signature
from app.services.records import Name, drafts, ids_of
from app.services.world import Bench, StoreWorld, cited, parting, touched

MOST = 4  # where one in so many records moves, all are sooner followed anew than one by one
DERIVED = (weighing.VERDICTS, weighing.CONFLICTS)


def revision_of(session: ReadSession) -> int:
    """The revision that the store stands at; 0 while it is empty."""
    return session.execute(select(m.Dataset.revision)).scalar_one_or_none() or 0


def standing(session: ReadSession, names: Iterable[Name]) -> dict[Name, Draft]:
    """The drafts of records, as they stand; what is not there is left out."""
    slugs: dict[str, list[str]] = defaultdict(list)
    for collection, slug in names:
        slugs[collection].append(slug)
    return {
        (collection, slug): draft
        for collection, some in slugs.items()
        for slug, draft in drafts(session, RESOURCES[collection], some).items()
    }


def moving(edits: Sequence[Edit], before: Mapping[Name, Draft]) -> list[Edit]:
    """The edits that change anything."""
    return [edit for edit in edits if whole(edit.draft) != whole(before.get(edit.name))]


def apply(
    session: WriteSession,
    edits: Sequence[Edit],
    signed: Signature,
    *,
    checked: bool = False,
    reweigh: bool = False,
    followed: bool = True,
    progress: Progress | None = None,
) -> int | None:
    """Make the edits public; the revision they became, or None where nothing moves.

    `checked` edits were put to the rules by whoever brings them, as a whole folder is; the others
    raise RefusedError with all that is wrong. `reweigh` is for a store whose verdicts are of an
    older rule: every claim is judged again. What is only tried out needs not be `followed`.
    """
    before = standing(session, [edit.name for edit in edits])
    real, revision = moving(edits, before), revision_of(session) + 1
    bench = touched(session, real, before)
    if reweigh:
        every = session.execute(select(m.Record.slug).join(m.Claim, m.Claim.id == m.Record.id))
        bench.causes.update({slug: bench.causes.get(slug, set()) for (slug,) in every})
    world = StoreWorld(session, real, bench)
    if not checked:
        _refuse([f for e in real if e.draft for f in rules.fits(e.resource, e.draft, world)])
        _refuse(parting(session, real, world))
    names = [(resource.name, claim) for claim in bench.causes for resource in DERIVED]
    derived_before = standing(session, names)
    there = ids_of(session, [*names, *(edit.name for edit in real)])
    put(session, real, revision, progress)
    bench.fill(session)
    follow = moving(_derived(bench, real), derived_before)
    put(session, follow, revision)
    if not checked:
        _refuse(_unsupported(session, world, real, before))
    if not (real or follow):
        return None
    ledger.record(session, revision, signed, real, before, {})
    ledger.record(session, revision, signed, follow, derived_before, bench.causes)
    _move_on(session, revision)
    if followed:
        _follow(session, there, [*real, *follow])
    return revision


def _refuse(flaws: Sequence[rules.Flaw]) -> None:
    if flaws:
        raise RefusedError(flaws)


def _unsupported(
    session: ReadSession, world: StoreWorld, edits: Sequence[Edit], before: Mapping[Name, Draft]
) -> list[rules.Flaw]:
    """What the touched claims and references lack, now that all is written."""
    claims = [(rules.CLAIMS, draft) for draft in world.bench.claims.values()]
    references = drafts(session, rules.REFERENCES, cited(edits, before))
    near = [*claims, *((rules.REFERENCES, draft) for draft in references.values())]
    return [flaw for resource, draft in near for flaw in rules.stands(resource, draft, world)]


def _derived(bench: Bench, edits: Sequence[Edit]) -> list[Edit]:
    """Verdicts and conflicts of the touched claims, as they follow from what stands now."""
    why = {f"{edit.resource.name}/{edit.slug}": edit.why for edit in edits}
    after = {
        (resource, str(draft.slug)): draft  # type: ignore[attr-defined]
        for resource, draft in weighing.derive(
            bench.claims.values(), bench.notes.values(), bench.studies
        )
    }
    successor = {edit.slug: edit.successor for edit in edits if edit.resource is rules.CLAIMS}
    return [
        Edit(
            resource,
            claim,
            after.get((resource, claim)),
            "; ".join(dict.fromkeys(why[cause] for cause in sorted(causes)))
            or f"The rule is now {RULE_VERSION}.",
            successor.get(claim),
        )
        for claim, causes in bench.causes.items()
        for resource in DERIVED
    ]


def _follow(session: WriteSession, there: Mapping[Name, int], edits: Sequence[Edit]) -> None:
    """Documents and search follow in the same transaction, what is gone included."""
    total = session.execute(select(func.count()).select_from(m.Record)).scalar_one()
    if len(edits) * MOST > total or not following.is_current(session):
        following.rebuild(session)
    else:
        now = ids_of(session, [edit.name for edit in edits])
        gone = {there[edit.name] for edit in edits if edit.name in there}
        following.follow(session, gone | set(now.values()))


def _move_on(session: WriteSession, revision: int) -> None:
    values = {"revision": revision}
    if session.execute(select(m.Dataset.id)).scalar_one_or_none() is None:
        first = {"id": 1, "digest": "", "release": UNRELEASED, "loaded_revision": 0}
        session.execute(insert(m.Dataset).values(first | values))
    else:
        session.execute(update(m.Dataset).values(values))
