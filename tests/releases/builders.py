"""Release files in the format of older and newer versions of this software."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from alembic import command
from sqlalchemy import text

from app.kit.database import open_engine
from app.services.releases.archive import read_manifest
from app.services.releases.manifest import MANIFEST, SQLITE
from app.services.releases.reader import describe_file, embedded_manifest
from app.services.releases.snapshot import APPLICATION
from app.services.store import migrations
from tests.reliability.old_schema import RENAMED, RENAMED_COLUMNS, table_name

#: Verdicts of rule 2026, the lowest first, each with the corresponding current verdicts.
WORDS_OF_RULE_2026 = {
    "untested": ("not_assessed", "not_judged", "background"),
    "refuted": ("opposite",),
    "weak": ("inconclusive", "suggestive"),
    "contested": ("mixed_by_jurisdiction",),
    "supported": (),
    "established": (),
}


def _by_word(values: Iterable[str]) -> str:
    """Return SQL for one value for each verdict of rule 2026."""
    cases = (
        f"WHEN verdict IN ({', '.join(repr(word) for word in (old, *current))}) THEN {value}"
        for (old, current), value in zip(WORDS_OF_RULE_2026.items(), values, strict=True)
    )
    return f"CASE {' '.join(cases)} END"


#: Table and column → the value under rule 2026, where the current rule has another value or null.
OF_RULE_2026 = {
    ("verdict", "verdict"): _by_word(map(repr, WORDS_OF_RULE_2026)),
    ("verdict", "verdict_rank"): _by_word(map(str, range(1, len(WORDS_OF_RULE_2026) + 1))),
    ("verdict", "share_for"): _by_word(["NULL", *["0.5"] * (len(WORDS_OF_RULE_2026) - 1)]),
    **{("verdict", column): "1" for column in ("points_for", "points_against")},
    **{("ledger_line", column): "1" for column in ("starts_at", "points", "study_points")},
}


def _of_types_known(connection: sqlite3.Connection, tables: list[str]) -> str:
    """Return the SQL condition for records of the types that a version with these tables has."""
    types = {row[0] for row in connection.execute("SELECT DISTINCT type FROM newer.record")}
    known_types = {kind for kind in types if table_name(kind) in tables}
    # Arms are records only since the version that added estimates.
    known_types -= set() if "estimate" in tables else {"arm"}
    return f"WHERE type IN ({', '.join(repr(kind) for kind in sorted(known_types))})"


def older_release(file: Path, target: Path, version: str) -> None:
    """Write the same release with the tables of an older version."""
    draft = target.with_name("draft.db")
    engine = open_engine(f"sqlite:///{draft}")
    with engine.execution_options(writing=True).begin() as connection:
        command.upgrade(migrations.alembic_config(connection), version)
        names = [
            row[0]
            for row in connection.execute(
                text(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                    " AND name <> 'alembic_version' AND sql NOT LIKE 'CREATE VIRTUAL%'"
                    " AND name NOT LIKE 'search%'"
                )
            )
        ]
    engine.dispose()
    with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS newer", (str(file),))
        for name in names:
            newer = RENAMED.get(name, name)
            rows = _of_types_known(connection, names) if name == "record" else ""
            newer_columns = {
                new[1] for new in connection.execute(f"PRAGMA newer.table_info({newer})")
            }
            shared = {
                row[1]: OF_RULE_2026.get((name, row[1]), f'"{current_name}"')
                for row in connection.execute(f"PRAGMA main.table_info({name})")
                for current_name in (row[1], RENAMED_COLUMNS.get((name, row[1]), ""))
                if current_name in newer_columns
            }
            columns = ", ".join(f'"{column}"' for column in shared)
            values = ", ".join(shared.values())
            selected = f'SELECT {values} FROM newer."{newer}" {rows}'
            connection.execute(f'INSERT INTO main."{name}" ({columns}) {selected}')
        connection.execute("CREATE TABLE release (manifest TEXT NOT NULL)")
        connection.execute("INSERT INTO release VALUES (?)", (embedded_manifest(file),))
        connection.execute("DETACH newer")
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute("VACUUM INTO ?", (str(target),))
    for left in target.parent.glob("draft.db*"):
        left.unlink()


def newer_release(file: Path, target: Path) -> None:
    """Write the same release with a schema version that does not exist yet."""
    target.write_bytes(file.read_bytes())
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def replace_database(file: Path, of: Path, archive: Path) -> None:
    """Make a release of a database file and the manifest of another release."""
    manifest = read_manifest(of)
    folder = archive / manifest.name
    folder.mkdir(parents=True)
    file.rename(folder / manifest.database)
    database_file = describe_file(folder / manifest.database, SQLITE)
    updated = manifest.model_copy(update={"files": [database_file]})
    (folder / MANIFEST).write_text(updated.text(), "utf-8")
