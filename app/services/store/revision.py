"""The revision of the dataset in a store, and how many records it holds."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app import models as m
from app.domain.citation import LICENCE_URL, NOTICE, cite_dataset, licence_expression
from app.domain.release_names import UNRELEASED, dataset_version
from app.kit.prepared_statements import PreparedStatement
from app.kit.sessions import ReadSession
from app.resources import RESOURCES

#: Version of an empty store.
NO_VERSION = f"{UNRELEASED}, revision 0"
_CURRENT_REVISION = PreparedStatement(
    lambda: select(
        m.Dataset.revision,
        m.Dataset.digest,
        m.Dataset.release,
        m.Dataset.document_version,
        m.Dataset.search_version,
        m.Dataset.released_revision,
    )
)
#: The table of each collection has smaller indexes than `record`.
_RECORD_COUNTS = PreparedStatement(
    lambda: select(
        *(
            select(func.count()).select_from(resource.key.class_).scalar_subquery()
            for resource in RESOURCES.values()
        )
    )
)


class DatasetRevision(NamedTuple):
    """The state of the dataset that every ETag, cached response and citation names.

    The two versions are those of the read models. An upgrade rebuilds them without a new revision,
    and a standby may still have the old ones.
    """

    revision: int
    digest: str
    release: str
    document_version: str | None = None
    search_version: int | None = None
    released_revision: int = 0

    @property
    def version(self) -> str:
        """The release that the records are, or what they are instead."""
        return dataset_version(self.release, self.revision, self.released_revision)


def dataset_metadata(
    revision: DatasetRevision | None, licences: Collection[str] = ()
) -> dict[str, Any]:
    """Return what every response and export states about the dataset: release, licence, citation.

    Args:
        revision: The revision; None while the store is empty.
        licences: Licences of records in the response that have another one than the dataset.
    """
    return dict(_dataset_metadata(revision, tuple(licences)))


@lru_cache(maxsize=64)
def _dataset_metadata(
    revision: DatasetRevision | None, licences: tuple[str, ...]
) -> dict[str, Any]:
    version, number = (revision.version, revision.revision) if revision else (NO_VERSION, 0)
    return {
        "release": version,
        "revision": number,
        "licence": licence_expression(licences),
        "licence_url": LICENCE_URL,
        "cite": cite_dataset(version, number, licences),
        "notice": NOTICE,
    }


#: Keys of caches hold the revision: one object for all requests that read the same.
_shared = lru_cache(maxsize=16)(DatasetRevision)


def current_revision(session: ReadSession) -> DatasetRevision | None:
    """Return the revision of the store, in one cheap statement; None while it is empty."""
    rows = _CURRENT_REVISION.rows(session)
    return _shared(*rows[0]) if rows else None


def records_per_collection(session: ReadSession) -> dict[str, int]:
    """Return the number of records of each collection."""
    return dict(zip(RESOURCES, _RECORD_COUNTS.rows(session)[0], strict=True))
