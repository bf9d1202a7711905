"""Schemas of dataset citations."""

from typing import Any

from pydantic import Field

from app.api.schemas import envelope
from app.resources.base import LazyModel


class DatasetCitation(LazyModel):
    """Dataset citation in four formats."""

    text: str = Field(description="Plain text.")
    bibtex: str = Field(description="BibTeX entry.")
    ris: str = Field(description="RIS record.")
    csl: dict[str, Any] = Field(description="CSL-JSON item.")


class CitationResponse(LazyModel):
    """Response of `/v1/cite`."""

    data: DatasetCitation = Field(description="Citation.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )
