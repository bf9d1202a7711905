"""Documents that a browser runs say what they may load, and who may frame them."""

import re
from base64 import b64encode
from hashlib import sha256

import httpx
import pytest

from tests.params import ONE_STORE


def policy(response: httpx.Response) -> dict[str, list[str]]:
    directives = response.headers["content-security-policy"].split("; ")
    return {name: sources for name, *sources in map(str.split, directives)}


@ONE_STORE
@pytest.mark.parametrize("page", ["/docs", "/redoc", "/docs/oauth2-redirect"])
def test_html_allows_its_own_scripts_alone(shipped_client: httpx.Client, page: str) -> None:
    response = shipped_client.get(page)
    inline = re.findall(r"<script>(.*?)</script>", response.text, re.DOTALL)
    hashes = [f"'sha256-{b64encode(sha256(s.encode()).digest()).decode()}'" for s in inline]
    found = policy(response)
    assert found["script-src"] == ["'self'", *hashes]
    assert found["frame-ancestors"] == ["'none'"]
    assert response.headers["referrer-policy"] == "same-origin"
    loaded = re.findall(r'(?:src|href)="([^"]+)"', response.text)
    assert all(address.startswith("/") for address in loaded)
    head = shipped_client.head(page).headers
    assert head["content-security-policy"] == response.headers["content-security-policy"]


@ONE_STORE
def test_svg_runs_nothing_and_data_has_no_policy(shipped_client: httpx.Client) -> None:
    for _ in range(2):  # from the handler and from the response cache
        drawing = shipped_client.get("/v1/graph.svg?pathway=hnk")
        assert policy(drawing)["default-src"] == ["'none'"]
        assert policy(drawing)["frame-ancestors"] == ["'self'"]
        assert drawing.headers["referrer-policy"] == "same-origin"
    assert "content-security-policy" not in shipped_client.get("/v1/claims?limit=1").headers
