"""The overview tables are updated by every write: they equal those of a full rebuild."""

from operator import ne
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from app import models as m
from app.kit.filter_clauses import filter_clause, where_clauses
from app.kit.query_types import WhereRef
from app.kit.sessions import ReadSession, Store, WriteSession
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.dataset.folder import read_folder
from app.services.evidence.evidence_count_names import CITED_BY_ENTITY, CLAIM_GROUPS, SIDES
from app.services.evidence.matrix import outcome_grid
from app.services.evidence.studied_outcomes import MAX_NOTES
from app.services.records import facet_counts, overviews
from tests import factories
from tests.helpers import fill_store

Content = dict[str, list[dict[str, Any]]]
TABLES = (m.TimelinePoint, m.TimelineTotal, m.StudiedOutcome, m.StudiedClaim, m.FacetCount)
#: Fields of a time after the dose.
TIME = {"timepoint_value": 2, "timepoint_unit": "day"}


def content_with_times() -> Content:
    """Return a dataset of notes with timepoints, on mechanism, efficacy and safety claims."""
    content = factories.dataset(6)
    for note in content["evidence"]:
        del note["timepoint_absence"], note["estimates"]
        for item in (note, note["effects"][0], note["arms"][0]):
            item.update(TIME)
    for claim in content["claims"]:
        del claim["readings"]
    for number, kind in ((1, "efficacy"), (2, "safety"), (3, "efficacy")):
        claim = content["claims"][number]
        claim |= {"kind": kind, "object": f"indication:indication-{number}", "predicate": "treats"}
    return content


@pytest.fixture
def store(address: str, tmp_path: Path) -> Store:
    return fill_store(address, factories.write_folder(tmp_path / "data", content_with_times()))


def rows(session: ReadSession) -> list[set[str]]:
    """Return the rows of each table."""
    return [{str(row) for row in session.execute(select(t.__table__))} for t in TABLES]


def change_notes(content: Content) -> None:
    """Change the time of a note, the compound of another one, and the claims of a third one."""
    content["evidence"][0]["effects"][0].update(timepoint_value=3)
    content["evidence"][1].update(compound="compound-1")
    content["evidence"][5]["claims"].pop()
    content["evidence"][4]["claims"][0].update(direction="neutral")
    content["evidence"][3].update(reference="reference-2")


def change_claims_and_studies(content: Content) -> None:
    """Change the object of a claim, the kind of another one, and indications and species."""
    content["claims"][2].update(object="indication:indication-4")
    benefit = {"kind": "efficacy", "object": "indication:indication-5", "predicate": "treats"}
    content["claims"][4].update(benefit)
    content["evidence"][4].update(finding="A note on a claim that changes with it.")
    content["studies"][5].update(indications=["indication-2"])
    content["studies"][2].update(species="rat")
    content["pathways"][3]["steps"].reverse()
    content["pathways"][4]["steps"].pop()


def withdraw_a_note(content: Content) -> None:
    """Withdraw a note."""
    del content["evidence"][3]


def test_overview_tables_after_a_write_equal_those_of_a_rebuild(
    store: Store, tmp_path: Path
) -> None:
    content = content_with_times()
    for change in (change_notes, change_claims_and_studies, withdraw_a_note):
        with store.read() as session:
            before = rows(session)
        change(content)
        folder = read_folder(factories.write_folder(tmp_path / "data", content))
        assert folder.errors == []
        assert bootstrap.load(store, folder, allow_withdrawals=True)
        with store.write() as session:
            after = rows(session)
            assert all(map(ne, after, before)), change.__name__
            overviews.rebuild(session)
            facet_counts.rebuild(session)
            assert rows(session) == after, change.__name__


def test_a_stored_facet_count_equals_the_number_of_records_that_its_filters_select(
    store: Store,
) -> None:
    with store.read() as session:
        stored = [tuple(row) for row in session.execute(select(m.FacetCount.__table__))]
        selected = [
            (name, value, _count_selected(session, name, value)) for name, value, _ in stored
        ]
    assert len({name for name, *_ in stored}) > 50
    assert selected == stored


def _count_selected(session: ReadSession, name: str, value: str) -> int:
    """Return the number of records that the filters of a stored facet count select."""
    collection, _, rest = name.partition(".")
    facet, *side = rest.split(".")
    if name == CITED_BY_ENTITY:
        return _count(session, m.Evidence.reference_id.distinct(), "evidence", entity=[int(value)])
    filters: dict[str, list[Any]] = {}
    if facet:
        by_record = isinstance(RESOURCES[collection].facets[facet].marker, WhereRef)
        filters[facet] = [int(value) if by_record else value]
    if side:
        filters["direction"] = list(SIDES[side[1]])
        filters |= {"claim_kind": list(CLAIM_GROUPS[side[0]])} if side[0] else {}
    return _count(session, RESOURCES[collection].key, collection, **filters)


def _count(session: ReadSession, column: Any, collection: str, **filters: list[Any]) -> int:
    facets = RESOURCES[collection].facets
    matching = where_clauses([filter_clause(facets[n], values) for n, values in filters.items()])
    stmt = select(func.count(column)).select_from(RESOURCES[collection].key.class_)
    return int(session.execute(stmt.where(*matching)).scalar_one())


def test_a_cell_of_the_matrix_lists_its_first_notes_and_counts_all(store: Store) -> None:
    with store.write() as session:
        copies = copy_note(session, "evidence-1", MAX_NOTES)
        overviews.rebuild(session)
        (outcome,) = session.execute(
            select(m.Record.id).where(m.Record.slug == "indication-1")
        ).scalars()
        _, (cell,) = outcome_grid(session, ["compound-0"], ["indication:indication-1"], [outcome])
    notes = sorted([*copies, "evidence-0", "evidence-1", "evidence-5"])
    assert cell["count"] == len(notes)
    assert cell["notes"] == notes[:MAX_NOTES]


def copy_note(session: WriteSession, slug: str, number: int) -> list[str]:
    """Insert copies of a note and of its finding, and return their slugs."""
    note = session.execute(select(m.Record.id).where(m.Record.slug == slug)).scalar_one()
    last = session.execute(select(func.max(m.Record.id))).scalar_one()
    slugs = {f"copy-{n}": last + n for n in range(1, number + 1)}
    for table, key in ((m.Record, m.Record.id), (m.Evidence, m.Evidence.id)):
        row = dict(session.execute(select(table.__table__).where(key == note)).mappings().one())
        overrides = [{"slug": s, "folded": s} if table is m.Record else {} for s in slugs]
        copies = [
            row | override | {"id": n}
            for n, override in zip(slugs.values(), overrides, strict=True)
        ]
        session.execute(insert(table), copies)
    stmt = select(m.Finding.__table__).where(m.Finding.evidence_id == note)
    finding = dict(session.execute(stmt.order_by(m.Finding.id)).mappings().first() or {})
    del finding["id"]
    session.execute(insert(m.Finding), [finding | {"evidence_id": n} for n in slugs.values()])
    return list(slugs)
