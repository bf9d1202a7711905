"""kgx: the graph tables pass its validator, and each row the Biolink Model's own class."""

from pathlib import Path

import httpx
import pytest

from tests.clients.environments import python_environment

pytestmark = [pytest.mark.clients, pytest.mark.heavy]


def test_graph_tables_are_valid_kgx(service_url: str, tmp_path: Path) -> None:
    environment = python_environment("kgx==2.6.0", "bmt==1.5.0", "biolink-model==4.4.6")
    for table in ("nodes.tsv", "edges.tsv"):
        response = httpx.get(f"{service_url}/v1/graph.{table}?include_refuted=true")
        (tmp_path / table).write_bytes(response.raise_for_status().content)
    program = Path(__file__).with_name("kgx_validate.py")
    environment.run("python", program, "nodes.tsv", "edges.tsv", cwd=tmp_path)
