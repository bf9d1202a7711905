"""The pages as a part of the application: what is installed when it is created."""

from functools import cache
from threading import Thread

from fastapi import FastAPI

from app.explorer import problem_pages, rendering
from app.explorer.site import Site


def install(app: FastAPI, site: Site) -> None:
    """Let an application answer problems at addresses of pages with pages, and show the site."""
    problem_pages.install(app)
    site.install(app)
    _compile_templates_once()


@cache
def _compile_templates_once() -> None:
    """Compile the templates in the background; only a page as the very first request waits."""
    Thread(target=rendering.compile_templates, daemon=True).start()
