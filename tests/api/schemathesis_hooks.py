"""What the OpenAPI document cannot say: of `release` and `as_of`, one excludes the other."""

from typing import Any

import schemathesis

from app.api.deps import RELEASE_NAMES


@schemathesis.hook
def filter_query(_context: Any, query: dict[str, Any] | None) -> bool:
    return sum(name in (query or {}) for name in RELEASE_NAMES) < len(RELEASE_NAMES)
