"""The kit with a noun it has never heard of."""

import dataclasses
import json
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field
from sqlalchemy import ForeignKey, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.kit.database import open_engine
from app.kit.declarations import DatasetFile, SearchFields
from app.kit.field_mapping import Column, ScalarList, SingleReference
from app.kit.lookup import UnknownSlugError
from app.kit.query_types import CommaSeparated, EnumIn, ListQuery, Where, WhereRef, WhereRelated
from app.kit.registry import ResourceRegistry
from app.kit.repository import Page, Repository
from app.kit.resource import RecordColumns, Resource
from app.kit.sessions import Store
from app.services.records import json_documents


class Toys(DeclarativeBase):
    pass


class Thing(Toys):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    slug: Mapped[str]
    name: Mapped[str]


class Paper(Toys):
    __tablename__ = "paper"
    thing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]
    line: Mapped[str]


class Kite(Toys):
    __tablename__ = "kite"
    id: Mapped[int] = mapped_column(ForeignKey("thing.id"), primary_key=True)
    span_m: Mapped[float | None]
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("thing.id"))


class Tail(Toys):
    __tablename__ = "tail"
    id: Mapped[int] = mapped_column(primary_key=True)
    kite_id: Mapped[int]
    position: Mapped[int]
    colour: Mapped[str]


class KiteRecord(BaseModel):
    slug: Annotated[str, Column(Thing.slug)] = Field(description="Key.")
    span_m: Annotated[float | None, Column(Kite.span_m)] = Field(description="Wing span in m.")
    tails: Annotated[list[str], ScalarList(Tail.kite_id, Tail.colour, Tail.position)] = Field(
        description="Colours."
    )
    parent: Annotated[Any, SingleReference(Kite.maker_id, "kites")] = Field(
        description="Made after."
    )


class KiteQuery(ListQuery):
    min_span_m: Annotated[float | None, Where(Kite.span_m.__ge__)] = Field(None)
    parent: Annotated[list[str], CommaSeparated, WhereRef("kites", [Kite.maker_id])] = Field([])
    tail: Annotated[list[str], CommaSeparated, WhereRelated(Tail.kite_id, EnumIn(Tail.colour))] = (
        Field([])
    )


def kites(**more: Any) -> Resource:
    identity = RecordColumns(
        id=Thing.id,
        record_type=Thing.type,
        slug=Thing.slug,
        name=Thing.name,
        document_id=Paper.thing_id,
        document=Paper.text,
        line=Paper.line,
        matches=Thing.name.contains,
    )
    return Resource(
        **{
            "name": "kites",
            "record_type": "kite",
            "description": "Toys.",
            "key": Kite.id,
            "identity": identity,
            "record": KiteRecord,
            "query": KiteQuery,
            "search": SearchFields(number=1, lookup_prior=50, question_prior=50, texts=("tails",)),
            "dataset": DatasetFile("kites.yaml"),
            "sort": ("slug", "span_m"),
            **more,
        }
    )


@pytest.fixture
def store(address: str) -> Store:
    store = Store(open_engine(address))
    with store.write() as session:
        Toys.metadata.create_all(session.connection)
        for n in range(1, 6):
            name = f"kite-{n}"
            session.execute(insert(Thing).values(id=n, type="kite", slug=name, name=name))
            span = None if n == 3 else n / 2
            session.execute(insert(Kite).values(id=n, span_m=span, maker_id=1 if n > 1 else None))
            session.execute(insert(Tail).values(kite_id=n, position=0, colour="red"))
        written = json_documents.write_documents(session, kites(), range(1, 6))
        assert written[2]["parent"] == {"slug": "kite-1", "name": "kite-1"}
    return store


def slugs(page: Page) -> list[str]:
    return [json.loads(document.text)["slug"] for document in page.documents]


def test_a_toy_noun_lists_filters_sorts_and_includes(store: Store) -> None:
    catalogue = ResourceRegistry([kites()])
    resource, listing = catalogue["kites"], Repository(catalogue)
    model = catalogue.list_query(resource)
    with store.read() as session:
        page = listing.list_page(session, resource, model(sort=["-span_m"], limit=2))
        first, second = (json.loads(document.text) for document in page.documents)
        assert (first["slug"], second["slug"]) == ("kite-5", "kite-4")
        assert (page.total, first["tails"]) == (5, ["red"])
        rest = listing.list_page(
            session, resource, model(sort=["-span_m"], limit=9, cursor=page.next)
        )
        assert slugs(rest) == ["kite-2", "kite-1", "kite-3"]
        wide = listing.list_page(session, resource, model(min_span_m=2, parent=["kite-1"]))
        assert slugs(wide) == ["kite-4", "kite-5"]
        included = listing.load_includes(session, resource, [2, 3], ["parent"])
        assert list(included["kites"]) == ["kite-1"]
        with pytest.raises(UnknownSlugError) as error:
            listing.list_page(session, resource, model(parent=["kite-9"]))
        assert "kite-5" in error.value.similar


def test_a_toy_noun_is_counted_by_its_closed_filters(store: Store) -> None:
    catalogue = ResourceRegistry([kites()])
    resource, listing = catalogue["kites"], Repository(catalogue)
    assert list(resource.facets) == ["parent", "tail"], "a free figure is no facet"
    query = catalogue.list_query(resource)(
        parent=["kite-1"], min_span_m=1, facets=["parent", "tail"]
    )
    with store.read() as session:
        page = listing.list_page(session, resource, query)
    assert page.total == 3
    assert page.facets == {
        "parent": [{"value": "kite-1", "name": "kite-1", "count": 3}],
        "tail": [{"value": "red", "name": None, "count": 3}],
    }


def test_a_wrong_declaration_fails_at_import() -> None:
    class Bare(BaseModel):
        slug: str

    class Loose(ListQuery):
        colour: str | None = None

    with pytest.raises(TypeError, match="exactly one marker"):
        kites(record=Bare)
    with pytest.raises(TypeError, match="no column holds colour"):
        kites(sort=("colour",))
    with pytest.raises(TypeError, match="no column holds tails"):
        kites(sort=("tails",))
    with pytest.raises(TypeError, match="filters without SQL"):
        kites(query=Loose)

    class Boundless(ListQuery):
        min_year: Annotated[int | None, Where(Kite.span_m.__ge__)] = Field(None)

    with pytest.raises(TypeError, match="filter min_year needs an upper bound"):
        kites(query=Boundless)
    with pytest.raises(TypeError, match="search names an unknown field colour"):
        kites(search=SearchFields(number=1, lookup_prior=50, question_prior=50, texts=("colour",)))
    with pytest.raises(TypeError, match="`dataset` is required"):
        kites(dataset=None)
    with pytest.raises(TypeError, match="`dataset` is required"):
        kites(derived=True)
    with pytest.raises(TypeError, match="span_m names no other record"):
        kites(dataset=DatasetFile("kites.yaml", beside="span_m"))
    with pytest.raises(TypeError, match="not the path of a YAML file"):
        DatasetFile("kites.json")


def test_two_collections_share_no_name_number_or_search_word() -> None:
    search = SearchFields(number=1, lookup_prior=50, question_prior=50, type_words=("kite",))
    first = kites(search=search)
    with pytest.raises(TypeError, match="collection name declared twice: kites"):
        ResourceRegistry([first, first])
    other = {"name": "dragons", "record_type": "dragon"}
    with pytest.raises(TypeError, match="record type declared twice: kite"):
        ResourceRegistry([first, kites(name="dragons")])
    with pytest.raises(TypeError, match="search number declared twice: 1"):
        ResourceRegistry([first, kites(**other)])
    with pytest.raises(TypeError, match="search word declared twice: kite"):
        ResourceRegistry([first, kites(**other, search=dataclasses.replace(search, number=2))])
