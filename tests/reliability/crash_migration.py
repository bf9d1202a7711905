"""Crash test of migrations: SIGKILL at every statement of every migration, and at COMMIT.

    python -m tests.reliability.crash_migration --url postgresql

It starts from an empty store, and from a store with records at the first migration. After each
kill the store is unchanged, and the same command is run and killed one statement later. The last
run is not killed: its schema and rows equal those of a store that was migrated without a kill.
"""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event

from app.kit.sessions import Store
from app.services import bootstrap
from app.services.store.opening import open_store
from tests import factories
from tests.helpers import fill_store
from tests.reliability import empty_store
from tests.reliability.crash import Child
from tests.reliability.old_schema import build_old_store
from tests.reliability.store_copies import StoreCopies, schema_of
from tests.table_rows import TableRows, table_rows

FIRST = "0001"
PARTS_OF_VERDICTS = {
    "certainty_limit",
    "certainty_step",
    "decisive",
    "fired_rule",
    "ledger_line",
    "would_change",
}
State = tuple[str, TableRows]


def run(url: str, folder: Path, step: int = 1, size: int = 3) -> dict[str, int]:
    """Kill at every `step`-th statement and the last; return the number of statements by origin."""
    copies, dataset = (
        StoreCopies(url),
        factories.write_folder(folder / "data", factories.dataset(size)),
    )
    empty = open_store(url)
    filled = copies.of(empty)
    fill_store(filled.engine.url.render_as_string(False), dataset)
    first = copies.of(empty)
    build_old_store(filled, first, FIRST)
    counts = {}
    for name, origin in (("nothing", empty), (FIRST, first)):
        counts[name] = _kill_at_each(copies, origin, dataset, step)
    for store in (filled, first):
        copies.drop(store)
    return counts


def _kill_at_each(copies: StoreCopies, origin: Store, data: Path, step: int) -> int:
    """Kill at the statements of the migration from an origin to head; return their number."""
    before = state(origin)
    undisturbed = copies.of(origin)
    number = count_statements(undisturbed, lambda: bootstrap.migrate_and_rebuild(undisturbed))
    expected = state(undisturbed)
    store = copies.of(origin)
    url = store.engine.url.render_as_string(hide_password=False)
    for last in sorted({*range(step, number + 1, step), number}):
        assert Child(["load", str(data)], last, database_url=url).was_killed()
        assert state(store) == before != expected, f"statement {last} of {number}"
    bootstrap.migrate_and_rebuild(store)
    differing = differing_tables(state(store), expected)
    assert differing == {}, differing
    for copy in (store, undisturbed):
        copies.drop(copy)
    return number


def state(store: Store) -> State:
    """Return the schema as SQL, and the rows of every table.

    Times of changes and ids of the parts of verdicts are left out: a killed transaction does not
    reset the sequences of PostgreSQL.
    """
    rows = table_rows(store)
    rows["change"] = [row[:2] + row[3:] for row in rows.get("change", [])]
    for name in PARTS_OF_VERDICTS & rows.keys():
        rows[name] = sorted((row[1:] for row in rows[name]), key=repr)
    return schema_of(store), rows


def differing_tables(actual: State, expected: State) -> dict[str, object]:
    """Return the tables whose rows differ, each with a row that is not expected."""
    assert actual[0] == expected[0]
    return {
        name: [row for row in rows if row not in expected[1][name]][:1]
        for name, rows in actual[1].items()
        if rows != expected[1][name]
    }


def count_statements(store: Store, work: Callable[[], None]) -> int:
    """Return the number of statements and commits that a function executes in write sessions."""
    is_writing: list[bool] = []

    def record_statement(connection: object, *_args: object) -> None:
        is_writing.append(connection.get_execution_options().get("writing", False))  # type: ignore[attr-defined]

    for name in ("before_cursor_execute", "commit"):
        event.listen(store.engine, name, record_statement)
    work()
    for name in ("before_cursor_execute", "commit"):
        event.remove(store.engine, name, record_statement)
    return sum(is_writing)


def main() -> None:
    parser = empty_store.parser(__doc__)
    parser.add_argument("--step", type=int, default=1, help="kill at every n-th statement")
    options = parser.parse_args()
    with empty_store.empty_store(options.url, durable=False) as (url, folder):
        counts = run(url, folder, options.step)
    for origin, number in counts.items():
        print(f"from {origin}: killed at {number} statements, then the same schema and rows")


if __name__ == "__main__":
    main()
