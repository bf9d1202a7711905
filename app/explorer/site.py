"""What the pages say about the site that serves them: contact address, notice, release date."""

import hashlib
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import FastAPI, Request


@dataclass(frozen=True)
class Site:
    """Settings of the site that its pages show.

    Args:
        contact_url: Where mistakes are reported; `{url}` in it stands for the address of the page.
            "" for no link.
        urgent_notice: The line on pages about suicidal thoughts, doses and interactions.
    """

    contact_url: str = ""
    urgent_notice: str = ""

    @property
    def digest(self) -> str:
        """A digest of these settings: a page with others is another response."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:8]

    def install(self, app: FastAPI) -> None:
        """Let the pages of an application show this."""
        app.state.site = self

    @classmethod
    def of(cls, request: Request) -> "Site":
        """Return the site that serves a request."""
        site = getattr(request.app.state, "site", None)
        return site if isinstance(site, Site) else cls()

    def report_url(self, page: str) -> str | None:
        """Return the address where a mistake on a page is reported; None if there is none."""
        return self.contact_url.replace("{url}", quote(page, safe="")) or None
