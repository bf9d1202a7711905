"""Rendering of pages: the template environment, and the response with JSON-LD and `Link`.

A route of a page reads top-down like one of the API, and ends in `page_response`:

    with service.store.read() as session:
        validators = cache_validators(request, service, session, HTML)
        if not_modified(request, validators):
            return Response(status_code=304, headers=validators.headers)
        claim = queries.get_record(session, service, CLAIMS, slug)
        head = PageHead(title=claim["name"], description=..., api=f"/v1/claims/{slug}")
        return page_response(request, service, validators, "claim.html.j2", head, claim=claim)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import Response

from app.api.deps import ServiceContext, base_url
from app.api.json_ld import addresses_of, version_of
from app.api.page_addresses import HTML
from app.api.read_responses import Validators, content_response
from app.api.route_info import path_of
from app.api.signposting import record_links
from app.explorer.json_ld_block import data_block
from app.explorer.links import PageLinks
from app.explorer.site import Site
from app.explorer.template_filters import FILTERS, visible_output
from app.kit.resource import Resource
from app.services.json_ld.records import licence_url, record_document, schema_type
from app.services.json_ld.terms import Properties
from app.services.store.revision import DatasetRevision, dataset_metadata

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
#: Pages have no inline script and no inline style, and load nothing from elsewhere.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HTML_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
}
MAX_DESCRIPTION_CHARACTERS = 300


@dataclass(frozen=True, kw_only=True)
class PageHead:
    """What the head, the header and the data links of a page need.

    Args:
        title: Title of the page, without the name of the site.
        description: One or two sentences for link previews.
        api: Path and query of the JSON with the data of the page; None if there is none.
        csv: Path and query of the CSV; None if there is none.
        bibtex: Path and query of the BibTeX; None if there is none.
        canonical_query: Query string of the canonical address: only parameters that change what
            the page is about.
        search_text: Text in the search box.
        has_urgent_notice: Whether the page is about suicidal thoughts, doses or interactions.
        searched_to: Day up to which the evidence was searched for; None if it is not on record.
        subject: Collection and record of the page of a record, for its JSON-LD and its links.
        json_ld: JSON-LD of another page, if it has one.
        link_headers: `Link` header of another page, if it has one.
    """

    title: str
    description: str
    api: str | None = None
    csv: str | None = None
    bibtex: str | None = None
    canonical_query: str = ""
    search_text: str = ""
    has_urgent_notice: bool = False
    searched_to: str | None = None
    subject: tuple[Resource, Mapping[str, Any]] | None = None
    json_ld: Properties | None = None
    link_headers: Mapping[str, str] = field(default_factory=dict)


@cache
def environment() -> "Environment":
    """Return the template environment: autoescaped, strict about unknown variables.

    A template is compiled when a page first needs it: all of them take longer than the rest of a
    start.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=visible_output,
    )
    templates.filters.update(FILTERS)
    return templates


def page_response(
    request: Request,
    service: ServiceContext,
    validators: Validators,
    template: str,
    head: PageHead,
    **context: Any,
) -> Response:
    """Return the page that a template makes of a context."""
    links = PageLinks.of(request, service)
    version = version_of(validators)
    manifest = service.archive.find(version)
    released_on = manifest.date.isoformat() if manifest else None
    link_headers, json_ld = head.link_headers, head.json_ld
    if head.subject:
        resource, record = head.subject
        link_headers = record_links(
            request,
            service,
            validators,
            resource,
            record["slug"],
            schema_type(resource, record),
            licence_url(record),
            is_page=True,
        )
        json_ld = record_document(resource, record, addresses_of(request), version)
    block = data_block(json_ld) if json_ld else None
    context = {"released_on": released_on, "json_ld": block, **context}
    html = render_page(request, links, validators.revision, template, head, context)
    return content_response(request, validators, html, HTML, {**HTML_HEADERS, **link_headers})


def render_page(
    request: Request,
    links: PageLinks,
    revision: DatasetRevision | None,
    template: str,
    head: PageHead,
    context: Mapping[str, Any],
) -> str:
    """Return the HTML of a page."""
    base, path, site = base_url(request), path_of(request.scope), Site.of(request)
    query = f"?{head.canonical_query}" if head.canonical_query else ""
    canonical = f"{base}{path}{query}"
    return (
        environment()
        .get_template(template)
        .render(
            **dataset_metadata(revision),
            title=head.title,
            description=_shortened(head.description),
            path=path,
            base=base,
            canonical=canonical,
            page_url=links.page_url,
            api_url=links.api_url,
            record_url=links.record_url,
            asset_url=links.asset_url,
            prefix=links.prefix,
            api=head.api,
            csv=head.csv,
            bibtex=head.bibtex,
            search_text=head.search_text,
            searched_to=head.searched_to,
            pinned=bool(links.release_params),
            release_params=links.release_params,
            report_url=site.report_url(canonical),
            urgent_notice=site.urgent_notice if head.has_urgent_notice else None,
            **context,
        )
    )


def _shortened(text: str) -> str:
    if len(text) <= MAX_DESCRIPTION_CHARACTERS:
        return text
    return text[:MAX_DESCRIPTION_CHARACTERS].rsplit(" ", 1)[0] + "…"
