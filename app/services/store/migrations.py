"""Schema migrations: current version, head, upgrade.

A migration's file begins with its version, so that a start that migrates nothing needs no Alembic.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from app.kit.sessions import ReadSession, WriteSession

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parents[3] / "migrations"


def alembic_config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def is_declared_table(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table is one that models declare: the full-text index is the store's own."""
    return kind != "table" or not str(name).startswith("search_index")


def head_version() -> str:
    return max(known_versions())


def known_versions() -> set[str]:
    """Every version of the schema that this software can bring to head."""
    return {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("0*_*.py")}


def current_version(session: ReadSession) -> str | None:
    """The migration that the store stands at; None for an empty store."""
    if not inspect(session.connection).has_table("alembic_version"):
        return None
    version_ = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if version_ is None else str(version_)


def migrate(session: WriteSession) -> None:
    """Bring the store to head, in the session's own transaction."""
    from alembic import command

    command.upgrade(alembic_config(session.connection), "head")
