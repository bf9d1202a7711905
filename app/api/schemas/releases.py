"""Schemas of releases: summaries, manifests, files and the request to publish one."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from app.api.schemas import envelope
from app.domain.invisible_characters import require_one_line
from app.domain.release_names import NAME_PATTERN
from app.kit.query_types import NO_NUL
from app.resources.base import LazyModel
from app.services.releases.manifest import Manifest, ReleaseFileInfo


class ReleaseSummary(LazyModel):
    """Release summary."""

    name: str = Field(description="Release name, as used in `release=`.")
    date: str = Field(description="Publication date.")
    revision: int = Field(description="Dataset revision of the release.")
    records: int = Field(description="Number of records.")
    note: str | None = Field(description="Release note.")
    url: str = Field(description="URL of the manifest.")
    files: str = Field(description="Files of the release.")


class ReleaseListResponse(LazyModel):
    """Response of `/v1/releases`."""

    data: list[ReleaseSummary] = Field(description="Items, newest first.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class ManifestResponse(LazyModel):
    """Response of `/v1/releases/{name}`."""

    data: Manifest = Field(description="Release manifest.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class DownloadableFile(ReleaseFileInfo):
    """Downloadable file."""

    url: str = Field(description="URL.")


class ReleaseFileListResponse(LazyModel):
    """Response of `/v1/releases/{name}/files`."""

    data: list[DownloadableFile] = Field(
        description="Files: the database first, then all collections."
    )
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class PublishReleaseRequest(LazyModel):
    """Release to publish."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(
        pattern=f"^{NAME_PATTERN.pattern}$",
        description="Release name: numbers separated by dots, greater than that of the newest"
        " release (2026.12 after 2026.9).",
        examples=["2026.12"],
    )
    note: (
        Annotated[
            str,
            Field(min_length=1, max_length=1000, json_schema_extra=NO_NUL),
            AfterValidator(require_one_line),
        ]
        | None
    ) = Field(None, description="Release note.")
