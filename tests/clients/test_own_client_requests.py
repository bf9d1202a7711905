"""Requests of the Python client of clients/python, answered by a transport of the tests."""

import time
from email.utils import formatdate

import httpx
import pytest

from tests.clients.own_client import FOLDER, ketamine_kb_client

Client = ketamine_kb_client.Client


def test_a_request_is_repeated_after_the_time_that_the_service_states() -> None:
    answers = iter([(503, {"Retry-After": "0"}), (429, {"Retry-After": "0"}), (200, {})])
    sent: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.path)
        status, headers = next(answers)
        return httpx.Response(status, headers=headers, json={"data": [], "page": {"next": None}})

    with Client("http://kb.test/prefix", transport=httpx.MockTransport(answer)) as kb:
        assert list(kb.claims.list()) == []
    assert sent == ["/prefix/v1/claims"] * 3


def test_a_request_is_not_repeated_for_ever() -> None:
    sent: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        problem = {"status": 503, "detail": "Busy."}
        return httpx.Response(503, headers={"Retry-After": "0"}, json=problem)

    with (
        Client("http://kb.test", attempts=3, transport=httpx.MockTransport(answer)) as kb,
        pytest.raises(ketamine_kb_client.ServiceError, match=r"Busy\."),
    ):
        kb.claims.count()
    assert len(sent) == 3


def test_the_client_is_small() -> None:
    sources = (FOLDER / "src").rglob("*.py")
    assert sum(len(path.read_text().splitlines()) for path in sources) < 400


def test_a_release_is_read_on_every_page() -> None:
    sent: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(dict(request.url.params))
        following = "abc" if len(sent) == 1 else None
        return httpx.Response(200, json={"data": [{}], "page": {"next": following}})

    with Client("http://kb.test", release="2", transport=httpx.MockTransport(answer)) as kb:
        assert len(list(kb.claims.list(verdict=["contested", "refuted"]))) == 2
    first = {"limit": "500", "verdict": "contested,refuted", "release": "2"}
    assert sent == [first, {**first, "cursor": "abc"}]


def test_a_date_is_waited_for_and_a_longer_wait_than_allowed_is_an_error_at_once() -> None:
    until = formatdate(time.time() + 3600, usegmt=True)
    answers = [(503, formatdate(time.time() - 60, usegmt=True)), (429, until), (200, "")]
    sent: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        status, retry_after = answers[len(sent)]
        sent.append(request)
        headers = {"Retry-After": retry_after}
        return httpx.Response(status, headers=headers, json={"status": status, "detail": "Busy."})

    with (
        Client("http://kb.test", transport=httpx.MockTransport(answer)) as kb,
        pytest.raises(ketamine_kb_client.ServiceError, match=r"Busy\."),
    ):
        kb.claims.count()
    assert len(sent) == 2


def test_a_history_is_of_the_current_data_where_the_client_reads_a_release() -> None:
    sent: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(dict(request.url.params))
        return httpx.Response(200, json={"data": [{}], "page": {"next": None}})

    with Client("http://kb.test", release="2", transport=httpx.MockTransport(answer)) as kb:
        assert list(kb.claims.history("some-claim")) == [{}]
    assert sent == [{}]
