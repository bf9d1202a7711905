"""datamodel-code-generator: its pydantic models accept real responses of all kinds."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.resources import RESOURCES
from tests.clients.environments import python_environment

pytestmark = pytest.mark.clients
PROGRAM = Path(__file__).with_name("programs") / "validate_answers.py"
DEPRESSION = "indication=treatment-resistant-depression"
#: Path template → request.
READS = {
    "/healthz": "/healthz",
    "/v1": "/v1",
    "/v1/meta": "/v1/meta",
    "/v1/cite": "/v1/cite",
    "/v1/problems/{name}": "/v1/problems/not-found",
    "/v1/search": "/v1/search?q=rapamicin",
    "/v1/suggest": "/v1/suggest?q=keta",
    "/v1/resolve/{anything}": "/v1/resolve/PMID:16894061",
    "/v1/matrix": "/v1/matrix?columns=receptor",
    "/v1/gaps": "/v1/gaps",
    "/v1/timeline": f"/v1/timeline?compound=esketamine&{DEPRESSION}",
    "/v1/changes": "/v1/changes",
    "/v1/graph": "/v1/graph?pathway=gsk3",
    "/v1/paths": "/v1/paths?from=process:glutamate-release&to=receptor:cacna1c",
    "/v1/neighbourhood/{entity}": "/v1/neighbourhood/receptor:hcn1?hops=1",
    "/v1/explain": "/v1/explain?compound=ketamine&indication=general-anaesthesia",
    "/v1/claims/{slug}/verdict": "/v1/claims/ketamine-relieves-ptsd/verdict?year_to=2021",
    "/v1/claims/{slug}/readings": "/v1/claims/ketamine-relieves-ptsd/readings",
    "/v1/claims/{slug}/ladder": "/v1/claims/ketamine-relieves-ptsd/ladder",
    "/v1/pages/{type}/{slug}": "/v1/pages/claim/ketamine-relieves-ptsd",
}


def responses(client: httpx.Client) -> Iterator[tuple[str, str, httpx.Response]]:
    """Iterate over (path template, method, response)."""
    for template, url in READS.items():
        yield template, "get", client.get(url)
    for name in RESOURCES:
        page = client.get(f"/v1/{name}", params={"limit": 20})
        yield f"/v1/{name}", "get", page
        slugs = [record["slug"] for record in page.json()["data"]]
        if slugs:
            yield f"/v1/{name}/{{slug}}", "get", client.get(f"/v1/{name}/{slugs[0]}")
        ids = {"ids": [*slugs[:3], "no-such-record"]}
        yield f"/v1/{name}/batch", "post", client.post(f"/v1/{name}/batch", json=ids)


def model_name(document: dict[str, Any], path: str, method: str) -> str:
    response = document["paths"][path][method]["responses"]["200"]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = response["content"]["application/json"]["schema"]
    return str(schema["$ref"].rpartition("/")[2])


def test_models_accept_real_responses(service_url: str, openapi_file: Path, tmp_path: Path) -> None:
    document = json.loads(openapi_file.read_text("utf-8"))
    with httpx.Client(base_url=service_url, timeout=30) as client:
        cases = [
            {
                "model": model_name(document, path, method),
                "content": response.raise_for_status().text,
            }
            for path, method, response in responses(client)
        ]
        problem = client.get("/v1/claims/no-such-claim")
    cases.append({"model": "Problem", "content": problem.text})
    assert len(cases) >= 40
    environment = python_environment("datamodel-code-generator==0.89.0", "pydantic==2.14.4")
    environment.run(
        "datamodel-codegen",
        *("--input", openapi_file, "--output", tmp_path / "models.py"),
        *("--output-model-type", "pydantic_v2.BaseModel", "--target-python-version", "3.11"),
        cwd=tmp_path,
    )
    program = PROGRAM.read_text("utf-8")
    printed = environment.run("python", "-c", program, cwd=tmp_path, stdin=json.dumps(cases))
    assert printed.split() == [case["model"] for case in cases]
