"""Manifest of a release: its metadata, changelog and files."""

import datetime
import json

from pydantic import BaseModel, ConfigDict, Field

from app.domain import release_names
from app.domain.vocabulary import Certainty, VerdictKind
from app.services.dataset.about import SourceCoverage

MANIFEST, CHECKSUMS = "manifest.json", "SHA256SUMS"
#: Media types of the files of a release.
MEDIA_TYPES = (
    SQLITE := "application/vnd.sqlite3",
    JSON := "application/json",
    TEXT := "text/plain; charset=utf-8",
    "application/x-ndjson",
    "application/vnd.apache.parquet",
)


class ManifestModel(BaseModel):
    """Base of manifest models; fields that newer versions add are ignored."""

    model_config = ConfigDict(extra="ignore")


class VerdictSummary(ManifestModel):
    """Verdict summary."""

    verdict: VerdictKind = Field(description="Verdict on the evidence.")
    certainty: Certainty | None = Field(description="Certainty of the verdict.")


class VerdictChange(ManifestModel):
    """Claim whose verdict or certainty differs."""

    claim: str = Field(description="Slug of the claim.")
    before: VerdictSummary = Field(description="Verdict before the change.")
    after: VerdictSummary = Field(description="Verdict after the change.")


class ChangedRecord(ManifestModel):
    """Record that exists in both releases and differs."""

    slug: str = Field(description="Slug.")
    fields: list[str] = Field(description="Names of the changed fields.")


class Changelog(ManifestModel):
    """Differences from the previous release, by collection."""

    added: dict[str, list[str]] = Field(description="Slugs of added records, by collection.")
    changed: dict[str, list[ChangedRecord]] = Field(description="Changed records, by collection.")
    withdrawn: dict[str, list[str]] = Field(
        description="Slugs of withdrawn records, by collection."
    )
    verdicts: list[VerdictChange] = Field(description="Changed verdicts.")


class Sources(ManifestModel):
    """Sources used by a release."""

    references: int = Field(description="Number of cited references.")
    coverage: list[SourceCoverage] = Field(
        description="Source coverage: what was read, published and withheld, with reasons; as"
        " stated by the loaded dataset."
    )


class ReleaseFileInfo(ManifestModel):
    """File of a release."""

    name: str = Field(description="Name.")
    media_type: str = Field(description="Media type.")
    bytes: int = Field(description="Size in bytes.")
    sha256: str = Field(description="SHA-256 checksum in hexadecimal; also used as the ETag.")


class Manifest(ManifestModel):
    """Manifest of a release."""

    name: str = Field(description="Release name, as used in `release=`.")
    date: datetime.date = Field(description="Publication date.")
    revision: int = Field(description="Dataset revision of the release.")
    digest: str = Field(description="Digest of all rows, independent of the database system.")
    schema_version: str = Field(description="Database schema version.")
    note: str | None = Field(description="Note by the publisher of the release.")
    previous: str | None = Field(
        description="Name of the previous release; null for the first release."
    )
    licence: str = Field(
        description="SPDX expression: the licence of the text and structure of the dataset, and"
        " those of records that have another one."
    )
    cite: str = Field(description="Suggested citation.")
    counts: dict[str, int] = Field(description="Number of records per collection.")
    sources: Sources = Field(description="Sources of the release.")
    changelog: Changelog | None = Field(
        description="Differences from the previous release; null for the first release."
    )
    files: list[ReleaseFileInfo] = Field(
        description="Files of the release, except for the manifest and the checksum file."
    )

    @property
    def order(self) -> tuple[int, ...]:
        """Sort key; later releases have higher ones."""
        return release_names.sort_key(self.name)

    @property
    def database(self) -> str:
        """Name of the SQLite file."""
        return f"ketamine-kb-{self.name}.sqlite"

    def text(self) -> str:
        """Return the content of manifest.json."""
        return self.model_dump_json(indent=1) + "\n"

    def embedded(self) -> str:
        """Return the manifest to embed in the SQLite file: without files, whose hashes follow."""
        return self.model_dump_json(exclude={"files"})

    @classmethod
    def from_embedded(cls, text: str, files: list[ReleaseFileInfo]) -> "Manifest":
        """Parse an embedded manifest and add the files."""
        return cls.model_validate(json.loads(text) | {"files": files})
