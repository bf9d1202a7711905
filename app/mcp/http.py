"""The address `/mcp`: streamable HTTP, without sessions, behind checks of Host and Origin."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.api.middleware import send_problem
from app.domain.errors import ForbiddenError
from app.mcp.answers import one_line
from app.mcp.server import KnowledgeServer

PATH = "/mcp"
#: Hosts of this machine: those that are answered without a public URL.
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class McpEndpoint:
    """The ASGI application at `/mcp`, and the task that serves it while the service runs.

    Each request stands alone, so that any worker process answers it. There is nothing that the
    server would send by itself, so GET, which opens a stream for it, is not allowed.
    """

    def __init__(self, server: KnowledgeServer, public_url: str, max_body_bytes: int) -> None:
        settings = transport_security(public_url)
        server.streamable_http_app(
            stateless_http=True,
            json_response=True,
            max_request_body_size=max_body_bytes,
            transport_security=settings,
        )
        self.manager = server.session_manager
        self.security = TransportSecurityMiddleware(settings)
        self.route = Route(PATH, endpoint=self, methods=["POST"], name="mcp")

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Serve requests within the block."""
        async with self.manager.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; one for another host or from another origin is a 403 problem.

        The SDK checks both as well, and answers in two words.
        """
        scope["route"] = self.route  # for metrics and the access log
        request = Request(scope)
        refusal = await self.security.validate_request(request)
        if refusal is None:
            await self.manager.handle_request(scope, receive, send)
            return
        header = "Host" if refusal.status_code == 421 else "Origin"
        value = one_line(request.headers.get(header, ""), 120)
        await send_problem(
            scope,
            send,
            ForbiddenError(
                f"{header} {value!r} is not accepted at {PATH}: it must be that of the public URL"
                " (KKB_PUBLIC_URL) or, without one, of this machine."
            ),
        )


def transport_security(public_url: str) -> TransportSecuritySettings:
    """Return which Host and Origin headers are accepted: those of the public URL, or local ones.

    A page of another origin must not reach a server of the reader's machine under a name that
    resolves to it (DNS rebinding).
    """
    if public_url:
        parts = urlsplit(public_url)
        hosts, origins = [parts.netloc], [f"{parts.scheme}://{parts.netloc}"]
    else:
        hosts = [host for name in _LOCAL_HOSTS for host in (name, f"{name}:*")]
        origins = [f"http://{host}" for host in hosts]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True, allowed_hosts=hosts, allowed_origins=origins
    )
