"""The address `/mcp`: streamable HTTP, without sessions, behind checks of Host and Origin."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import Route

from app.mcp.server import KnowledgeServer

PATH = "/mcp"
#: Hosts of this machine: those that answer without a public URL.
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class McpEndpoint:
    """The route of `/mcp`, and the task that serves its requests while the application runs.

    Each request stands alone, so that any worker process answers it.
    """

    def __init__(self, server: KnowledgeServer, public_url: str, max_body_bytes: int) -> None:
        server.streamable_http_app(
            stateless_http=True,
            json_response=True,
            max_request_body_size=max_body_bytes,
            transport_security=transport_security(public_url),
        )
        self.manager = server.session_manager
        self.route = Route(PATH, endpoint=StreamableHTTPASGIApp(self.manager), name="mcp")

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Serve requests within the block."""
        async with self.manager.run():
            yield


def transport_security(public_url: str) -> TransportSecuritySettings:
    """Return which Host and Origin headers are accepted: those of the public URL, or local ones.

    A page of another origin must not reach a server of the reader's machine under a name that
    resolves to it (DNS rebinding).
    """
    if public_url:
        parts = urlsplit(public_url)
        hosts, origins = [parts.netloc], [f"{parts.scheme}://{parts.netloc}"]
    else:
        hosts = [h for name in _LOCAL_HOSTS for h in (name, f"{name}:*")]
        origins = [f"http://{host}" for host in hosts]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True, allowed_hosts=hosts, allowed_origins=origins
    )
