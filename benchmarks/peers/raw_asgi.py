"""The limit of the server: an ASGI function that sends one answer it was started with.

The answer is a file: the status, the headers as a list of pairs, and the body after a blank line.
"""

import json
import os
from pathlib import Path
from typing import Any

_head, _, BODY = Path(os.environ["RAW_ANSWER"]).read_bytes().partition(b"\n\n")
_found = json.loads(_head)
START = {
    "type": "http.response.start",
    "status": _found["status"],
    "headers": [(name.encode(), value.encode()) for name, value in _found["headers"]],
}
END = {"type": "http.response.body", "body": BODY}


async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send(START)
        await send(END)
