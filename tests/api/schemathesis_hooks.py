"""What the OpenAPI document cannot say.

Of `release` and `as_of`, one excludes the other; with `fields`, records lack required fields.
"""

from typing import Any

import schemathesis
from schemathesis import GenerationMode

from app.api.deps import RELEASE_PARAMETERS


@schemathesis.hook
def before_call(_context: Any, case: schemathesis.Case[Any], _kwargs: dict[str, Any]) -> None:
    """Send one of `release` and `as_of` in a request that shall succeed, and never `fields`."""
    positive = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if positive and all(name in (case.query or {}) for name in RELEASE_PARAMETERS):
        del case.query["as_of"]
    if positive and "fields" in (case.query or {}):
        del case.query["fields"]
