"""Preparation of a store: migrate the schema, recompute what is outdated, load a dataset.

`kkb serve` (app.cli.serve) decides whether to load: only if the store is empty.
"""

import logging
from typing import TYPE_CHECKING

from app import __version__
from app.kit.database import bulk_page_cache
from app.kit.progress import ProgressCallback
from app.kit.sessions import ReadSession, Store
from app.services.dataset.loaded_dataset import loaded_digest
from app.services.records import recomputation
from app.services.store import migrations
from app.services.store.compatibility import refuse_newer_store

if TYPE_CHECKING:
    from app.services.dataset.load import Source

log = logging.getLogger("kkb")


def migrate_and_rebuild(store: Store) -> None:
    """Migrate the schema to head, and compute again what another version has computed.

    A store that needs neither is not written to. Published releases are files of their own, and
    stay as they are.

    Raises:
        UpgradedStoreError: Newer software has upgraded the store.
    """
    with store.primary.read() as session:
        refuse_newer_store(session)
        before = migrations.current_version(session)
        if before == migrations.head_version() and _is_current(session):
            return
    with store.write() as session, bulk_page_cache(session.connection):
        if before != migrations.head_version():
            migrations.migrate(session)
        if not _is_current(session):
            recomputed = recomputation.recompute(session)
            log.info(
                "Verdicts, documents and search were computed again by version %s: %s.",
                __version__,
                f"new revision {recomputed.revision}"
                if recomputed.revision
                else "no record changed",
            )
    if before not in {None, migrations.head_version()}:
        log.info("Schema migrated from %s to %s.", before, migrations.head_version())


def is_empty(store: Store) -> bool:
    """Return whether no dataset was loaded yet."""
    with store.primary.read() as session:
        return loaded_digest(session) is None


def load(
    store: Store,
    source: "Source",
    progress: ProgressCallback | None = None,
    *,
    replace: bool = False,
    allow_withdrawals: bool = False,
) -> bool:
    """Load a source into the store in one transaction; return whether any record changed.

    Raises:
        LocalChangesError: It would undo changes of curators, and `replace` is not set.
        TooManyWithdrawalsError: It would withdraw more than a tenth of a collection, and
            `allow_withdrawals` is not set.
        RulesViolatedError: The database refuses a record.
    """
    from app.services.dataset import load as dataset_load  # with YAML, not needed to serve

    with store.write() as session, bulk_page_cache(session.connection):
        return dataset_load.load(
            session, source, progress, replace=replace, allow_withdrawals=allow_withdrawals
        )


def _is_current(session: ReadSession) -> bool:
    return loaded_digest(session) is None or recomputation.is_current(session)
