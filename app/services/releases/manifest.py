"""Manifest of a release: its metadata, changelog and files."""

import datetime
import json

from pydantic import BaseModel, ConfigDict, Field

from app.domain import release_names
from app.domain.vocabulary import Certainty, VerdictKind
from app.services.dataset.about import Coverage

MANIFEST, CHECKSUMS = "manifest.json", "SHA256SUMS"
#: Of every kind of file that a release has.
MEDIA_TYPES = (
    SQLITE := "application/vnd.sqlite3",
    JSON := "application/json",
    TEXT := "text/plain; charset=utf-8",
    "application/x-ndjson",
    "application/vnd.apache.parquet",
)


class ManifestModel(BaseModel):
    """A newer release may say more than this software knows of."""

    model_config = ConfigDict(extra="ignore")


class VerdictSummary(ManifestModel):
    """A verdict, in short."""

    verdict: VerdictKind = Field(description="What the notes add up to.")
    certainty: Certainty | None = Field(description="How far that can be trusted.")


class VerdictChange(ManifestModel):
    """A claim whose verdict, or its certainty, is another."""

    claim: str = Field(description="Slug of the claim.")
    before: VerdictSummary = Field(description="As it was.")
    after: VerdictSummary = Field(description="As it is.")


class Changed(ManifestModel):
    """A record that is in both, and not the same."""

    slug: str = Field(description="Its slug.")
    fields: list[str] = Field(description="The fields that differ.")


class Changelog(ManifestModel):
    """What differs from the release before, by collection."""

    added: dict[str, list[str]] = Field(description="Slugs of new records.")
    changed: dict[str, list[Changed]] = Field(description="Records that were changed.")
    withdrawn: dict[str, list[str]] = Field(description="Slugs that are no longer there.")
    verdicts: list[VerdictChange] = Field(description="Verdicts that moved.")


class Sources(ManifestModel):
    """What the release rests on."""

    references: int = Field(description="References that are cited.")
    coverage: list[Coverage] = Field(
        description="What was read, what of it is published, what is withheld and why; as told"
        " by the dataset that was loaded."
    )


class ReleaseFileInfo(ManifestModel):
    """One file of a release."""

    name: str = Field(description="Its name.")
    media_type: str = Field(description="What it is.")
    bytes: int = Field(description="Its size.")
    sha256: str = Field(description="Its SHA-256, which is its ETag too.")


class Manifest(ManifestModel):
    """A release, told."""

    name: str = Field(description="Its name: what `release=` takes.")
    date: datetime.date = Field(description="The day of its publication.")
    revision: int = Field(description="The revision of the store that it froze.")
    digest: str = Field(description="A digest of all of its rows, the same on every store.")
    schema_version: str = Field(description="The version of its tables.")
    note: str | None = Field(description="A word on it, by whoever published it.")
    previous: str | None = Field(description="The release before; null for the first.")
    licence: str = Field(description="SPDX id of the licence of our sentences and structure.")
    cite: str = Field(description="How to cite it.")
    counts: dict[str, int] = Field(description="Records per collection.")
    sources: Sources = Field(description="What it rests on.")
    changelog: Changelog | None = Field(
        description="What differs from the release before; null for the first."
    )
    files: list[ReleaseFileInfo] = Field(
        description="Its files, but for this manifest and the sums."
    )

    @property
    def order(self) -> tuple[int, ...]:
        return release_names.sort_key(self.name)

    @property
    def database(self) -> str:
        """The name of the SQLite file."""
        return f"ketamine-kb-{self.name}.sqlite"

    def text(self) -> str:
        return self.model_dump_json(indent=1) + "\n"

    def embedded(self) -> str:
        """What stands in the file itself, which cannot hold its own digest."""
        return self.model_dump_json(exclude={"files"})

    @classmethod
    def from_embedded(cls, text: str, files: list[ReleaseFileInfo]) -> "Manifest":
        return cls.model_validate(json.loads(text) | {"files": files})
