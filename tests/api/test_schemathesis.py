"""Schemathesis against the real server, with all of its checks, without a key and with one."""

import os
import subprocess
import sys
from pathlib import Path

from app.domain.curation import Scope
from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services.curation import api_keys
from app.services.releases import publish
from app.services.releases.archive import Archive
from app.settings import Settings
from tests import factories
from tests.helpers import fill_store, serving
from tests.params import ONE_STORE, WHOLE

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
#: One noun stands for all: every noun's addresses are built from a declaration of the same kind.
READ = "claims"
#: So does one form of what has several: the parameters of all are the same.
OTHER_FORMS = (
    *(f"graph.{form}" for form in ("dot", "graphml", "mermaid", "nodes.tsv", "edges.tsv")),
    *(f"claims/{{slug}}/synthesis{form}" for form in (".csv", "/forest.svg")),
    *(f"claims/{{slug}}/synthesis/{plot}.vl.json" for plot in ("forest", "funnel")),
    *("changes.atom", "changes.csv", "claims.{format}", "diff.csv", "matrix.csv"),
    "search.{format}",
)
FORMS = () if WHOLE else OTHER_FORMS
#: Writes are tried on a noun with few fields, of which some are lists of objects.
WRITTEN = "regions"


def run(base: str, folder: Path, noun: str, *options: str) -> None:
    """Hold the server against its own document; junk that is written goes to the folder."""
    done = subprocess.run(
        [
            Path(sys.executable).with_name("st"),
            f"--config-file={HERE / 'schemathesis.toml'}",
            "run",
            f"{base}/openapi.json",
            "--checks=all",
            "--max-examples=3",
            "--workers=1",
            "--request-timeout=60",
            "--seed=20",
            "--no-color",
            "--generation-database=none",
            *[f"--exclude-tag={name}" for name in RESOURCES if name != noun and not WHOLE],
            *[f"--exclude-path=/v1/{form}" for form in FORMS],
            *options,
        ],
        cwd=folder,
        env=os.environ
        | {
            "SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:]


@ONE_STORE
def test_the_server_keeps_every_promise_of_its_document(
    shipped_store: Store, tmp_path: Path
) -> None:
    archive = Archive(tmp_path / "releases")
    assert publish.publish_loaded(shipped_store, archive), "so that releases are asked for"
    with serving(shipped_store, archive) as base:
        run(base, tmp_path, READ, "--exclude-tag=curation")


def test_every_promise_to_a_curator_is_kept(tmp_path: Path) -> None:
    folder = factories.write_folder(tmp_path / "data", factories.dataset(5))
    store = fill_store(f"sqlite:///{tmp_path}/kkb.db", folder)
    # Not `admin`: it would revoke itself.
    scopes = [Scope.PROPOSE, Scope.REVIEW, Scope.PUBLISH]
    with store.write() as session:
        _, token = api_keys.create_key(session, "anna", scopes, 1)
    # One key sends all the requests.
    settings = Settings(database_url="sqlite://", rate_limit_requests=0)
    with serving(store, Archive(tmp_path / "releases"), settings) as base:
        run(
            base,
            tmp_path,
            WRITTEN,
            "--include-tag=curation",
            f"--header=Authorization: Bearer {token}",
        )
