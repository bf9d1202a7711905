"""A store upgraded by newer software: nodes serve reads and refuse writes, commands refuse it."""

import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, text

from app import models as m
from app.domain.curation import Scope
from app.kit.sessions import Store
from app.services.backups.backup import create_backup
from app.services.curation import api_keys
from app.services.records import read_models
from app.services.store import migrations
from tests import factories
from tests.curation.conftest import Curator
from tests.helpers import fill_store, serving
from tests.params import ONE_STORE
from tests.run_cli import kkb


def upgrade_schema(store: Store) -> None:
    """Apply a later migration while this version serves: it adds columns and tables only."""
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE claim ADD COLUMN later_field VARCHAR(60)"))
        connection.execute(text("ALTER TABLE dataset ADD COLUMN later_field INTEGER"))
        connection.execute(text("CREATE TABLE later_table (id INTEGER PRIMARY KEY)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def upgrade_software(store: Store) -> None:
    """Set the document version as a later version without a migration does at its start."""
    with store.engine.begin() as connection:
        later = f"99.0.0+0123456789ab.{read_models.FIELDS_DIGEST}"
        connection.execute(text(f"UPDATE dataset SET document_version = '{later}'"))


def change_source(store: Store) -> None:
    """Set the document version as the same version with changed code does at its start."""
    with store.engine.begin() as connection:
        other = read_models.document_version().replace("+", "+f00d")
        connection.execute(text(f"UPDATE dataset SET document_version = '{other}'"))


UPGRADES = [upgrade_schema, upgrade_software]
READS = (
    "/v1/claims?kind=efficacy&facets=kind",
    "/v1/claims/claim-1?include=evidence,verdict",
    "/v1/affinities.csv",
    "/v1/search?q=compound",
    "/v1/graph",
    "/v1/pages/claim/claim-1",
    "/v1/changes",
    "/healthz",
)


@pytest.fixture
def store(address: str, tmp_path: Path) -> Store:
    return fill_store(address, factories.write_folder(tmp_path / "data", factories.dataset(5)))


@pytest.mark.parametrize("upgrade", [*UPGRADES, change_source])
def test_a_node_serves_reads_and_refuses_writes_after_an_upgrade_by_newer_software(
    store: Store, upgrade: Callable[[Store], None]
) -> None:
    with store.write() as session:
        key, token = api_keys.create_key(session, "anna", [Scope.PROPOSE], 1)
    with serving(store) as url, httpx.Client(base_url=url, timeout=30) as client:
        anna = Curator(client, "anna", token, key["id"])
        before = [client.get(path).status_code for path in READS]
        accepted = anna.change("claims/claim-1", {"summary": "Before the upgrade."})
        upgrade(store)
        refused = anna.change("claims/claim-2", {"summary": "After the upgrade."})
        after = [client.get(path).status_code for path in READS]
        # A readiness probe may exceed its limit of 80 ms on a busy machine.
        assert any(client.get("/readyz").status_code == 200 for _ in range(50))
    assert before == after == [200] * len(READS)
    assert (accepted.status_code, refused.status_code) == (202, 503)
    assert refused.headers["retry-after"] == "60"
    assert refused.json()["type"] == "/v1/problems/service-unavailable"
    assert "newer software" in refused.json()["detail"]
    with store.read() as session:
        assert len(session.execute(select(m.Proposal.id)).all()) == 1


@pytest.mark.parametrize("upgrade", UPGRADES)
def test_every_command_refuses_a_store_of_newer_software_with_one_line(
    store: Store, address: str, tmp_path: Path, upgrade: Callable[[Store], None]
) -> None:
    create_backup(store, tmp_path / "saved.backup")
    upgrade(store)
    before = _state(store)
    settings = {"KKB_DATABASE_URL": address, "KKB_DATASET": str(tmp_path / "data")}
    for arguments in (
        ["serve", "--port", str(_free_port())],
        ["load"],
        ["load", "--replace"],
        ["export", "claims"],
        ["export", "--dataset", str(tmp_path / "exported")],
        ["backup", str(tmp_path / "new.backup")],
        ["release", "publish", "2030.1"],
        ["key", "create", "anna", "--scope", "propose"],
        ["key", "list"],
        ["key", "revoke", "1"],
    ):
        completed = kkb(*arguments, cwd=tmp_path, **settings)
        assert (completed.returncode, completed.stdout) == (1, ""), arguments
        assert completed.stderr.count("\n") == 1, (arguments, completed.stderr)
        assert "newer software" in completed.stderr, arguments
    restored = kkb("restore", str(tmp_path / "saved.backup"), cwd=tmp_path, **settings)
    assert restored.returncode == 1
    assert "has tables: replace them by" in restored.stderr
    assert _state(store) == before
    assert not (tmp_path / "exported").exists()
    assert not (tmp_path / "new.backup").exists()


@ONE_STORE
def test_restoring_a_backup_from_before_an_upgrade_restores_the_older_schema(
    store: Store, tmp_path: Path
) -> None:
    create_backup(store, tmp_path / "saved.backup")
    upgrade_schema(store)
    settings = {"KKB_DATABASE_URL": store.engine.url.render_as_string(hide_password=False)}
    arguments = ["restore", str(tmp_path / "saved.backup"), "--replace"]
    completed = kkb(*arguments, cwd=tmp_path, **settings)
    assert completed.returncode == 0, completed.stderr
    with store.read() as session:
        assert migrations.current_version(session) == migrations.head_version()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _state(store: Store) -> tuple[object, ...]:
    with store.read() as session:
        dataset = session.execute(select(m.Dataset.revision, m.Dataset.document_version)).one()
        keys = session.execute(select(m.ApiKey.id)).all()
        return migrations.current_version(session), *dataset, len(keys)
