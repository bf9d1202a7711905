"""Preparation of a store: migrate the schema, rebuild outdated read models, load a dataset.

`kkb serve` (app.cli.serve) decides whether to load: only if the store is empty.
"""

from app.kit.progress import ProgressCallback
from app.kit.sessions import ReadSession, Store
from app.services.dataset import load as dataset_load
from app.services.dataset.load import Source
from app.services.records import read_models
from app.services.store import migrations


def migrate_and_rebuild(store: Store) -> None:
    """Migrate the schema to head, and rebuild read models that another version wrote.

    A store that needs neither is not written to.
    """
    with store.primary.read() as session:
        is_at_head = migrations.current_version(session) == migrations.head_version()
        if is_at_head and _read_models_are_current(session):
            return
    with store.write() as session:
        migrations.migrate(session)
        if not _read_models_are_current(session):
            read_models.rebuild(session)


def is_empty(store: Store) -> bool:
    """Return whether no dataset was loaded yet."""
    with store.primary.read() as session:
        return dataset_load.loaded_digest(session) is None


def load(
    store: Store,
    source: Source,
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
    with store.write() as session:
        return dataset_load.load(
            session, source, progress, replace=replace, allow_withdrawals=allow_withdrawals
        )


def _read_models_are_current(session: ReadSession) -> bool:
    return dataset_load.loaded_digest(session) is None or read_models.is_current(session)
