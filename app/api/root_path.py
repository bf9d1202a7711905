"""Links below a path prefix: the `root_path` that `app.api.proxy_headers` sets.

Links in JSON (`/v1/claims/…`) are relative to the host. Below a prefix they begin with it.
"""

from typing import Any

from starlette.types import Scope

#: Members of a problem that hold links; others may quote what was sent.
_PROBLEM_LINKS = ("type", "did_you_mean", "successor")


def with_root_path(scope: Scope, value: Any) -> Any:
    """Return JSON data in which every link begins with the path prefix of the request."""
    prefix = scope.get("root_path", "")
    return _prefixed(prefix, value) if prefix else value


def problem_with_root_path(prefix: str, problem: dict[str, Any]) -> dict[str, Any]:
    """Return a problem whose links begin with a path prefix."""
    if not prefix:
        return problem
    links = {name: problem[name] for name in _PROBLEM_LINKS if name in problem}
    return {**problem, **_prefixed(prefix, links)}


def _prefixed(prefix: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _prefixed(prefix, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_prefixed(prefix, inner) for inner in value]
    if isinstance(value, str) and (value == "/v1" or value.startswith("/v1/")):
        return prefix + value
    return value
