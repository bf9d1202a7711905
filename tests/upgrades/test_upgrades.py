"""Stores of earlier versions are migrated and recomputed at the start, and are whole afterwards.

`make_stores` made them with the code of those versions.
"""

import lzma
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, text

from app import models as m
from app.domain.curation import State
from app.domain.durations import in_hours
from app.domain.verdicts.rule import RULE_VERSION
from app.domain.vocabulary import TimeUnit
from app.kit.sessions import ReadSession, Store
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.curation.proposal_changes import changes_of, dry_run
from app.services.records import commit, history
from app.services.releases.archive import SingleReleaseArchive
from app.services.store import migrations
from app.services.store.opening import open_store
from tests import store_templates
from tests.helpers import serving
from tests.params import alternate_stores
from tests.reliability.integrity_check import integrity_errors, read_model_errors
from tests.reliability.old_schema import build_old_store
from tests.upgrades.make_stores import CHANGES, COMMITS, STORES, WITH_RELEASE

NAMES = sorted(file.name.removesuffix(".db.xz") for file in STORES.glob("*.db.xz"))
#: The oldest, which had no curators yet.
OLDEST = "schema-0004"
LATER = [name for name in NAMES if name != OLDEST]
#: From this schema on, each has a store before the next one is added.
FIRST_REQUIRED_SCHEMA = "0014"
#: Verdicts under rule 2026.11.1 and now; of one claim one trial is read, the other has no question.
DECIDED_OTHERWISE = {
    "esketamine-iv-relieves-depression": ("weak", "suggestive"),
    "iv-hydration-treats-depression": ("untested", "not_judged"),
}
#: Tables that hold the verdicts of a release.
VERDICT_TABLES = ("verdict", "ledger_line", "fired_rule", "would_change", "decisive", "conflict")
EARLIER_RULE = (OLDEST, "schema-0006", "schema-0008")


@pytest.fixture
def old_store(version: str, address: str, tmp_path: Path) -> Store:
    """A store as an earlier version left it; on PostgreSQL with the same rows."""
    file = tmp_path / "kkb.db"
    file.write_bytes(lzma.decompress((STORES / f"{version}.db.xz").read_bytes()))
    made = open_store(f"sqlite:///{file}")
    if address.startswith("sqlite"):
        return made
    with made.read() as session:
        schema = str(migrations.current_version(session))
    store = open_store(address)
    build_old_store(made, store, schema)
    return store


@pytest.fixture
def upgraded_store(version: str, address: str, request: pytest.FixtureRequest) -> Store:
    """A store of an earlier version after a start; of each version one is upgraded, then copied."""
    content = f"upgraded-{version}"
    if not store_templates.copy_into(content, address):
        store: Store = request.getfixturevalue("old_store")
        bootstrap.migrate_and_rebuild(store)
        store.engine.dispose()
        store_templates.save_template(content, address)
    return open_store(address)


every_version = alternate_stores("version", [*LATER, OLDEST], on_both=(OLDEST, LATER[-1]))


@every_version
def test_a_store_of_an_earlier_version_is_whole_after_a_start(
    version: str, upgraded_store: Store, tmp_path: Path
) -> None:
    assert integrity_errors(upgraded_store) == []
    assert read_model_errors(upgraded_store) == []
    with upgraded_store.read() as session:
        assert set(session.execute(select(m.Verdict.rule_version)).scalars()) == {RULE_VERSION}
        after = _counts(session)
        in_months = select(m.Arm.timepoint_value, m.Arm.time_hours)
        in_months = in_months.where(m.Arm.timepoint_unit == TimeUnit.MONTH)
        assert all(hours == in_hours(n, "month") for n, hours in session.execute(in_months))
    file = tmp_path / "before.db"
    file.write_bytes(lzma.decompress((STORES / f"{version}.db.xz").read_bytes()))
    with open_store(f"sqlite:///{file}").read() as session:
        before = _counts(session)
    kept = before.keys() - {"regulatory_act", "conflict"}
    assert {kind: after[kind] for kind in kept} == {kind: before[kind] for kind in kept}


@every_version
def test_a_second_start_writes_nothing(upgraded_store: Store) -> None:
    with upgraded_store.read() as session:
        revision = commit.revision_of(session)
        entries = session.execute(select(m.Change.id)).all()
    bootstrap.migrate_and_rebuild(upgraded_store)
    with upgraded_store.read() as session:
        assert commit.revision_of(session) == revision
        assert session.execute(select(m.Change.id)).all() == entries


@alternate_stores("version", EARLIER_RULE)
def test_verdicts_of_an_earlier_rule_are_recomputed_with_audit_log_entries(
    old_store: Store,
) -> None:
    verdict = text(
        "SELECT verdict FROM verdict JOIN record ON record.id = claim_id WHERE slug = :s"
    )
    with old_store.read() as session:
        before = {s: session.execute(verdict, {"s": s}).scalar() for s in DECIDED_OTHERWISE}
        revision = session.execute(text("SELECT revision FROM dataset")).scalar_one()
    bootstrap.migrate_and_rebuild(old_store)
    with old_store.read() as session:
        after = {s: session.execute(verdict, {"s": s}).scalar() for s in DECIDED_OTHERWISE}
        assert commit.revision_of(session) == revision + 1
        for slug in DECIDED_OTHERWISE:
            log = history.for_record(RESOURCES["verdicts"], slug)
            last = history.changes(session, log, 99)[-1]
            assert (last["revision"], last["who"]) == (revision + 1, "kkb")
            assert last["why"] == commit.RECOMPUTED
            assert "verdict" in {change["field"] for change in last["fields"]}
    assert {s: (before[s], after[s]) for s in before} == DECIDED_OTHERWISE


@alternate_stores("version", LATER)
def test_a_curator_s_changes_and_proposals_outlive_an_upgrade(upgraded_store: Store) -> None:
    accepted, (waiting, _) = CHANGES[:-1], CHANGES[-1]
    with serving(upgraded_store) as url, httpx.Client(base_url=url, timeout=30) as client:
        for record, patch in accepted:
            data = client.get(f"/v1/{record}").json()["data"]
            assert {field: data[field] for field in patch} == patch
            last = client.get(f"/v1/{record}/history").json()["data"]
            assert "anna" in {entry["who"] for entry in last}
    with upgraded_store.write() as session:
        (number,) = session.execute(
            select(m.Proposal.id).where(m.Proposal.state == State.PROPOSED)
        ).scalars()
        changes = changes_of(session, number)
        assert [f"{change['collection']}/{change['slug']}" for change in changes] == [waiting]
        assert dry_run(session, number) == []


@pytest.mark.parametrize("version", ["0.3.0"])
def test_texts_that_only_an_earlier_version_accepted_do_not_prevent_a_start(
    old_store: Store,
) -> None:
    slug = "ketamine-blocks-nmda-receptor"
    with old_store.write() as session:
        name = {"name": "Two\nlines, and a zero-width\u200b space", "slug": slug}
        session.execute(text("UPDATE record SET name = :name WHERE slug = :slug"), name)
        session.execute(text("UPDATE regulatory_act SET wording = :name, product = :name"), name)
    bootstrap.migrate_and_rebuild(old_store)
    assert read_model_errors(old_store) == []
    with old_store.read() as session:
        names = session.execute(select(m.Record.name).where(m.Record.slug == slug)).scalars().all()
    assert len(names) == 2, "the claim and its verdict"
    assert all(found.startswith(name["name"]) for found in names)


@pytest.fixture(params=WITH_RELEASE)
def published(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The file of a release whose verdicts are of rule 2026."""
    file = tmp_path / "release.sqlite"
    content = (STORES / f"{request.param}-release.sqlite.xz").read_bytes()
    file.write_bytes(lzma.decompress(content))
    return file


@pytest.mark.parametrize("table", VERDICT_TABLES)
def test_a_published_release_keeps_its_verdicts(published: Path, table: str) -> None:
    content = published.read_bytes()
    with closing(sqlite3.connect(published)) as connection:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        rows = text(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id")
        before = connection.execute(str(rows)).fetchall()
    release = SingleReleaseArchive(published).only
    with release.store.read() as session:
        assert [tuple(row) for row in session.execute(rows)] == before
        rules = set(session.execute(select(m.Verdict.rule_version)).scalars())
        assert all(rule.startswith("2026.") for rule in rules)
        for check in ("integrity_check", "quick_check"):
            assert session.connection.exec_driver_sql(f"PRAGMA {check}").all() == [("ok",)]
    assert before
    assert published.read_bytes() == content


def test_the_words_and_points_of_a_published_release_are_read_over_http(published: Path) -> None:
    with closing(sqlite3.connect(published)) as connection:
        stored = connection.execute(
            "SELECT slug, verdict, certainty, points_for, points_against, share_for, rule_version"
            " FROM verdict JOIN record ON record.id = verdict.id ORDER BY slug"
        ).fetchall()
        (ledger,) = connection.execute("SELECT count(*), sum(points) FROM ledger_line").fetchall()
    archive = SingleReleaseArchive(published)
    with serving(archive.only.store, archive) as url, httpx.Client(base_url=url) as client:
        answer = client.get("/v1/verdicts?limit=100&sort=slug")
        assert answer.status_code == 200, answer.text
        served = answer.json()["data"]
        names = ("slug", "verdict", "certainty", "points_for", "points_against", "share_for")
        assert [tuple(v[name] for name in (*names, "rule_version")) for v in served] == stored
        lines = [line for verdict in served for line in verdict["ledger"]]
        assert (len(lines), sum(line["points"] for line in lines)) == ledger
        for word in {row[1] for row in stored}:
            found = client.get(f"/v1/verdicts?verdict={word}").json()["data"]
            assert {verdict["verdict"] for verdict in found} == {word}
    assert {"weak", "untested"} <= {row[1] for row in stored}


def test_every_released_version_and_the_schema_before_the_newest_have_a_store() -> None:
    assert set(COMMITS) <= set(NAMES)
    *_, previous, _ = sorted(migrations.known_versions())
    has_store = previous < FIRST_REQUIRED_SCHEMA or f"schema-{previous}" in NAMES
    command = "python -m tests.upgrades.make_stores --schema main"
    assert has_store, f"commit the store of the schema before a new migration: {command}"


def _counts(session: ReadSession) -> dict[str, int]:
    rows = session.execute(text("SELECT type, count(*) FROM record GROUP BY type"))
    return {row[0]: row[1] for row in rows}
