"""DuckDB, polars and pandas read exports and release files by their address."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.services.releases import publish
from app.services.releases.archive import Archive
from tests import helpers
from tests.clients.environments import Environment, python_environment

pytestmark = pytest.mark.clients

DUCKDB = ("duckdb==1.5.5", "duckdb-extension-httpfs==1.5.5")
DATAFRAMES = ("pandas==3.1.1", "polars==2.1.0", "pyarrow==26.0.1")
#: The extension comes as a package: its own download is from a host that is no registry.
DUCKDB_SCRIPT = """
import importlib.resources, json, sys
import duckdb, duckdb_extension_httpfs

url = sys.argv[1]
extensions = importlib.resources.files(duckdb_extension_httpfs) / "extensions"
(httpfs,) = extensions.glob("*/httpfs.duckdb_extension")
connection = duckdb.connect()
connection.execute(f"LOAD '{httpfs}'")
tightest = (
    "SELECT compound.slug, value_nm, reference.doi FROM '{}' WHERE receptor.slug = 'nmda-receptor'"
    " AND relation = '=' ORDER BY value_nm, slug LIMIT 3"
)
file = f"{url}/v1/releases/1/files/affinities.parquet"
print(json.dumps({
    "export": connection.sql(tightest.format(f"{url}/v1/affinities.parquet")).fetchall(),
    "release": connection.sql(tightest.format(file)).fetchall(),
    "unnested": connection.sql(
        f"SELECT count(*) FROM (SELECT unnest(effects) FROM '{url}/v1/evidence.parquet')"
    ).fetchone()[0],
    "csv": connection.sql(f"SELECT count(*) FROM read_csv('{url}/v1/claims.csv')").fetchone()[0],
    "ndjson": connection.sql(
        f"SELECT count(*) FROM read_json('{url}/v1/claims.ndjson')"
    ).fetchone()[0],
}))
"""
DATAFRAME_SCRIPT = """
import json, os, sys
import pandas, polars

os.environ.pop("SSL_CERT_DIR", None)  # tests/conftest.py sets it; polars wants certificates always

url = sys.argv[1] + "/v1/affinities"
parquet, csv = pandas.read_parquet(f"{url}.parquet"), pandas.read_csv(f"{url}.csv")
ndjson = pandas.read_json(f"{url}.ndjson", lines=True)
frame = polars.read_parquet(f"{url}.parquet")
lazy = polars.scan_parquet(sys.argv[1] + "/v1/releases/1/files/affinities.parquet")
print(json.dumps({
    "rows": [len(parquet), len(csv), len(ndjson), frame.height],
    "relations": [sorted(f["relation"].unique().tolist()) for f in (parquet, csv, ndjson)],
    "dois": frame["reference"].struct.field("doi").drop_nulls().len(),
    "csv_dois": int(csv["reference_doi"].notna().sum()),
    "lazy": lazy.select("slug").collect()["slug"].to_list() == parquet["slug"].tolist(),
}))
"""


@pytest.fixture(scope="module")
def released_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Base URL of a server with the shipped dataset, published as release 1."""
    folder = tmp_path_factory.mktemp("dataframes")
    store = helpers.fill_store(f"sqlite:///{folder}/kkb.db", helpers.SHIPPED)
    archive = Archive(folder / "releases")
    publish.publish(store, archive, "1")
    with helpers.serving(store, archive) as url:
        yield url
    store.engine.dispose()


def run_script(environment: Environment, script: str, url: str, folder: Path) -> dict[str, Any]:
    (folder / "read.py").write_text(script)
    output: dict[str, Any] = json.loads(
        environment.run("python", folder / "read.py", url, cwd=folder).splitlines()[-1]
    )
    return output


def listed(url: str, **query: str) -> list[dict[str, Any]]:
    response = httpx.get(f"{url}/v1/affinities", params={"limit": "500", **query})
    data: list[dict[str, Any]] = response.raise_for_status().json()["data"]
    return data


def test_duckdb_reads_exports_and_release_files_by_address(
    released_url: str, tmp_path: Path
) -> None:
    found = run_script(python_environment(*DUCKDB), DUCKDB_SCRIPT, released_url, tmp_path)
    rows = listed(released_url, receptor="nmda-receptor", sort="value_nm,slug")
    equal = [row for row in rows if row["relation"] == "=" and row["value_nm"] is not None]
    expected = [[r["compound"]["slug"], r["value_nm"], r["reference"]["doi"]] for r in equal[:3]]
    assert found["export"] == found["release"] == expected
    claims = int(httpx.head(f"{released_url}/v1/claims.csv").headers["x-total-count"])
    assert found["csv"] == found["ndjson"] == claims
    assert found["unnested"] > claims


@pytest.mark.heavy
def test_pandas_and_polars_read_the_same_rows_from_every_format(
    released_url: str, tmp_path: Path
) -> None:
    found = run_script(python_environment(*DATAFRAMES), DATAFRAME_SCRIPT, released_url, tmp_path)
    rows = listed(released_url)
    assert found["rows"] == [len(rows)] * 4
    relations = sorted({row["relation"] for row in rows})
    assert found["relations"] == [relations] * 3
    dois = sum(row["reference"]["doi"] is not None for row in rows)
    assert (found["dois"], found["csv_dois"], found["lazy"]) == (dois, dois, True)
