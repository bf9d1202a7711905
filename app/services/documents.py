"""Documents, as they are written: read from the tables by the shape of their noun."""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import ColumnElement, Enum, Select, String, delete, select, type_coerce
from sqlalchemy.orm import aliased

from app.kit.documents import Row
from app.kit.formats import columns, separated
from app.kit.resource import Identity, Resource
from app.kit.sessions import ReadSession, WriteSession
from app.kit.shape import Attr, Col, Refs, RefTo, Rows, Shape, Values
from app.services.bulk import insert_rows


def write(session: WriteSession, resource: Resource, ids: Sequence[int]) -> dict[int, Row]:
    """The documents of some records of one noun, anew; gives what they say, by id."""
    who, shape = resource.identity, resource.shape
    key, body, line = who.document_id, who.document, who.line
    found = read(session, resource, ids)
    session.execute(delete(body.class_).where(key.in_(ids)))
    table = columns(shape, list(shape.by_name))
    rows = [(n, to_json(row).decode(), separated(table, row, ",")) for n, row in found.items()]
    insert_rows(session, body.class_.__table__, (key.key, body.key, line.key), rows)
    return found


def read(session: ReadSession, resource: Resource, ids: Sequence[int]) -> dict[int, Row]:
    """What the tables say of some records of one noun, by id and in its order."""
    return reader(resource.key, resource.identity, resource.shape).read(session, ids)


class Reader:
    """Reads the rows of one shape: one statement, and one more per list-valued part."""

    def __init__(self, key: Attr, identity: Identity, shape: Shape) -> None:
        self.key, self.identity, self.shape = key, identity, shape
        self.columns: list[ColumnElement[Any]] = []
        self.slices: list[tuple[str, int, RefTo | None]] = []
        self.joins: list[tuple[Any, ColumnElement[bool]]] = []
        self.many: list[tuple[str, Values | Refs | Rows]] = []
        for name, part in shape.by_name.items():
            marker = part.marker
            if isinstance(marker, Col):
                self._add(name, None, marker.column)
            elif isinstance(marker, RefTo):
                other = aliased(identity.id.class_)
                of = [getattr(other, c.key) for c in (identity.kind, identity.slug, identity.name)]
                self._add(name, marker, *of)
                self.joins.append((other, getattr(other, identity.id.key) == marker.column))
            else:
                self.many.append((name, marker))

    def _add(self, name: str, ref: RefTo | None, *columns: Any) -> None:
        self.slices.append((name, len(self.columns) + 1, ref))
        self.columns += map(_plain, columns)

    @cached_property
    def statement(self) -> Select[Any]:
        """The key leads each row."""
        own, who = self.key.class_, self.identity.id
        stmt = select(self.key, *self.columns).select_from(own)
        plain = [part.marker.column for part in self.shape.parts if isinstance(part.marker, Col)]
        if any(column.class_ is who.class_ for column in plain):
            stmt = stmt.join(who.class_, who == self.key)
        for other, on in self.joins:
            stmt = stmt.outerjoin(other, on)
        return stmt

    def unpack(self, row: Sequence[Any]) -> Row:
        out: Row = dict.fromkeys(self.shape.by_name)
        for name, at, ref in self.slices:
            value = row[at]
            if ref is not None:
                kind, slug, label = row[at : at + 3]
                mixed = not isinstance(ref.to, str)
                value = slug and ({"type": kind} if mixed else {}) | {"slug": slug, "name": label}
            out[name] = value
        for name, _ in self.many:
            out[name] = []
        return out

    def read(self, session: ReadSession, ids: Sequence[int]) -> dict[int, Row]:
        """Whole rows by their key."""
        stmt = self.statement.where(self.key.in_(ids)).order_by(self.key)
        found = {row[0]: self.unpack(row) for row in session.execute(stmt)}
        for name, marker in self.many if found else ():
            for parent, value in self._children(session, name, marker, list(found)):
                found[parent][name].append(value)
        return found

    def _children(
        self, session: ReadSession, name: str, marker: Values | Refs | Rows, ids: Sequence[int]
    ) -> Iterator[tuple[int, Any]]:
        order, these = (marker.parent, marker.position), marker.parent.in_(ids)
        if isinstance(marker, Values):
            values = select(marker.parent, marker.value).where(these)
            yield from (tuple(row) for row in session.execute(values.order_by(*order)))
        elif isinstance(marker, Refs):
            who = self.identity
            refs = select(marker.parent, who.slug, who.name)
            refs = refs.join(who.id.class_, who.id == marker.child).where(these)
            for parent, slug, label in session.execute(refs.order_by(*order, who.slug)):
                yield parent, {"slug": slug, "name": label}
        else:
            inner = reader(marker.parent, self.identity, self.shape.nested[name])
            lines = inner.statement.where(these)
            if marker.where:
                lines = lines.where(marker.where())
            for row in session.execute(lines.order_by(*order)):
                yield row[0], inner.unpack(row)


@lru_cache(512)
def reader(key: Attr, identity: Identity, shape: Shape) -> Reader:
    """Made once: its aliases cost more than a query."""
    return Reader(key, identity, shape)


def _plain(column: Any) -> Any:
    """A closed vocabulary's values as they are stored."""
    return type_coerce(column, String) if isinstance(column.type, Enum) else column
