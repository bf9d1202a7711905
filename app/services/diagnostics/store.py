"""Checks of the database: connection, schema, content, clock."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app import models as m
from app.kit.sessions import ReadSession, Store
from app.services.diagnostics import records
from app.services.diagnostics.check_result import CheckLevel, CheckResult, error, ok, warning
from app.services.releases.archive import Archive
from app.services.store import migrations
from app.services.store.opening import open_store
from app.services.store.revision import current_revision

#: Seconds that two clocks may differ.
MAX_CLOCK_SECONDS = 5
RECORD_CHECKS: tuple[tuple[str, Callable[[ReadSession], CheckResult]], ...] = (
    ("documents", records.check_documents),
    ("search", records.check_search),
    ("verdicts", records.check_verdicts),
)


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite URL; None for another database."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def check_store(url: str, read_url: str | None, releases: Path) -> Iterator[CheckResult]:
    """Check the database, its schema and its content; what cannot be checked is a warning.

    Args:
        url: URL of the database.
        read_url: URL for reads, if there is one.
        releases: Folder of published releases; their dates are compared with the clock.
    """
    shown = make_url(url).render_as_string(hide_password=True)
    file = sqlite_file(url)
    if file and not file.is_file():
        what = "is a folder" if file.is_dir() else "does not exist"
        remedy = "Set KKB_DATABASE_URL, or create the store: `kkb serve` or `kkb load`."
        yield error("store", f"{file} {what}", remedy)
        return
    store = open_store(url, pool_size=1)
    try:
        with store.read() as session:
            connection = _check_connection(session, shown)
            yield connection
            if connection.level is CheckLevel.OK:
                yield from _check_content(session, releases)
    except DBAPIError as failure:
        remedy = "Check KKB_DATABASE_URL; restore a backup (`kkb restore`) if the file is damaged."
        if not file:
            remedy = "Check KKB_DATABASE_URL, and that the database server runs."
        yield error("store", f"{shown}: {_cause(failure)}", remedy)
    finally:
        store.engine.dispose()
    if read_url:
        yield _check_standby(url, read_url)


def _check_connection(session: ReadSession, shown: str) -> CheckResult:
    if session.connection.dialect.name == "sqlite":
        faults = session.connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if faults != "ok":
            message = f"{shown} is damaged: {str(faults).splitlines()[-1]}"
            return error("store", message, "Restore a backup: `kkb restore`.")
    elif session.execute(text("SELECT pg_is_in_recovery()")).scalar_one():
        remedy = "Name the primary in KKB_DATABASE_URL, and standbys in KKB_READ_DATABASE_URL."
        return error("store", f"{shown} is a standby, which accepts no writes", remedy)
    return ok("store", f"{shown} responds")


def _check_content(session: ReadSession, releases: Path) -> Iterator[CheckResult]:
    head, version = migrations.head_version(), migrations.current_version(session)
    if version != head:
        message = f"the schema is at {version or 'none'}, this software needs {head}"
        known = version is None or version in migrations.known_versions()
        remedy = "`kkb backup`, then `kkb serve`, which migrates." if known else "Upgrade kkb."
        yield error("migrations", message, remedy)
        for check, _ in RECORD_CHECKS:
            yield warning(check, "not checked: the schema differs", "Migrate the store first.")
        return
    yield ok("migrations", f"the schema is at {head}")
    revision = current_revision(session)
    if revision is None:
        yield error("dataset", "the store is empty", "Load a dataset: `kkb load`.")
        return
    yield ok("dataset", f"revision {revision.revision}, release {revision.version}")
    for _, check_records in RECORD_CHECKS:
        yield check_records(session)
    yield from _check_clock(session, releases)


def _check_clock(session: ReadSession, releases: Path) -> Iterator[CheckResult]:
    """Compare this machine's clock with the database's, the audit log and the releases."""
    now, remedy = datetime.now(UTC), "Set the clock, and synchronise it (NTP)."
    last = session.execute(select(func.max(m.Change.at))).scalar()
    newest = max((manifest.date for manifest in Archive(releases).all()), default=None)
    server = None
    if session.connection.dialect.name == "postgresql":
        server = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    shown = f"it is {now:%Y-%m-%d %H:%M:%S} UTC here"
    if server and abs((server - now).total_seconds()) > MAX_CLOCK_SECONDS:
        yield error("clock", f"{shown}, and {server:%H:%M:%S %Z} in the database", remedy)
    elif last and (datetime.fromisoformat(last) - now).total_seconds() > MAX_CLOCK_SECONDS:
        yield error("clock", f"{shown}, but the last change was recorded at {last}", remedy)
    elif newest and newest > now.date():
        yield warning("clock", f"{shown}, but a release is dated {newest}", remedy)
    else:
        yield ok("clock", shown)


def _check_standby(url: str, read_url: str) -> CheckResult:
    """Check that reads are answered, and how far they are behind."""
    shown = make_url(read_url).render_as_string(hide_password=True)
    remedy = "Check the standby, and KKB_READ_DATABASE_URL."
    store = open_store(url, read_url, pool_size=1)
    try:
        with store.primary.read() as session:
            primary = current_revision(session)
        with store.read() as session:
            standby = current_revision(session)
    except DBAPIError as failure:
        return error("standby", f"{shown}: {_cause(failure)}", remedy)
    finally:
        _dispose(store)
    if standby != primary:
        behind = f"revision {standby and standby.revision}, not {primary and primary.revision}"
        return warning("standby", f"{shown} is behind: {behind}", remedy)
    return ok("standby", f"{shown} responds, with the revision of the primary")


def _dispose(store: Store) -> None:
    store.engine.dispose()
    store.read_engine.dispose()


def _cause(failure: DBAPIError) -> str:
    return str(failure.orig).strip().partition("\n")[0].rstrip(".?")
