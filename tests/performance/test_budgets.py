"""No address and no start costs much more than recorded: statements, full scans, bytes, imports.

`make budgets` renews the figures. docs/decisions/0028-budgets-are-counts.md says why they are
counts, and what they do not show.
"""

import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.kit.sessions import Store
from app.services.releases.archive import Archive
from app.services.store.opening import open_store
from tests.performance import budgets
from tests.performance.full_scans import ALLOWED, AllowedScans, unexpected_scans
from tests.performance.imports import Imports, imports_in, measure_imports
from tests.performance.measurement import Cost, FullScan, measure, scanned_tables

WRITE = bool(os.environ.get("WRITE_BUDGETS"))
SMALL = Cost(statements=4, plain=300, brotli=200)
LARGE = Cost(statements=40, plain=100_000, brotli=9_000)


@pytest.fixture
def own_store(released_store: tuple[Store, Archive], tmp_path: Path) -> str:
    """The address of a copy of the store with the shipped dataset."""
    file = tmp_path / "kkb.db"
    with sqlite3.connect(str(released_store[0].engine.url.database)) as source:
        source.backup(copy := sqlite3.connect(file))
        copy.close()
    return f"sqlite:///{file}"


def test_no_address_costs_more_than_recorded(
    own_store: str,
    released_store: tuple[Store, Archive],
    record_property: Callable[[str, object], None],
) -> None:
    store = open_store(own_store)
    costs, scans = measure(store, Archive(released_store[1].folder))
    store.engine.dispose()
    if WRITE:
        budgets.write_costs(costs)
    recorded = budgets.read_costs()
    for line in budgets.lower_costs(recorded, costs):
        record_property("note", f"{line}: `make budgets` would record it")
    excess = [*budgets.excess_costs(recorded, costs), *unexpected_scans(scans, ALLOWED)]
    assert not excess, "\n".join(["", *excess, budgets.RENEW])


def test_no_start_imports_more_than_recorded(own_store: str) -> None:
    measured = measure_imports(own_store)
    if WRITE:
        budgets.write_imports(measured)
    excess = [*budgets.excess_imports(budgets.read_imports(), measured)]
    assert not excess, "\n".join(["", *excess, budgets.RENEW])


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (SMALL, replace(SMALL, statements=5), ["/a, statements: 4 → 5"]),
        (SMALL, replace(SMALL, plain=364, brotli=264), []),
        (SMALL, replace(SMALL, plain=365), ["/a, bytes: 300 → 365"]),
        (LARGE, replace(LARGE, statements=44, plain=110_000, brotli=9_900), []),
        (LARGE, replace(LARGE, statements=45), ["/a, statements: 40 → 45"]),
        (LARGE, replace(LARGE, brotli=9_901), ["/a, bytes with brotli: 9000 → 9901"]),
        (LARGE, SMALL, []),
    ],
)
def test_growth_beyond_a_tenth_is_excess(before: Cost, after: Cost, lines: list[str]) -> None:
    assert list(budgets.excess_costs({"/a": before}, {"/a": after})) == lines


def test_what_is_much_lower_is_noted() -> None:
    assert list(budgets.lower_costs({"/a": LARGE}, {"/a": replace(LARGE, statements=36)})) == [
        "/a, statements: 40 → 36"
    ]
    assert not list(budgets.lower_costs({"/a": LARGE}, {"/a": replace(LARGE, statements=37)}))


def test_a_new_and_a_removed_address_need_new_figures() -> None:
    assert list(budgets.excess_costs({"/old": SMALL}, {"/new": SMALL})) == [
        "/new has no figures in costs.txt",
        "/old is in costs.txt, but no route has it",
    ]


def test_the_files_are_read_as_they_were_written(tmp_path: Path) -> None:
    costs = {"POST /v1/resolve": SMALL, "/v1/claims?q=a&limit=2": LARGE}
    budgets.write_costs(costs, tmp_path / "costs.txt")
    assert budgets.read_costs(tmp_path / "costs.txt") == costs
    budgets.write_imports({"x --help": Imports(9, {"rich": "app.x → rich"})}, tmp_path / "i.txt")
    assert budgets.read_imports(tmp_path / "i.txt") == {"x --help": (9, {"rich"})}


def test_a_package_is_reported_with_the_modules_that_import_it() -> None:
    output = """\
import time:         1 |          1 |       networkx.utils
import time:         1 |          2 |     networkx
import time:         1 |          3 |   app.services.graph
import time:         1 |          4 |   org
import time:         1 |          4 | app.main
"""
    loaded = {"networkx.utils", "networkx", "app.services.graph", "app.main"}
    recorded = {"start": (3, {"pydantic"})}
    assert list(budgets.excess_imports(recorded, {"start": imports_in(output, loaded)})) == [
        "start imports networkx: app.services.graph → networkx",
        "start: 3 → 4 modules",
    ]


@pytest.mark.parametrize(
    ("sql", "step", "tables"),
    [
        ("SELECT 1 FROM evidence", "SCAN evidence", {"evidence"}),
        ("SELECT 1 FROM evidence AS e", "SCAN e USING COVERING INDEX ix", {"evidence"}),
        ('SELECT 1 FROM x JOIN "conflict" AS "c" ON 1', "SCAN c", {"conflict"}),
        ("SELECT 1 FROM evidence", "SEARCH evidence USING INDEX ix (id=?)", set()),
        ("SELECT 1 FROM step", "SCAN step", set()),
        ("SELECT value FROM json_each(?)", "SCAN json_each VIRTUAL TABLE INDEX 1:", set()),
    ],
)
def test_a_scan_is_one_of_a_table_that_grows(sql: str, step: str, tables: set[str]) -> None:
    assert scanned_tables(sql, step) == tables


def test_a_full_scan_needs_a_reason_and_a_reason_needs_a_scan() -> None:
    scan = FullScan("app.f", "evidence", "SELECT *\nFROM evidence", ("/a", "/b"))
    assert not list(unexpected_scans([scan], [AllowedScans("app.f", {"evidence"}, "whole")]))
    assert list(unexpected_scans([scan], [AllowedScans("app.f", {"claim"}, "whole")])) == [
        "app.f reads every row of evidence for 2 addresses, such as /a: SELECT * FROM evidence;"
        " use an index, or add it to tests/performance/full_scans.py with the reason",
        "app.f does not read every row of claim: remove it from tests/performance/full_scans.py",
    ]
