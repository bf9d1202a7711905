"""Problems as HTML pages, at addresses of pages; the explorer installs what renders them."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.types import Scope

from app.domain.errors import KbError

log = logging.getLogger("kkb")
#: Returns the page of a problem, or None where the problem document is the response.
RenderProblem = Callable[[Request, KbError, Mapping[str, str]], Response | None]


def install(app: FastAPI, render: RenderProblem) -> None:
    """Answer problems at addresses of pages with `render`."""
    app.state.render_problem_page = render


def problem_page(
    scope: Scope, error: KbError, headers: Mapping[str, str] | None = None
) -> Response | None:
    """Return the HTML response of a problem; None if its response is the problem document."""
    application: Any = scope.get("app")
    render = getattr(getattr(application, "state", None), "render_problem_page", None)
    try:
        return render(Request(scope), error, headers or {}) if render else None
    except Exception:
        # The problem document is the answer then: this may be the answer to that very fault.
        log.exception("the page of a problem cannot be rendered")
        return None
