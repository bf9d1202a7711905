"""Schema of the root address."""

from pydantic import Field

from app.api.schemas import envelope
from app.api.schemas.catalogue import CollectionInfo
from app.resources.base import LazyModel


class Root(LazyModel):
    """API root with links to all resources."""

    name: str = Field(description="Name of the service.")
    notice: str = Field(description="Disclaimer.")
    collections: list[CollectionInfo] = Field(description="Collections.")
    links: dict[str, str] = Field(
        description="Links to the catalogue, releases, documentation and health checks."
    )
    meta: envelope.Meta = Field(description="Response metadata: release, licence and citation.")
