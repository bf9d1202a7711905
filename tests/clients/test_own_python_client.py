"""The Python client of clients/python against a served store; its README and its notebook run."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import httpx
import pytest

from app.resources import RESOURCES
from tests.clients.own_client import FOLDER, ketamine_kb_client
from tests.params import ONE_STORE

Client: Any = ketamine_kb_client.Client
pytestmark = ONE_STORE


@pytest.fixture
def address(shipped_client: httpx.Client) -> str:
    """Address of a server of the shipped dataset."""
    return str(shipped_client.base_url).rstrip("/")


@pytest.fixture
def kb(address: str) -> Iterator[Any]:
    """A client of it."""
    with Client(address) as client:
        yield client


def test_a_list_is_read_over_all_its_pages(kb: Any) -> None:
    slugs = [record["slug"] for record in kb.claims.list(limit=50)]
    assert len(slugs) == len(set(slugs)) == kb.claims.count() > 100
    assert len(list(kb.studies.list(design="rct_parallel"))) == kb.studies.count(
        design="rct_parallel"
    )


def test_every_collection_is_an_attribute(kb: Any) -> None:
    for name in RESOURCES:
        assert next(iter(getattr(kb, name.replace("-", "_")).list(limit=1)))["slug"]


def test_a_record_comes_with_what_it_includes(kb: Any) -> None:
    claim = kb.claims.get("ketamine-relieves-ptsd", include=["verdict"])
    assert claim["slug"] == "ketamine-relieves-ptsd"
    assert claim["included"]["verdicts"]["ketamine-relieves-ptsd"]["verdict"] == claim["verdict"]


def test_many_records_keep_their_order_and_name_the_unknown(kb: Any) -> None:
    slugs = [record["slug"] for record in kb.evidence.list()]
    wanted = [*slugs[:300], "unknown", *slugs[:3]]
    found = list(kb.evidence.many(wanted))
    assert [record and record["slug"] for record in found] == [*slugs[:300], None, *slugs[:3]]


def test_facets_bibtex_history_and_search(kb: Any) -> None:
    verdicts = kb.claims.facet("verdict")
    assert sum(verdicts.values()) == kb.claims.count()
    assert kb.claims.bibtex(slug="ketamine-relieves-ptsd").startswith("@")
    first = next(iter(kb.claims.history("ketamine-relieves-ptsd")))
    assert first["action"] == "create"
    hits = [hit["slug"] for hit in kb.search("rapamycin", type="claim")]
    assert "mtorc1-needed-for-ketamine-effect" in hits


def test_errors_say_what_would_work(kb: Any) -> None:
    with pytest.raises(ketamine_kb_client.NotFoundError) as unknown:
        kb.claims.get("ketamine-relieves-ptd")
    assert "/v1/claims/ketamine-relieves-ptsd" in unknown.value.did_you_mean
    with pytest.raises(ketamine_kb_client.InvalidRequestError, match="Did you mean verdict"):
        kb.claims.count(verdit="contested")
    with pytest.raises(ketamine_kb_client.NotFoundError, match="/v1"):
        kb.clams.count()


def test_the_readme_runs(address: str) -> None:
    text = (FOLDER / "README.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    output = io.StringIO()
    with redirect_stdout(output):
        exec(code.replace("http://127.0.0.1:8000", address), {})  # noqa: S102
    assert "inconclusive very_low" in output.getvalue()


def test_the_notebook_runs_and_agrees_with_the_service(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KKB_SERVICE", address)
    notebook = json.loads((FOLDER / "meta_analysis.ipynb").read_text())
    code = "\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"
    )
    output = io.StringIO()
    with redirect_stdout(output):
        exec(code, {})  # noqa: S102
    assert "supported moderate" in output.getvalue()
