"""The schema's version: a store is brought to head before it is read."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.kit.sessions import ReadSession, WriteSession

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def configuration(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table is one that models declare: the full-text index is the store's own."""
    return kind != "table" or not str(name).startswith("search_index")


def _script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def head() -> str | None:
    return _script().get_current_head()


def known() -> set[str]:
    """Every version of the schema that this software can bring to head."""
    return {step.revision for step in _script().walk_revisions()}


def version(session: ReadSession) -> str | None:
    """The migration that the store stands at; None for an empty store."""
    return MigrationContext.configure(session.connection).get_current_revision()


def migrate(session: WriteSession) -> None:
    """Bring the store to head, in the session's own transaction."""
    command.upgrade(configuration(session.connection), "head")
