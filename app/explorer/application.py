"""The pages as a part of the application: what is installed when it is created."""

from fastapi import FastAPI

from app.explorer import problem_pages
from app.explorer.site import Site


def install(app: FastAPI, site: Site) -> None:
    """Let an application answer problems at addresses of pages with pages, and show the site."""
    problem_pages.install(app)
    site.install(app)
