"""The gate: on a store that grew, every filter is answered through an index, and few statements."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from sqlalchemy import event, text

from app.kit import facets, repository
from app.kit.facets import facet_counts
from app.kit.query_types import WhereRef
from app.kit.repository import Repository
from app.kit.resource import Filter, Resource
from app.kit.sessions import ReadSession, Store
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.evidence.synthesis.loader import read_synthesis_facts
from app.services.store.opening import open_store
from app.services.store.revision import current_revision
from benchmarks.synthetic import SyntheticDataset
from tests.helpers import shipped_folder
from tests.performance.measurement import SMALL_TABLES

NOTES = 3000
LARGE = NOTES // 10
LISTING = Repository(RESOURCES)
EACH = pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda r: r.name)
FILTERS = [(r, f) for r in RESOURCES.values() for f in r.filters]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Ten times the shipped notes, on SQLite; PostgreSQL plans by its own statistics."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('grown')}/kkb.db")
    bootstrap.migrate_and_rebuild(store)
    assert bootstrap.load(store, SyntheticDataset(shipped_folder(), NOTES, seed=1))
    yield store
    store.engine.dispose()


@pytest.fixture(scope="module")
def large(grown: Store) -> set[str]:
    """The tables that hold a tenth as many rows as there are notes, or more."""
    with grown.read() as session:
        names = session.execute(text("SELECT name FROM sqlite_schema WHERE type = 'table'"))
        found = {
            name
            for name in names.scalars().all()
            if session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() >= LARGE
        }
    assert {"record", "document", "evidence", "finding", "study", "reference"} <= found
    assert not found & SMALL_TABLES
    return found


class Asked:
    """The statements of a store with their parameters, in order."""

    def __init__(self, store: Store) -> None:
        self.statements: list[tuple[str, Any]] = []
        self.store = store

    def __enter__(self) -> "Asked":
        event.listen(self.store.engine, "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.store.engine, "before_cursor_execute", self._hear)

    def _hear(self, _c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        self.statements.append((statement, parameters))


def plan(session: ReadSession, statement: str, parameters: Any) -> list[str]:
    explained = session.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row[3] for row in explained]


def value_of(session: ReadSession, resource: Resource, declared: Filter) -> Any:
    """Some value that the filter takes: the plan does not hang on which."""
    field = RESOURCES.list_query(resource).model_fields[declared.attribute]
    if isinstance(declared.marker, WhereRef):
        kind = RESOURCES[declared.marker.to.partition("|")[0]].record_type
        found = text("SELECT slug FROM record WHERE type = :kind ORDER BY slug LIMIT 1")
        return [session.execute(found, {"kind": kind}).scalar_one()]
    kinds = [field.annotation, *get_args(field.annotation)]
    if bool in kinds:
        return False
    if int in kinds or float in kinds:
        return 2001 if declared.name.startswith("year") else 5
    if get_origin(field.annotation) is not list:
        return "2019" if declared.name.startswith("date") else WELL_FORMED.get(declared.name, "x")
    inner = get_args(field.annotation)[0]
    if hasattr(inner, "__members__"):
        return [next(iter(inner))]
    return [WELL_FORMED.get(declared.name, "x")]


#: For filters that take identifiers of one format alone.
WELL_FORMED = {
    "doi": "10.1038/nature17998",
    "inchikey": "YQEZLKZALYSWHR-UHFFFAOYSA-N",
    "jurisdiction": "US",
    "pmcid": "PMC4922311",
    "pmid": "27144355",
    "registration": "NCT00088699",
}


#: Filters whose total takes a look at each record, by its covering index, once per revision: no
#: index lists the records that nothing refers to.
ANTI_JOINS = {("studies", "has_evidence"): "SCAN study USING COVERING INDEX"}


@pytest.mark.parametrize(
    ("resource", "declared"), FILTERS, ids=[f"{r.name}-{f.name}" for r, f in FILTERS]
)
def test_every_filter_is_answered_through_an_index(
    grown: Store, large: set[str], resource: Resource, declared: Filter
) -> None:
    with grown.read() as session:
        value = value_of(session, resource, declared)
        query = RESOURCES.list_query(resource)(**{declared.name: value})
        with Asked(grown) as asked:
            LISTING.list_page(session, resource, query)
        allowed = ANTI_JOINS.get((resource.name, declared.name), "none")
        for statement, parameters in asked.statements:
            scanned = [
                step
                for step in plan(session, statement, parameters)
                if (step.startswith("SCAN") and step.split()[1] in large) or "(type=?)" in step
            ]
            assert [step for step in scanned if not step.startswith(allowed)] == [], statement


@EACH
def test_many_records_are_met_in_order_and_a_page_deep_down_is_sought(
    grown: Store, resource: Resource
) -> None:
    with grown.read() as session:
        for after in ((), ["m"]):
            with Asked(grown) as asked:
                LISTING._read_rows(session, resource, [], (), 51, after, small=False)
            ((statement, parameters),) = asked.statements
            _, *found, walk, joined, _ = plan(session, statement, parameters)
            # The page alone is put in order once more, with its documents.
            assert walk.startswith("SCAN anon_1"), walk
            assert "SEARCH document USING INTEGER PRIMARY KEY" in joined, joined
            assert_met_in_order(found, "(type=? AND slug>?)" if after else "(type=?)")


@EACH
def test_an_export_of_many_records_is_one_walk(
    grown: Store, resource: Resource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "SMALL_RESULT", -1)
    query = RESOURCES.export_query(resource)()
    with grown.read() as session:
        with Asked(grown) as asked:
            next(LISTING.iter_documents(session, resource, query), None)
        _, (statement, parameters) = asked.statements
        assert_met_in_order(plan(session, statement, parameters), "(type=?)")


def assert_met_in_order(steps: list[str], wanted: str) -> None:
    assert not any("TEMP B-TREE" in step or "SCAN" in step for step in steps), steps
    assert "record" in steps[0], steps
    assert wanted in steps[0], steps


@EACH
def test_a_page_costs_as_many_statements_as_on_a_small_store(
    grown: Store, resource: Resource
) -> None:
    """One for the documents, one for the total where it was not counted yet."""
    found = Repository(RESOURCES)
    model = RESOURCES.list_query(resource)
    with grown.read() as session:
        session.state = current_revision(session)
        with Asked(grown) as asked:
            first = found.list_page(session, resource, model(limit=20))
        assert len(asked.statements) == 2
        with Asked(grown) as asked:
            if first.next:
                found.list_page(session, resource, model(limit=20, cursor=first.next))
            found.get_documents(session, resource, ["x"])
        assert len(asked.statements) == (2 if first.next else 1)


@EACH
def test_an_include_leads_from_the_record_through_indexes(
    grown: Store, large: set[str], resource: Resource
) -> None:
    with grown.read() as session:
        for name in resource.includes:
            with Asked(grown) as asked:
                LISTING.load_includes(session, resource, [1, 2, 3], [name])
            for statement, parameters in asked.statements:
                for step in plan(session, statement, parameters):
                    assert not (step.startswith("SCAN") and step.split()[1] in large), step
                    assert "(type=?)" not in step, "every record of a noun is met on the way"


def test_claims_in_the_order_of_their_verdicts_are_met_through_its_index(grown: Store) -> None:
    resource = RESOURCES["claims"]
    with grown.read() as session:
        with Asked(grown) as asked:
            LISTING._read_rows(session, resource, [], ["-verdict"], 51, (), small=False)
        ((statement, parameters),) = asked.statements
        steps = plan(session, statement, parameters)
    assert any("ix_verdict_verdict_rank" in step for step in steps), steps


@pytest.mark.parametrize("name", ["study", "reference"])
def test_a_facet_of_too_many_values_is_refused_before_it_is_counted(
    grown: Store, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = RESOURCES["evidence"]
    steps = [0]

    def count_hundred() -> bool:
        steps[0] += 1
        return False

    def steps_of_facet() -> int:
        """How many instructions SQLite runs for the facet, in hundreds."""
        steps[0] = 0
        with grown.read() as session:
            driver: Any = session.connection.connection.driver_connection
            driver.set_progress_handler(count_hundred, 100)
            try:
                facet_counts(session, RESOURCES, evidence, [], name)
            finally:
                driver.set_progress_handler(None, 0)
        return steps[0]

    counted = steps_of_facet()
    monkeypatch.setattr(facets, "MAX_VALUES", 50)
    with pytest.raises(facets.TooManyValuesError):
        steps_of_facet()
    assert steps[0] < counted / 10


def test_the_facts_of_a_claim_are_read_through_indexes(grown: Store, large: set[str]) -> None:
    claim = "esketamine-relieves-treatment-resistant-depression"
    with grown.read() as session, Asked(grown) as asked:
        facts = read_synthesis_facts(session, claim)
        assert facts is not None
        assert len(facts.evidence.estimates) > 50
    assert len(asked.statements) == 9
    with grown.read() as session:
        for statement, parameters in asked.statements:
            steps = plan(session, statement, parameters)
            scanned = [s for s in steps if s.startswith("SCAN") and s.split()[1] in large]
            assert scanned == [], statement
