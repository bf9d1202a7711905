"""File responses: whole files or ranges of them, with errors as problems."""

from typing import Any

from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException
from starlette.responses import MalformedRangeHeader, RangeNotSatisfiable
from starlette.types import Receive, Scope, Send


class RangeFileResponse(FileResponse):
    """File response with ranges as in RFC 9110, whose errors are problems.

    `keep` is held until the file is sent, such as a temporary file that is deleted with its object.
    """

    def __init__(self, path: Any, *, keep: object = None, **options: Any) -> None:
        super().__init__(path, **options)
        self.keep = keep

    @classmethod
    def _parse_range_header(cls, http_range: str, file_size: int) -> list[tuple[int, int]]:
        try:
            return super()._parse_range_header(http_range, file_size)
        except MalformedRangeHeader:
            return []  # ignored: the whole file is sent
        except RangeNotSatisfiable as error:
            detail = f"The range is outside the file, which has {error.max_size} bytes."
            headers = {"Content-Range": f"bytes */{error.max_size}"}
            raise HTTPException(416, detail, headers) from error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file; without its body for HEAD."""
        method = "HEAD" if scope.get("was_head") else scope["method"]
        await super().__call__({**scope, "method": method}, receive, send)
