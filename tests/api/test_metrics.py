"""Metrics: what counts where, and labels that clients cannot multiply."""

import re
import secrets

import httpx
import pytest

from app.api.metrics import METHODS
from tests.params import ONE_STORE

SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.M)


def samples(client: httpx.Client) -> dict[str, float]:
    text = client.get("/metrics").text
    return {f"{name}{{{labels}}}": float(value) for name, labels, value in SAMPLE.findall(text)}


@ONE_STORE
def test_labels_do_not_grow_with_what_clients_send(client: httpx.Client) -> None:
    def send(word: str) -> None:
        client.get(f"/v1/claims/{word}", headers={"Host": f"{word}.example.org"})
        client.get(f"/{word}")
        client.get(f"/v1/{word}/{word}?{word}={word}")
        client.head(f"/v1/claims/{word}")
        client.request("REPORT", f"/v1/claims/{word}")
        client.request("MKCOL", f"/v1/{word}")
        client.get("/v1/proposals", headers={"Authorization": f"Bearer {word}"})

    send("first")
    samples(client)  # which counts itself
    names = set(samples(client))
    for _ in range(20):
        send(secrets.token_hex(8))
    assert {name for name in samples(client) if "_created" not in name} - names == set()
    methods = {value for name in names for value in re.findall(r'method="(\w+)"', name)}
    assert methods <= METHODS | {"other"}
    assert 'route="/v1/claims/{slug}"' in str(names)
    assert 'kkb_requests_total{method="HEAD",route="/v1/claims/{slug}",status="404"}' in names


@ONE_STORE
@pytest.mark.parametrize(
    ("path", "series"),
    [
        ("/v1/nowhere", 'kkb_requests_total{method="GET",route="none",status="404"}'),
        ("/v1/claims?x=1", 'kkb_requests_total{method="GET",route="/v1/claims",status="422"}'),
        ("/v1/proposals", 'kkb_failed_logins_total{reason="missing"}'),
    ],
)
def test_a_failure_is_counted(client: httpx.Client, path: str, series: str) -> None:
    before = samples(client).get(series, 0)
    client.get(path)
    assert samples(client)[series] == before + 1


@ONE_STORE
def test_what_the_protocol_refuses_is_counted(client: httpx.Client) -> None:
    series = 'kkb_requests_total{method="other",route="protocol",status="431"}'
    before = samples(client).get(series, 0)
    many = {f"x-{number}": "a" for number in range(300)}
    assert httpx.get(client.base_url.join("/v1"), headers=many).status_code == 431
    assert samples(client)[series] == before + 1


@ONE_STORE
def test_the_process_and_its_connections_are_measured(client: httpx.Client) -> None:
    first = samples(client)
    with httpx.Client(base_url=client.base_url) as other:
        other.get("/healthz")
        second = samples(client)
    assert second["kkb_connections{}"] == first["kkb_connections{}"] + 1
    assert second["kkb_requests_in_flight{}"] == 1, "the request for the metrics itself"
    assert second["process_resident_memory_bytes{}"] > 10_000_000
    assert second['kkb_pool_connections_limit{pool="primary"}'] > 0
    assert second['kkb_store_bytes{file="store"}'] > 10_000
    assert second['kkb_disk_free_bytes{folder="store"}'] > 0
