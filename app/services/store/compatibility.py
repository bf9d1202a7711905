"""Which software may write to a store: refuse what newer software has upgraded.

A store has the version of its schema, and the version of the software that derived its verdicts,
documents and search index.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from app import __version__
from app import models as m
from app.domain.errors import UpgradedStoreError
from app.kit.sessions import ReadSession, Store, WriteSession
from app.services.store import migrations


class LiveStore(Store):
    """A store that is written to only while this software knows its schema."""

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        """Begin a write transaction, which waits for the one before it to end.

        Raises:
            UpgradedStoreError: Newer software has upgraded the store.
        """
        with super().write() as session:
            refuse_newer_store(session)
            yield session


def refuse_newer_store(session: ReadSession) -> None:
    """Refuse a store whose schema, or whose derived data, are of newer software.

    Raises:
        UpgradedStoreError: They are; the message names both versions.
    """
    schema = migrations.current_version(session)
    if schema is not None and schema not in migrations.known_versions():
        raise UpgradedStoreError(
            f"The store has schema version {schema}, and ketamine-kb {__version__} knows versions"
            f" up to {migrations.head_version()}: newer software has upgraded it. Update this one."
        )
    if schema != migrations.head_version():
        return
    derived_by = session.execute(select(m.Dataset.document_version)).scalar_one_or_none() or ""
    version, plus, _ = derived_by.partition("+")
    if plus and _numbers(version) > _numbers(__version__):
        raise UpgradedStoreError(
            f"The store was upgraded by ketamine-kb {version}, and this is {__version__}: newer"
            " software has computed its verdicts and documents. Update this one."
        )


def _numbers(version: str) -> list[int]:
    """Return the numbers of a version, by which versions are compared."""
    return [int(number) for number in re.findall(r"[0-9]+", version)]
