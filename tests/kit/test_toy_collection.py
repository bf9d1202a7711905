"""A toy collection that the kit does not know: lists, facets, includes, declarations."""

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


class ToyBase(DeclarativeBase):
    pass


class Record(ToyBase):
    __tablename__ = "record"
    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    slug: Mapped[str]
    name: Mapped[str]


class Document(ToyBase):
    __tablename__ = "document"
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]
    line: Mapped[str]


class Kite(ToyBase):
    __tablename__ = "kite"
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    span_m: Mapped[float | None]
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))


class Tail(ToyBase):
    __tablename__ = "tail"
    id: Mapped[int] = mapped_column(primary_key=True)
    kite_id: Mapped[int]
    position: Mapped[int]
    colour: Mapped[str]


class KiteRecord(BaseModel):
    slug: Annotated[str, Column(Record.slug)] = Field(description="Key.")
    span_m: Annotated[float | None, Column(Kite.span_m)] = Field(description="Wing span in m.")
    tails: Annotated[list[str], ScalarList(Tail.kite_id, Tail.colour, Tail.position)] = Field(
        description="Colours."
    )
    parent: Annotated[Any, SingleReference(Kite.maker_id, "kites")] = Field(
        description="Kite that it was modelled on."
    )


class KiteQuery(ListQuery):
    min_span_m: Annotated[float | None, Where(Kite.span_m.__ge__)] = Field(None)
    parent: Annotated[list[str], CommaSeparated, WhereRef("kites", [Kite.maker_id])] = Field([])
    tail: Annotated[list[str], CommaSeparated, WhereRelated(Tail.kite_id, EnumIn(Tail.colour))] = (
        Field([])
    )


def kites(**more: Any) -> Resource:
    identity = RecordColumns(
        id=Record.id,
        record_type=Record.type,
        slug=Record.slug,
        name=Record.name,
        document_id=Document.record_id,
        document=Document.text,
        line=Document.line,
    )
    return Resource(
        **{
            "name": "kites",
            "record_type": "kite",
            "description": "Kites.",
            "key": Kite.id,
            "identity": identity,
            "record": KiteRecord,
            "query": KiteQuery,
            "search": SearchFields(number=1, lookup_prior=50, question_prior=50, texts=("tails",)),
            "dataset": DatasetFile("kites.yaml"),
            "sort": ("slug", "span_m"),
            "excerpt": "slug",
            **more,
        }
    )


@pytest.fixture
def store(address: str) -> Store:
    store = Store(open_engine(address))
    with store.write() as session:
        ToyBase.metadata.create_all(session.connection)
        for n in range(1, 6):
            name = f"kite-{n}"
            session.execute(insert(Record).values(id=n, type="kite", slug=name, name=name))
            span = None if n == 3 else n / 2
            session.execute(insert(Kite).values(id=n, span_m=span, maker_id=1 if n > 1 else None))
            session.execute(insert(Tail).values(kite_id=n, position=0, colour="red"))
        written = json_documents.write_documents(session, kites(), range(1, 6))
        assert written[2]["parent"] == {"slug": "kite-1", "name": "kite-1"}
    return store


def slugs(page: Page) -> list[str]:
    return [json.loads(document.text)["slug"] for document in page.documents]


def test_a_toy_collection_is_listed_filtered_sorted_and_included(store: Store) -> None:
    catalogue = ResourceRegistry([kites()])
    resource, repository = catalogue["kites"], Repository(catalogue)
    model = catalogue.list_query(resource)
    with store.read() as session:
        page = repository.list_page(session, resource, model(sort=["-span_m"], limit=2))
        first, second = (json.loads(document.text) for document in page.documents)
        assert (first["slug"], second["slug"]) == ("kite-5", "kite-4")
        assert (page.total, first["tails"]) == (5, ["red"])
        next_page = repository.list_page(
            session, resource, model(sort=["-span_m"], limit=9, cursor=page.next)
        )
        assert slugs(next_page) == ["kite-2", "kite-1", "kite-3"]
        filtered = repository.list_page(session, resource, model(min_span_m=2, parent=["kite-1"]))
        assert slugs(filtered) == ["kite-4", "kite-5"]
        included = repository.load_includes(session, resource, [2, 3], ["parent"])
        assert list(included["kites"]) == ["kite-1"]
        with pytest.raises(UnknownSlugError) as error:
            repository.list_page(session, resource, model(parent=["kite-9"]))
        assert "kite-5" in error.value.similar


def test_facets_are_filters_by_enum_and_by_slug(store: Store) -> None:
    catalogue = ResourceRegistry([kites()])
    resource, repository = catalogue["kites"], Repository(catalogue)
    assert list(resource.facets) == ["parent", "tail"], "a filter by number is not a facet"
    query = catalogue.list_query(resource)(
        parent=["kite-1"], min_span_m=1, facets=["parent", "tail"]
    )
    with store.read() as session:
        page = repository.list_page(session, resource, query)
    assert page.total == 3
    assert page.facets == {
        "parent": [{"value": "kite-1", "name": "kite-1", "count": 3}],
        "tail": [{"value": "red", "name": "red", "count": 3}],
    }


def test_an_invalid_declaration_raises_type_error() -> None:
    class WithoutMarker(BaseModel):
        slug: str

    class WithoutSql(ListQuery):
        colour: str | None = None

    with pytest.raises(TypeError, match="exactly one marker"):
        kites(record=WithoutMarker)
    with pytest.raises(TypeError, match="no column holds colour"):
        kites(sort=("colour",))
    with pytest.raises(TypeError, match="no column holds tails"):
        kites(sort=("tails",))
    with pytest.raises(TypeError, match="filters without SQL"):
        kites(query=WithoutSql)

    class WithoutBound(ListQuery):
        min_year: Annotated[int | None, Where(Kite.span_m.__ge__)] = Field(None)

    with pytest.raises(TypeError, match="filter min_year needs an upper bound"):
        kites(query=WithoutBound)
    with pytest.raises(TypeError, match="search names an unknown field colour"):
        kites(search=SearchFields(number=1, lookup_prior=50, question_prior=50, texts=("colour",)))
    with pytest.raises(TypeError, match="`dataset` is required"):
        kites(dataset=None)
    with pytest.raises(TypeError, match="`dataset` is required"):
        kites(derived=True)
    with pytest.raises(TypeError, match="span_m does not refer to a single record"):
        kites(dataset=DatasetFile("kites.yaml", file_of="span_m"))
    with pytest.raises(TypeError, match="not the path of a YAML file"):
        DatasetFile("kites.json")


def test_two_collections_must_differ_in_name_type_number_and_search_words() -> None:
    search = SearchFields(number=1, lookup_prior=50, question_prior=50, type_words=("kite",))
    first = kites(search=search)
    with pytest.raises(TypeError, match="collection name declared twice: kites"):
        ResourceRegistry([first, first])
    second = {"name": "dragons", "record_type": "dragon"}
    with pytest.raises(TypeError, match="record type declared twice: kite"):
        ResourceRegistry([first, kites(name="dragons")])
    with pytest.raises(TypeError, match="search number declared twice: 1"):
        ResourceRegistry([first, kites(**second)])
    with pytest.raises(TypeError, match="search word declared twice: kite"):
        ResourceRegistry([first, kites(**second, search=dataclasses.replace(search, number=2))])
