"""What the OpenAPI document cannot say: of `release` and `as_of`, one excludes the other."""

from typing import Any

import schemathesis
from schemathesis import GenerationMode

from app.api.deps import RELEASE_PARAMETERS


@schemathesis.hook
def before_call(_context: Any, case: schemathesis.Case[Any], _kwargs: dict[str, Any]) -> None:
    """Of what shall be accepted, one of them is asked: both at once are refused in words."""
    positive = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if positive and all(name in (case.query or {}) for name in RELEASE_PARAMETERS):
        del case.query["as_of"]
