"""The dataset as a reference, for the citation and its page."""

from typing import Any

from fastapi import Request

from app.api.deps import ServiceContext, base_url
from app.api.read_responses import Validators, cache_validators
from app.api.schemas import envelope
from app.domain import citation
from app.kit.sessions import ReadSession
from app.services.releases.publish import dataset_date
from app.services.store.revision import current_revision


def cited_dataset(
    request: Request, service: ServiceContext, session: ReadSession, media_type: str
) -> tuple[Validators, dict[str, Any]]:
    """Return the validators of a citation, and the dataset in the form of a reference record."""
    meta = envelope.meta(current_revision(session), {})
    manifest = service.archive.find(meta["release"])
    # The archive is not part of the revision: a release may have been published meanwhile.
    cause = f"cite: {manifest.name if manifest else ''}"
    validators = cache_validators(request, service, session, media_type, extra_cause=cause)
    published = manifest.date if manifest else dataset_date(session)
    path = f"/v1/releases/{manifest.name}" if manifest else "/v1"
    reference = citation.dataset_reference(
        meta["release"],
        meta["revision"],
        published.year if published else None,
        f"{base_url(request)}{path}",
    )
    return validators, reference
