"""The HTTP client and the addresses of public sources, as the settings have them."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from app.cli.errors import exit_with_error

if TYPE_CHECKING:
    from stamina.instrumentation import RetryDetails

    from app.services.enrichment import SourceUrls
    from app.services.enrichment.http_client import Fetcher
    from app.settings import Settings


def require_curation_extra() -> None:
    """Exit with the install command if packages of the extra `curation` are missing."""
    missing = [name for name in ("defusedxml", "stamina") if find_spec(name) is None]
    if missing:
        exit_with_error(
            f"kkb reference requires {' and '.join(missing)}: pip install 'ketamine-kb[curation]'"
        )


def source_urls(settings: "Settings") -> "SourceUrls":
    """Return the base URLs of the sources."""
    from app.services.enrichment import SourceUrls

    return SourceUrls(
        settings.ncbi_url,
        settings.crossref_url,
        settings.europepmc_url,
        settings.clinicaltrials_url,
    )


def open_fetcher(settings: "Settings", report: Callable[[str], None]) -> "Fetcher":
    """Return the HTTP client with the limits of the settings.

    Args:
        settings: The settings.
        report: Takes a message whenever a request is retried.
    """
    from stamina.instrumentation import set_on_retry_hooks

    from app.services.enrichment.http_client import Fetcher, FetchPolicy

    def report_retry(details: "RetryDetails") -> None:
        wait = details.wait_for
        report(f"A source is busy: {details.caused_by}. Retry in {wait:.1f} s.")

    set_on_retry_hooks([report_retry])
    return Fetcher(
        FetchPolicy(
            email=settings.contact_email,
            ncbi_key=settings.ncbi_api_key.get_secret_value(),
            timeout_seconds=settings.fetch_timeout_seconds,
            max_bytes=settings.fetch_max_bytes,
            interval_seconds=settings.fetch_interval_seconds,
        )
    )
