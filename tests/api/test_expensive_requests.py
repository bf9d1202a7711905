"""Expensive requests have a few places; everybody else goes on."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from app.api.expensive_requests import WAIT_SECONDS
from app.kit.sessions import Store
from app.settings import Settings
from tests import helpers

#: Together they take several times as long as a request waits for a place.
NUMBER = 50
MISSPELT = {"ids": [f"ketmine{n}x depresion" for n in range(500)]}


def test_expensive_requests_that_wait_too_long_for_a_place_are_refused(
    shipped_store: Store,
) -> None:
    settings = Settings(expensive_requests=1, cache_bytes=0)
    with (
        helpers.serving(shipped_store, settings=settings) as url,
        httpx.Client(base_url=url, timeout=60) as client,
        ThreadPoolExecutor(NUMBER) as pool,
    ):
        posts = [pool.submit(client.post, "/v1/resolve", json=MISSPELT) for _ in range(NUMBER)]
        plain = [client.get(f"/v1/claims?limit={n}").status_code for n in range(1, 6)]
        answers = [post.result() for post in posts]
        afterwards = client.post("/v1/resolve", json={"ids": ["ketamine"]})
    assert plain == [200] * 5
    statuses = [answer.status_code for answer in answers]
    assert 200 in statuses
    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(refused) + statuses.count(200) == NUMBER
    assert refused, "many at once, and one place"
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert "expensive" in refused[0].json()["detail"]
    assert min(answer.elapsed.total_seconds() for answer in refused) >= WAIT_SECONDS
    assert afterwards.status_code == 200
