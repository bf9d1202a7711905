"""Link headers for programs: citation, metadata, licence and type (FAIR Signposting, level 1).

Sources: https://signposting.org/FAIR/, RFC 8288 (links), RFC 8574 (`cite-as`). `author` is left
out: no author of the dataset or of a reference has an address on record.
"""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlencode

from fastapi import Request

from app.api.deps import ServiceContext, absolute_url, base_url
from app.api.json_ld import version_of
from app.api.page_addresses import HTML
from app.api.read_responses import JSON, Headers, Validators
from app.domain.citation import LICENCE_URL
from app.kit.resource import Resource
from app.services.json_ld.datasets import main_files
from app.services.json_ld.terms import JSON_LD
from app.services.releases.reader import OpenRelease

BIBTEX = "application/x-bibtex"
SCHEMA = "https://schema.org/"
#: What a landing page is, besides what it is about.
PAGE_TYPE = "AboutPage"
#: Stands for a slug; no slug and no address has braces.
_SLUG = "{slug}"


def record_links(
    request: Request,
    service: ServiceContext,
    validators: Validators,
    resource: Resource,
    slug: str,
    schema_type: str,
    licence: str,
    *,
    is_page: bool = False,
) -> Headers:
    """Return the `Link` header of a record, for its JSON or its page.

    Args:
        request: The request.
        service: The service that is read.
        validators: Those of the response.
        resource: Collection of the record.
        slug: Slug of the record.
        schema_type: Its schema.org type.
        licence: Address of its licence.
        is_page: Whether the response is the page.
    """
    version = version_of(validators)
    release = version if version in service.archive else None
    parameters = tuple(service.release_params)
    template = _record_template(
        base_url(request), resource, release, parameters, schema_type, licence, is_page
    )
    return {"Link": template.replace(_SLUG, slug)}


@lru_cache(maxsize=256)
def _record_template(
    base: str,
    resource: Resource,
    release: str | None,
    parameters: tuple[tuple[str, str], ...],
    schema_type: str,
    licence: str,
    is_page: bool,
) -> str:
    """Return the header with `_SLUG` in place of the slug: it is the same for many records."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    page, data = f"{base}/{resource.name}/{_SLUG}", f"{base}/v1/{resource.name}/{_SLUG}"
    links = [
        # cite-as is an address that never changes; records of no release have none.
        *([_link(f"{page}?release={release}", "cite-as")] if release else []),
        *_describedby(f"{data}{query}", is_page=is_page),
        *([_link(f"{data}.bib{query}", "describedby", BIBTEX)] if resource.cites else []),
        *([] if is_page else [_link(f"{page}{query}", "alternate", HTML)]),
        *_types(schema_type, is_page=is_page),
        _link(licence, "license"),
        _link(f"{base}/{resource.name}{query}", "collection", HTML),
        *(_link(f"{data}/{part}{query}", "related") for part in resource.parts),
    ]
    return ", ".join(links)


def release_links(request: Request, release: OpenRelease, *, is_page: bool) -> Headers:
    """Return the `Link` header of a release, for its page or its manifest."""
    manifest, base = release.manifest, base_url(request)
    path = f"/releases/{manifest.name}"
    files = f"{base}/v1{path}/files"
    items = [
        _link(f"{files}/{file.name}", "item", file.media_type) for file in main_files(release.files)
    ]
    return _header(
        [
            _link(f"{base}{path}", "cite-as"),
            *_describedby(f"{base}/v1{path}", is_page=is_page),
            _link(f"{base}/v1/cite.bib?release={manifest.name}", "describedby", BIBTEX),
            *([] if is_page else [_link(f"{base}{path}", "alternate", HTML)]),
            *_types("Dataset", is_page=is_page),
            _link(LICENCE_URL, "license"),
            _link(f"{base}/releases", "collection", HTML),
            *items,
        ]
    )


def dataset_links(
    request: Request, service: ServiceContext, validators: Validators, *, is_page: bool
) -> Headers:
    """Return the `Link` header of the dataset, for the home page or the root of the API."""
    base, url = base_url(request), absolute_url(request, service)
    version = version_of(validators)
    cited = [_link(f"{base}/releases/{version}", "cite-as")] if version in service.archive else []
    return _header(
        [
            *cited,
            *_describedby(url("/v1"), is_page=is_page),
            _link(url("/v1/cite.bib"), "describedby", BIBTEX),
            *([] if is_page else [_link(url("/"), "alternate", HTML)]),
            *_types("Dataset", is_page=is_page),
            _link(LICENCE_URL, "license"),
        ]
    )


def _describedby(address: str, *, is_page: bool) -> list[str]:
    """Return the metadata; the JSON is none of itself."""
    media_types = [JSON, JSON_LD] if is_page else [JSON_LD]
    return [_link(address, "describedby", media_type) for media_type in media_types]


def _types(schema_type: str, *, is_page: bool) -> list[str]:
    types = [PAGE_TYPE, schema_type] if is_page else [schema_type]
    return [_link(SCHEMA + name, "type") for name in types]


def _link(target: str, relation: str, media_type: str = "") -> str:
    link = f'<{target}>; rel="{relation}"'
    return f'{link}; type="{media_type}"' if media_type else link


def _header(links: Iterable[str]) -> Headers:
    return {"Link": ", ".join(links)}
