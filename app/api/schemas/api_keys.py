"""Schemas of API keys."""

from pydantic import Field

from app.api.schemas import envelope
from app.domain.curation import Scope
from app.resources.base import LazyModel


class ApiKeyInfo(LazyModel):
    """API key metadata; the key itself is shown only once, when it is created."""

    id: int = Field(description="Id.")
    name: str = Field(description="Name of the key holder.")
    hint: str = Field(description="First characters of the key.")
    scopes: list[Scope] = Field(description="Granted scopes: propose, review, publish, admin.")
    created_at: str = Field(description="Creation time, in UTC.")
    expires_at: str = Field(description="Expiry time, in UTC.")
    revoked_at: str | None = Field(description="Revocation time, in UTC.")
    state: str = Field(description="State: valid, expired or revoked.")


class ApiKeyListResponse(LazyModel):
    """Response with a list of API keys."""

    data: list[ApiKeyInfo] = Field(description="All API keys ever created, oldest first.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class ApiKeyResponse(LazyModel):
    """Response with one API key."""

    data: ApiKeyInfo = Field(description="API key.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )
