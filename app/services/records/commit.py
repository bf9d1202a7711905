"""Commit edits to the public tables: records, derived records, audit log, revision.

All of it is one transaction: the records, the verdicts and conflicts derived from them, the audit
log, the revision that every ETag depends on, and the read models.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from sqlalchemy import func, insert, select, update

from app import __version__
from app import models as m
from app.domain.errors import UpgradedStoreError
from app.domain.release_names import UNRELEASED
from app.domain.verdicts.rule import RULE_VERSION
from app.kit.progress import ProgressCallback
from app.kit.resource import Resource
from app.kit.sessions import ReadSession, WriteSession
from app.services.evidence import verdicts
from app.services.records import read_models, validation
from app.services.records.affected_claims import AffectedClaims
from app.services.records.audit_log import ChangeAuthor
from app.services.records.input_models import RecordInput, computed_input
from app.services.records.lookup import record_inputs
from app.services.records.record_edit import RecordEdit
from app.services.records.record_writer import EditComparison, RecordWriter, Written
from app.services.records.row_records import WithRows, withdrawn_rows
from app.services.records.validation import RulesViolatedError
from app.services.records.validation_context import (
    StoreContext,
    affected_references,
    affected_studies,
    withdrawal_violations,
)

# If more than one record in so many changes, a rebuild is faster than refreshing each.
REBUILD_FRACTION = 4
RECOMPUTED = f"Computed by ketamine-kb {__version__} with rule {RULE_VERSION}."
ANSWERS_CHANGED = "The studies, estimates or acts that may answer its question changed."
DERIVED_RESOURCES = (verdicts.VERDICTS, verdicts.CONFLICTS)


def revision_of(session: ReadSession) -> int:
    """Return the revision of the store; 0 while it is empty."""
    return session.execute(select(m.Dataset.revision)).scalar_one_or_none() or 0


def commit_edits(
    session: WriteSession,
    edits: Iterable[RecordEdit],
    author: ChangeAuthor,
    *,
    validated: bool = False,
    recompute: bool = False,
    refresh: bool = True,
    progress: ProgressCallback | None = None,
) -> int | None:
    """Make edits public: write them, derive verdicts, append to the audit log, refresh read models.

    Args:
        edits: One for each record. They are iterated more than once, and may be regenerated
            each time.
        validated: The edits as a whole satisfy the rules of the dataset, as those of a folder
            without errors do. Others are validated here.
        recompute: Derive the verdicts of all claims again, because the software has changed.
        refresh: Refresh the read models; not needed for a dry run.
        progress: Called with the number of records written, then with that of read models.

    Returns:
        The revision that the edits became, or None where nothing changes.

    Raises:
        RulesViolatedError: Edits violate rules; with every violation.
        UpgradedStoreError: Other software has prepared the store since this one started.
    """
    revision = revision_of(session) + 1
    if revision > 1 and not recompute and not read_models.is_current(session):
        raise UpgradedStoreError(
            "Other software has upgraded the store since this node was started. Reads still work;"
            " restart the node with the newer software."
        )
    writer = RecordWriter(session, revision, author, progress)
    _write(session, writer, edits, validated, recompute)
    written = writer.finish()
    if not written.records:
        return None
    _bump_revision(session, revision)
    if refresh:
        del writer  # it holds the id of every slug in memory
        _refresh(session, written, progress)
    return revision


def _write(
    session: WriteSession,
    writer: RecordWriter,
    edits: Iterable[RecordEdit],
    validated: bool,
    recompute: bool,
) -> None:
    """Write edits, and the verdicts and conflicts derived from them."""
    edits = WithRows(session, edits, has_stored=writer.ids.has_stored)
    compared = writer.compare(edits)
    withdrawn = withdrawn_rows(edits, compared.replaced)
    compared.replaced.update(writer.compare(withdrawn).replaced)
    changes: Iterable[RecordEdit] = chain(filter(compared.is_effective, edits), withdrawn)
    affected = AffectedClaims(session, compared.replaced)
    # Read now: they may refer to records that are about to be withdrawn.
    read = writer.stored((r.name, claim) for claim in affected.of_stored for r in DERIVED_RESOURCES)
    context = None
    if not validated:
        changes = list(changes)
        context = StoreContext(session, changes)
        _raise_if_any(
            [
                violation
                for edit in changes
                if edit.draft and not edit.row_of
                for violation in validation.pre_write_violations(edit.resource, edit.draft, context)
            ]
        )
        _raise_if_any(withdrawal_violations(session, changes, context))
    writer.write(_register(changes, affected), compared.replaced)
    affected.add_answered(session)
    otherwise = RECOMPUTED if recompute else ANSWERS_CHANGED
    for claims in _derive(session, affected, every_claim=recompute):
        derived = _derived_edits(affected, claims, otherwise)
        compared_derived = writer.compare(derived, read)
        writer.write(filter(compared_derived.is_effective, derived), compared_derived.replaced)
    if context:
        _raise_if_any(_post_write_violations(session, context, affected, changes, compared))


def _register(edits: Iterable[RecordEdit], affected: AffectedClaims) -> Iterator[RecordEdit]:
    """Yield edits, and register the claims that each affects."""
    for edit in edits:
        affected.add(edit)
        yield edit


def _raise_if_any(violations: Sequence[validation.Violation]) -> None:
    if violations:
        raise RulesViolatedError(violations)


def _post_write_violations(
    session: ReadSession,
    context: StoreContext,
    affected: AffectedClaims,
    changes: Iterable[RecordEdit],
    compared: EditComparison,
) -> list[validation.Violation]:
    """Return the violations of the affected claims, references and studies after the write."""
    claims = [(validation.CLAIMS, draft) for draft in context.load_claims(affected.causes)]
    references = record_inputs(
        session, validation.REFERENCES, affected_references(changes, compared.replaced)
    )
    studies = record_inputs(session, validation.STUDIES, affected_studies(session, changes))
    touched = [
        *claims,
        *((validation.REFERENCES, draft) for draft in references.values()),
        *((validation.STUDIES, draft) for draft in studies.values()),
    ]
    return [
        violation
        for resource, draft in touched
        for violation in validation.post_write_violations(resource, draft, context)
    ]


def _derive(
    session: ReadSession, affected: AffectedClaims, *, every_claim: bool
) -> Iterator[dict[str, verdicts.DerivedValues]]:
    """Yield the verdicts and conflicts of claims in batches; withdrawn claims have none."""
    withdrawn = affected.to_derive()
    for claims in verdicts.derive(session, None if every_claim else sorted(withdrawn)):
        withdrawn -= claims.keys()
        yield claims
    yield {claim: [] for claim in sorted(withdrawn)}


def _derived_edits(
    affected: AffectedClaims, claims: dict[str, verdicts.DerivedValues], otherwise: str
) -> list[RecordEdit]:
    """Return the edits of the verdicts and conflicts of claims.

    Args:
        otherwise: The reason where no edit of a claim, of its notes or their studies is one.
    """
    edits = []
    for claim, values_by_resource in claims.items():
        causes = affected.causes.get(claim, {})
        reasons = "; ".join(dict.fromkeys(causes[cause] for cause in sorted(causes)))
        derived: dict[Resource, RecordInput] = {
            resource: computed_input(resource, values) for resource, values in values_by_resource
        }
        edits += [
            RecordEdit(
                resource,
                claim,
                derived.get(resource),
                reasons or otherwise,
                affected.successors.get(claim),
                causes=sorted(causes),
            )
            for resource in DERIVED_RESOURCES
        ]
    return edits


def _refresh(session: WriteSession, written: Written, progress: ProgressCallback | None) -> None:
    """Refresh the read models in the same transaction, those of withdrawn records included."""
    total = session.execute(select(func.count()).select_from(m.Record)).scalar_one()
    if written.records * REBUILD_FRACTION > total:
        read_models.rebuild(session, progress)
    else:
        read_models.refresh(session, written.stored_ids.union(written.new_ids))


def _bump_revision(session: WriteSession, revision: int) -> None:
    values = {"revision": revision}
    if session.execute(select(m.Dataset.id)).scalar_one_or_none() is None:
        first = {"id": 1, "digest": "", "release": UNRELEASED, "loaded_revision": 0}
        session.execute(insert(m.Dataset).values(first | values))
    else:
        session.execute(update(m.Dataset).values(values))
