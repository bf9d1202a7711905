"""Security headers of HTML and SVG, which a browser runs as documents of this origin.

A response that has a policy is left as it is. This policy is that of the documentation: it allows
what those pages need, and no script that is not part of the response.
"""

import re
from base64 import b64encode
from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
#: A drawing has styles and links, and runs nothing.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
#: Swagger UI and ReDoc write styles into elements, and have images in their styles; ReDoc searches
#: in a worker that it makes from its own code.
HTML_POLICY = (
    "default-src 'self'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
#: Addresses tell what somebody looks up, so other sites do not learn them.
REFERRER_POLICY = "same-origin"


class SecurityHeadersMiddleware:
    """Add Content-Security-Policy and Referrer-Policy to HTML and SVG.

    Inline scripts of a page are allowed by their hashes: its body is held back to compute them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and add the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def send_with_policy(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                content_type = headers.get("content-type", "")
                # The pages of the explorer have a policy of their own, without any inline script.
                has_policy = "content-security-policy" in headers
                if content_type.startswith("text/html") and not has_policy:
                    start = message
                    return
                if content_type.startswith("image/svg+xml"):
                    _add_headers(message, SVG_POLICY)
            elif start is not None:
                body += message.get("body", b"")
                if message.get("more_body", False):
                    return
                _add_headers(start, html_policy(body))
                await send(start)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self.app(scope, receive, send_with_policy)


def html_policy(body: bytes) -> str:
    """Return the policy of a page, with the hashes of its inline scripts."""
    digests = (sha256(script).digest() for script in _INLINE_SCRIPT.findall(body))
    hashes = "".join(f" 'sha256-{b64encode(digest).decode()}'" for digest in digests)
    return HTML_POLICY.format(hashes=hashes)


def _add_headers(start: Message, policy: str) -> None:
    headers = MutableHeaders(scope=start)
    headers["content-security-policy"] = policy
    headers["referrer-policy"] = REFERRER_POLICY
