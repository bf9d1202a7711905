"""Killed while it migrates: kill -9 at every statement of every migration, and at COMMIT.

    python -m tests.reliability.crash_migration --url postgresql

From an empty store, and from one of the first migration that holds records. After each kill the
store is as it was, and the same command runs again, to be killed a statement later. The last one is
let be: the schema, as the database itself tells it, and the rows are those of a store that was
never disturbed.
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
    """Kill at every `step`-th statement, and at the last; how many there were, by origin."""
    copies, data = (
        StoreCopies(url),
        factories.write_folder(folder / "data", factories.dataset(size)),
    )
    empty = open_store(url)
    filled = copies.of(empty)
    fill_store(filled.engine.url.render_as_string(False), data)
    first = copies.of(empty)
    build_old_store(filled, first, FIRST)
    found = {}
    for name, origin in (("nothing", empty), (FIRST, first)):
        found[name] = _kill_at_each(copies, origin, data, step)
    for store in (filled, first):
        copies.drop(store)
    return found


def _kill_at_each(copies: StoreCopies, origin: Store, data: Path, step: int) -> int:
    """Kill at the statements that lead from an origin to head; how many they are."""
    before = state(origin)
    undisturbed = copies.of(origin)
    number = count_statements(undisturbed, lambda: bootstrap.migrate_and_rebuild(undisturbed))
    wanted = state(undisturbed)
    store = copies.of(origin)
    url = store.engine.url.render_as_string(hide_password=False)
    for last in sorted({*range(step, number + 1, step), number}):
        assert Child(["load", str(data)], last, database_url=url).was_killed()
        assert state(store) == before != wanted, f"statement {last} of {number}"
    bootstrap.migrate_and_rebuild(store)
    differing = differing_tables(state(store), wanted)
    assert differing == {}, differing
    for copy in (store, undisturbed):
        copies.drop(copy)
    return number


def state(store: Store) -> State:
    """The schema in the database's own words, and every table's rows.

    Without the times of changes, and without the ids of what verdicts consist of: a killed
    transaction does not turn back the sequences of PostgreSQL.
    """
    rows = table_rows(store)
    rows["change"] = [row[:2] + row[3:] for row in rows.get("change", [])]
    for name in PARTS_OF_VERDICTS & rows.keys():
        rows[name] = sorted((row[1:] for row in rows[name]), key=repr)
    return schema_of(store), rows


def differing_tables(found: State, wanted: State) -> dict[str, object]:
    """Names of tables whose rows differ, each with a row that the other has not."""
    assert found[0] == wanted[0]
    return {
        name: [row for row in rows if row not in wanted[1][name]][:1]
        for name, rows in found[1].items()
        if rows != wanted[1][name]
    }


def count_statements(store: Store, work: Callable[[], None]) -> int:
    """How many statements some work has that writes, and its commits."""
    seen: list[bool] = []

    def note(connection: object, *_more: object) -> None:
        seen.append(connection.get_execution_options().get("writing", False))  # type: ignore[attr-defined]

    for name in ("before_cursor_execute", "commit"):
        event.listen(store.engine, name, note)
    work()
    for name in ("before_cursor_execute", "commit"):
        event.remove(store.engine, name, note)
    return sum(seen)


def main() -> None:
    parser = empty_store.parser(__doc__)
    parser.add_argument("--step", type=int, default=1, help="kill at every n-th statement")
    asked = parser.parse_args()
    with empty_store.empty_store(asked.url, durable=False) as (url, folder):
        found = run(url, folder, asked.step)
    for origin, number in found.items():
        print(f"from {origin}: killed at {number} statements, then the same schema and rows")


if __name__ == "__main__":
    main()
