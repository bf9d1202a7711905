"""Both transports: `kkb mcp` as a process, and `/mcp` with its checks; off by default."""

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from app.kit.sessions import Store
from app.mcp.http import transport_security
from app.settings import Settings
from tests import helpers, run_cli
from tests.mcp.calls import Caller, answer_of, facts_of, ids_of, text_of
from tests.params import ONE_STORE

CLAIM = "claim:ketamine-damages-the-urinary-tract"
HEADERS = {"Accept": "application/json, text/event-stream"}


def message(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


@ONE_STORE
def test_the_command_answers_over_stdio(shipped_store: Store, tmp_path: Path) -> None:
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from app.cli import main; main()", "mcp"],
        cwd=tmp_path,
        env={
            "KKB_DATABASE_URL": shipped_store.engine.url.render_as_string(hide_password=False),
            "KKB_PUBLIC_URL": "https://kb.example.org",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )

    async def use(client: Client) -> None:
        result = await client.call_tool("check_claim", {"sentence": "Ketamine harms the bladder."})
        assert ids_of(result)[0] == CLAIM
        url = f"https://kb.example.org/{CLAIM.replace(':', 's/')}"
        assert facts_of(result)[0]["url"] == url
        failed = await client.call_tool("get_record", {"id": "nothing-like-it"})
        assert failed.is_error
        assert [prompt.name for prompt in (await client.list_prompts()).prompts] == [
            "check_this_text",
            "answer_with_citations",
        ]
        prompt = await client.get_prompt("check_this_text", {"text": "Ketamine is an opioid."})
        assert "Ketamine is an opioid." in str(prompt.messages[0].content)
        assert "check_claim" in str(prompt.messages[0].content)

    Caller(lambda: stdio_client(parameters)).run(use)


def test_the_command_without_a_store_says_what_to_do(tmp_path: Path) -> None:
    done = run_cli.kkb("mcp", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "`kkb serve` and `kkb load` create one" in done.stderr


@ONE_STORE
def test_older_clients_get_the_same_answers_over_http(caller: Caller) -> None:
    arguments = {"sentence": "Ketamine harms the bladder."}
    older = Caller(caller.server, mode="legacy").call("check_claim", arguments)
    assert text_of(older) == text_of(caller.call("check_claim", arguments))
    assert answer_of(older)["facts"][0]["id"] == CLAIM


@ONE_STORE
def test_records_and_releases_are_resources(caller: Caller, shipped_client: httpx.Client) -> None:
    async def read(client: Client, uri: str) -> Any:
        (content,) = (await client.read_resource(uri)).contents
        return json.loads(content.text)  # type: ignore[union-attr]

    async def use(client: Client) -> None:
        record = await read(client, f"ketamine-kb://records/{CLAIM.replace(':', '/')}")
        path = f"/v1/{CLAIM.replace(':', 's/')}"
        assert record["data"] == shipped_client.get(path).json()["data"]
        (release,) = await read(client, "ketamine-kb://releases")
        assert release["name"] == "2"
        assert (await read(client, "ketamine-kb://releases/2"))["counts"]["claims"] > 100
        templates = (await client.list_resource_templates()).resource_templates
        assert {t.name for t in templates} == {"record", "release"}
        for uri, words in (
            ("ketamine-kb://records/claim/none", "no record 'none'"),
            ("ketamine-kb://records/clam/none", "Did you mean claim?"),
            ("ketamine-kb://releases/99", "Releases: 2"),
        ):
            with pytest.raises(Exception, match=words):
                await read(client, uri)

    caller.run(use)


@ONE_STORE
def test_other_hosts_and_origins_are_refused(caller: Caller) -> None:
    body = message("tools/list")
    good = httpx.post(caller.server, json=body, headers=HEADERS)
    assert good.status_code == 200, good.text
    assert len(good.json()["result"]["tools"]) == 8
    for name, value in (
        ("Host", "attacker.example"),
        ("Host", "localhost.attacker.example:80"),
        ("Origin", "https://attacker.example"),
        ("Origin", "null"),
    ):
        refused = httpx.post(caller.server, json=body, headers={**HEADERS, name: value})
        assert refused.status_code == 403, refused.text
        assert f"{name} '{value}' is not accepted" in refused.json()["detail"]
        assert "KKB_PUBLIC_URL" in refused.json()["detail"]
    for origin in ("http://localhost", "http://127.0.0.1:5000"):
        accepted = httpx.post(caller.server, json=body, headers={**HEADERS, "Origin": origin})
        assert accepted.status_code == 200, accepted.text


@ONE_STORE
def test_other_methods_and_bodies_are_refused(caller: Caller) -> None:
    for method in ("GET", "DELETE", "PUT"):
        refused = httpx.request(method, caller.server, headers=HEADERS, timeout=5)
        assert refused.status_code == 405, (method, refused.text)
        assert refused.headers["allow"] == "POST"
        assert refused.json()["type"] == "/v1/problems/method-not-allowed"
    too_large = httpx.post(caller.server, content=b"x" * 1_000_001, headers=HEADERS)
    assert too_large.status_code == 413
    for content in (b"{", b"[]", b"{}", b'"x"', b"\xff", b'{"jsonrpc": "2.0", "id": 1}'):
        headers = {**HEADERS, "Content-Type": "application/json"}
        bad = httpx.post(caller.server, content=content, headers=headers)
        assert bad.status_code == 400, (content, bad.text)
        assert bad.json()["error"]["message"]


@ONE_STORE
def test_requests_are_counted_by_their_route(caller: Caller) -> None:
    httpx.post(caller.server, json=message("tools/list"), headers=HEADERS)
    metrics = httpx.get(caller.server.removesuffix("/mcp") + "/metrics").text
    assert 'route="/mcp"' in metrics


def test_hosts_and_origins_are_those_of_the_public_url() -> None:
    public = transport_security("https://kb.example.org/ketamine")
    assert public.enable_dns_rebinding_protection
    assert public.allowed_hosts == ["kb.example.org"]
    assert public.allowed_origins == ["https://kb.example.org"]
    assert "localhost:*" in transport_security("").allowed_hosts


@ONE_STORE
def test_mcp_answers_below_the_path_prefix_of_a_proxy(shipped_store: Store) -> None:
    settings = Settings(
        database_url="sqlite://", mcp=True, public_url="https://example.org/ketamine"
    )
    with helpers.serving(shipped_store, settings=settings) as base:
        for path in ("/mcp", "/ketamine/mcp"):
            response = httpx.post(base + path, json=message("tools/list"), headers=HEADERS)
            assert response.status_code == 200, (path, response.text)


@ONE_STORE
def test_mcp_is_off_by_default(shipped_client: httpx.Client) -> None:
    response = shipped_client.post("/mcp", json=message("tools/list"), headers=HEADERS)
    assert response.status_code == 404
    assert response.json()["type"] == "/v1/problems/not-found"
