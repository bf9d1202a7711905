"""The names of uvicorn, not all of them documented, that our HTTP protocol class rests on."""

import asyncio
import inspect

import pytest
import uvicorn
from httptools import HttpRequestParser
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

CALLBACKS = {
    "connection_lost",
    "connection_made",
    "data_received",
    "on_body",
    "on_header",
    "on_headers_complete",
    "on_message_begin",
    "on_message_complete",
    "on_response_complete",
    "on_url",
    "pause_writing",
    "resume_writing",
    "send_400_response",
}
ATTRIBUTES = {
    "app_state",
    "client",
    "connections",
    "cycle",
    "flow",
    "limit_concurrency",
    "logger",
    "loop",
    "parser",
    "pipeline",
    "root_path",
    "server_state",
    "tasks",
    "transport",
}


@pytest.mark.parametrize("name", sorted(CALLBACKS))
def test_uvicorn_has_the_method_that_is_overridden(name: str) -> None:
    assert callable(getattr(HttpToolsProtocol, name))


def test_uvicorn_has_the_attributes_that_are_read() -> None:
    async def connection() -> HttpToolsProtocol:
        config = uvicorn.Config(lambda: None, log_config=None)
        return HttpToolsProtocol(config, ServerState(), {}, asyncio.get_running_loop())

    assert set(vars(asyncio.run(connection()))) >= ATTRIBUTES
    cycle = inspect.signature(RequestResponseCycle).parameters
    assert "on_response" in cycle
    for name in ("disconnected", "message_event", "response_complete", "response_started"):
        assert f"self.{name} = " in inspect.getsource(RequestResponseCycle.__init__)
    assert {"pause_reading", "resume_reading"} <= set(vars(FlowControl))


def test_httptools_has_the_methods_that_are_called() -> None:
    for name in ("get_http_version", "get_method", "should_keep_alive", "should_upgrade"):
        assert callable(getattr(HttpRequestParser, name))
