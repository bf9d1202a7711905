"""Allocation of record ids: stored ones are looked up, new ones follow the last."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import func, select

from app import models as m
from app.kit.sessions import ReadSession
from app.services.records.lookup import RecordKey, record_ids


class IdAllocator:
    """Ids of records by collection and slug.

    A record that is not stored gets the next id when its slug is first mentioned, so that rows may
    refer to records that are written later in the same transaction.
    """

    def __init__(self, session: ReadSession) -> None:
        self._session = session
        self.last = session.execute(select(func.max(m.Record.id))).scalar_one() or 0
        self.first_new = self.last + 1
        self._known: dict[str, dict[str, int]] = defaultdict(dict)

    @property
    def has_stored(self) -> bool:
        """Whether any record was stored before."""
        return self.first_new > 1

    @property
    def new(self) -> range:
        """The ids that were allocated."""
        return range(self.first_new, self.last + 1)

    def stored(self, names: Iterable[RecordKey]) -> dict[RecordKey, int]:
        """Return the ids of those records that are stored; `get` knows them from then on."""
        if not self.has_stored:
            return {}
        requested = set(names)
        missing = [name for name in requested if name[1] not in self._known[name[0]]]
        for (collection, slug), key in record_ids(self._session, missing).items():
            self._known[collection][slug] = key
        ids = {name: self._known[name[0]].get(name[1], self.first_new) for name in requested}
        return {name: key for name, key in ids.items() if key < self.first_new}

    def get(self, collection: str, slug: str) -> int:
        """Return the id of a record; allocate one if `stored` did not find it."""
        known = self._known[collection]
        key = known.get(slug)
        if key is None:
            key = known[slug] = self.last = self.last + 1
        return key
