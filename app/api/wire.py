"""The last of the plain-text answers: what the server itself says of a request it cannot parse."""

import json

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.domain.errors import UnreadableError


class HttpProtocol(HttpToolsProtocol):
    """Uvicorn's own protocol, whose 400 is a problem like any other."""

    def send_400_response(self, msg: str) -> None:
        detail = "The request line or a header is malformed or too long. Send long lists by POST."
        error = UnreadableError(detail)
        body = {"type": f"/v1/problems/{error.name}", "title": error.title, "status": error.status}
        content = json.dumps({**body, "detail": detail, "instance": ""}).encode()
        head = (
            "HTTP/1.1 400 Bad Request\r\n"
            "content-type: application/problem+json\r\n"
            f"content-length: {len(content)}\r\n"
            "access-control-allow-origin: *\r\n"
            "cache-control: no-store\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + content)
        self.transport.close()
