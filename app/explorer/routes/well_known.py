"""Addresses at which programs look by convention: robots.txt, security.txt, the API catalogue."""

import datetime
import json

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from app.api.deps import base_url, takes_no_parameters
from app.domain.errors import NotFoundError
from app.explorer import assets
from app.explorer.site import Site
from app.resources import RESOURCES

DAY = "public, max-age=86400"
#: Media type of the catalogue, and the profile that says what it is (RFC 9727, section 4).
LINKSET = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
#: Days for which a security.txt holds; RFC 9116 recommends less than a year.
SECURITY_DAYS = 180


def build_router() -> APIRouter:
    """Build the router of the conventional addresses."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(takes_no_parameters)])

    @router.get("/robots.txt")
    def get_robots(request: Request) -> Response:
        # Every record has a page without parameters: filters and what-if forms are endless.
        lines = ["User-agent: *", "Disallow: /*?", "Disallow: /search"]
        return _text("\n".join([*lines, "", f"Sitemap: {base_url(request)}/sitemap.xml", ""]))

    @router.get("/favicon.ico")
    def get_favicon(request: Request) -> Response:
        prefix = request.scope.get("root_path", "")
        return RedirectResponse(prefix + assets.path_of("icon.svg"), headers={"Cache-Control": DAY})

    @router.get("/llms.txt")
    def get_llms(request: Request) -> Response:
        return _text(_summary_for_language_models(base_url(request)), "text/markdown")

    @router.get("/.well-known/api-catalog")
    def get_api_catalog(request: Request) -> Response:
        base = base_url(request)
        openapi = "application/vnd.oai.openapi+json;version=3.1"
        entry = {
            "anchor": f"{base}/v1",
            "service-desc": [{"href": f"{base}/openapi.json", "type": openapi}],
            "service-doc": [
                {"href": f"{base}/docs", "type": "text/html"},
                {"href": f"{base}/api", "type": "text/html"},
            ],
            "service-meta": [{"href": f"{base}/v1/meta", "type": "application/json"}],
            "status": [{"href": f"{base}/readyz", "type": "application/json"}],
        }
        content = json.dumps({"linkset": [entry]}, indent=1)
        return Response(content, media_type=LINKSET, headers={"Cache-Control": DAY})

    @router.get("/.well-known/security.txt")
    def get_security(request: Request) -> Response:
        base = base_url(request)
        contact = Site.of(request).report_url(base)
        if contact is None:
            raise NotFoundError("This site names no contact: its KKB_CONTACT_URL is not set.")
        until = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(SECURITY_DAYS)
        lines = [
            f"Contact: {contact}",
            f"Expires: {until.isoformat()}T00:00:00Z",
            f"Canonical: {base}/.well-known/security.txt",
            "Preferred-Languages: en",
        ]
        return _text("\n".join([*lines, ""]))

    return router


def _text(content: str, media_type: str = "text/plain") -> Response:
    return PlainTextResponse(content, media_type=media_type, headers={"Cache-Control": DAY})


def _summary_for_language_models(base: str) -> str:
    """Return the summary of the site in the form of llmstxt.org."""
    collections = "\n".join(
        f"- [{name}]({base}/v1/{name}): {resource.description}"
        for name, resource in RESOURCES.items()
    )
    return f"""# ketamine-kb

> Claims on how ketamine works, each with a verdict that is computed from two-sided, cited evidence.
> A reference, not medical advice.

The data of a page is at its address with /v1 in front, as JSON. State the verdict and its certainty
together, and cite the release: each answer has it in `meta.cite`. "Not shown" is not "refuted".

## Start here
- [Search]({base}/v1/search?q=does+rapamycin+block+ketamine): words, names, identifiers, questions
- [Claims, the strongest first]({base}/v1/claims?sort=-verdict,-certainty)
- [How verdicts are computed]({base}/methods)
- [OpenAPI document]({base}/openapi.json)
- [Releases]({base}/v1/releases): `release=` at any address reads one, and never changes

## Collections
{collections}
"""
