"""Releases as other versions of this software would have written them."""

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

#: Verdicts of rule 2026, the lowest first, each with the words of today for the like.
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
        f"WHEN verdict IN ({', '.join(repr(word) for word in (former, *words))}) THEN {value}"
        for (former, words), value in zip(WORDS_OF_RULE_2026.items(), values, strict=True)
    )
    return f"CASE {' '.join(cases)} END"


#: Table and column → what rule 2026 would have written, where the rule of today writes no such word
#: or nothing.
OF_RULE_2026 = {
    ("verdict", "verdict"): _by_word(map(repr, WORDS_OF_RULE_2026)),
    ("verdict", "verdict_rank"): _by_word(map(str, range(1, len(WORDS_OF_RULE_2026) + 1))),
    ("verdict", "share_for"): _by_word(["NULL", *["0.5"] * (len(WORDS_OF_RULE_2026) - 1)]),
    **{("verdict", column): "1" for column in ("points_for", "points_against")},
    **{("ledger_line", column): "1" for column in ("starts_at", "points", "study_points")},
}


def _of_types_known(connection: sqlite3.Connection, tables: list[str]) -> str:
    """Return the condition for the records of the types that a version with these tables has."""
    types = {row[0] for row in connection.execute("SELECT DISTINCT type FROM newer.record")}
    known = {kind for kind in types if table_name(kind) in tables}
    # An arm was no record before there were estimates.
    known -= set() if "estimate" in tables else {"arm"}
    return f"WHERE type IN ({', '.join(repr(kind) for kind in sorted(known))})"


def older_release(file: Path, target: Path, version: str) -> None:
    """The same release, in tables of an older version."""
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
            there = {new[1] for new in connection.execute(f"PRAGMA newer.table_info({newer})")}
            shared = {
                row[1]: OF_RULE_2026.get((name, row[1]), f'"{now}"')
                for row in connection.execute(f"PRAGMA main.table_info({name})")
                for now in (row[1], RENAMED_COLUMNS.get((name, row[1]), ""))
                if now in there
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
    """The same release, in tables of a version that nobody knows yet."""
    target.write_bytes(file.read_bytes())
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def replace_database(file: Path, of: Path, archive: Path) -> None:
    """Put a file where a release's own database stood, with the manifest of a release."""
    manifest = read_manifest(of)
    folder = archive / manifest.name
    folder.mkdir(parents=True)
    file.rename(folder / manifest.database)
    own = describe_file(folder / manifest.database, SQLITE)
    told = manifest.model_copy(update={"files": [own]})
    (folder / MANIFEST).write_text(told.text(), "utf-8")
