"""The part of a query string that a link repeats."""

from collections.abc import Collection
from urllib.parse import urlencode

from fastapi import Request


def query_string(request: Request, without: Collection[str] = ()) -> str:
    """Return the request's query string with its `?`, without some parameters; "" if none is left.

    Release parameters are no part of it: links repeat them by themselves.
    """
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] not in without]
    return f"?{urlencode(pairs, safe=',:')}" if pairs else ""
