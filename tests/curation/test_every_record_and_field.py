"""Renaming every record that others show, and changing fields, on the shipped dataset."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from app.domain.curation import Scope
from app.domain.errors import ERROR_TYPES
from app.kit.field_mapping import FieldMapping, RecordMapping
from app.kit.resource import Resource
from app.kit.sessions import Store
from app.resources import RESOURCES
from app.resources.entities import ENTITIES
from app.services import bootstrap
from app.services.curation import api_keys
from app.services.records.input_models import full_dict
from app.services.records.lookup import all_record_inputs
from app.settings import Settings
from tests.curation.conftest import Curator
from tests.helpers import SHIPPED, fill_store, serving, shipped_folder, walk
from tests.params import ONE_STORE, SOME_STORE, sample
from tests.reliability.integrity_check import integrity_errors, read_model_errors

RENAMED = [*ENTITIES, RESOURCES["pathways"], RESOURCES["references"]]
CURATED = [resource for resource in RESOURCES.values() if not resource.derived]
PROBLEMS = {f"/v1/problems/{error.name}" for error in ERROR_TYPES}
#: Records of a collection that curators rename one by one; a load renames all of them at once.
RENAMED_ONE_BY_ONE = {"sqlite": 3, "postgresql": 1}

#: Values for fields that no record of the collection has.
ANYTHING = (
    None,
    "New text.",
    "2024-05-31",
    ["new"],
    [{"curie": "doid:1470", "relation": "exact"}],
    1,
)
#: Fields of a collection that are changed, those of the items of lists included: most are alike.
MOST_FIELDS = 12
#: Share of fields that change only together with another one, such as a dose and its unit.
MAX_DEPENDENT = 0.2

Fields = dict[str, Any]


class Curation(NamedTuple):
    """A store with the shipped dataset, and two curators of a node that serves it."""

    store: Store
    author: Curator
    reviewer: Curator

    def change(self, path: str, patch: Fields) -> httpx.Response:
        """Propose a change and accept it; return the response that decides."""
        proposed = self.author.change(path, patch)
        if proposed.status_code != 202:
            return proposed
        accepted = self.reviewer.perform(proposed.json()["data"]["id"], "accept")
        if accepted.status_code != 200:
            self.reviewer.perform(proposed.json()["data"]["id"], "reject")
        return accepted

    def inputs(self, resource: Resource) -> dict[str, Fields]:
        """Return what curators wrote: every record input of a collection, by slug."""
        with self.store.read() as session:
            return {
                str(fields["slug"]): fields
                for fields in map(full_dict, all_record_inputs(session, resource))
            }


@pytest.fixture(scope="module")
def curation(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Curation]:
    store = fill_store(make_empty_store(database, tmp_path_factory.mktemp("curated")), SHIPPED)
    with store.write() as session:
        tokens = [
            api_keys.create_key(session, name, [scope], 1)[1]
            for name, scope in (("anna", Scope.PROPOSE), ("ben", Scope.REVIEW))
        ]
    settings = Settings(database_url="sqlite://", rate_limit_requests=100_000)
    with serving(store, settings=settings) as url, httpx.Client(base_url=url, timeout=60) as client:
        author, reviewer = (
            Curator(client, name, token, 0)
            for name, token in zip(("anna", "ben"), tokens, strict=True)
        )
        yield Curation(store, author, reviewer)
    store.engine.dispose()


@pytest.mark.parametrize("resource", RENAMED, ids=lambda resource: resource.name)
def test_a_record_that_others_show_can_be_renamed(
    curation: Curation, database: str, resource: Resource
) -> None:
    slugs = sorted(curation.inputs(resource))
    for slug in {*sample(slugs, RENAMED_ONE_BY_ONE[database], resource.name), slugs[0]}:
        path = f"{resource.name}/{slug}"
        response = curation.change(path, {"name": renamed(slug)})
        assert response.status_code == 200, f"{path}: {response.text}"
        record = curation.author.client.get(f"/v1/{path}").json()["data"]
        assert record["name"] == renamed(slug)


@ONE_STORE
def test_every_record_that_others_show_is_renamed_by_one_load(address: str) -> None:
    store = fill_store(address, SHIPPED)
    entries = [
        replace(entry, draft=entry.draft.model_copy(update={"name": renamed(entry.slug)}))
        if entry.resource in RENAMED
        else entry
        for entry in shipped_folder().entries
    ]
    bootstrap.load(store, replace(shipped_folder(), entries=entries, digest="renamed"))
    with serving(store) as url, httpx.Client(base_url=url, timeout=60) as client:
        for resource in RENAMED:
            rows = walk(client, f"/v1/{resource.name}", limit=100, fields="slug,name")
            slugs = [entry.slug for entry in entries if entry.resource is resource]
            assert {row["slug"]: row["name"] for row in rows} == {s: renamed(s) for s in slugs}
    assert integrity_errors(store) == []
    assert read_model_errors(store) == []
    store.engine.dispose()


def renamed(slug: str) -> str:
    return f"{slug} (renamed)"


@SOME_STORE
@pytest.mark.parametrize("resource", CURATED, ids=lambda resource: resource.name)
def test_fields_can_be_changed_or_are_refused_with_the_reason(
    curation: Curation, resource: Resource
) -> None:
    inputs = curation.inputs(resource)
    slug = max(inputs, key=lambda slug: len(_filled_fields(inputs[slug])))
    changes = dict(_change_fields(curation, resource, slug, inputs))
    refused = {
        field: [response.json()["detail"] for response in responses]
        for field, responses in changes.items()
        if responses[-1].status_code != 200
    }
    assert len(refused) < MAX_DEPENDENT * len(changes), refused


def _filled_fields(fields: Fields) -> list[str]:
    """Return the names of fields with a value, and of those in the items of lists."""
    names = [name for name, value in fields.items() if value not in (None, [])]
    items = [item for value in fields.values() if isinstance(value, list) for item in value]
    return names + [name for item in items if isinstance(item, dict) for name in item]


def _change_fields(
    curation: Curation, resource: Resource, slug: str, inputs: dict[str, Fields]
) -> Iterator[tuple[str, list[httpx.Response]]]:
    """Change fields of a record until a value is accepted; yield the responses by field."""
    others = [fields for name, fields in inputs.items() if name != slug]
    mapping = resource.mapping
    changes = [
        (field, name, values)
        for field, value in inputs[slug].items()
        if field != "slug"  # no patch changes it
        for name, values in _new_values(
            mapping.by_name[field], mapping.nested.get(field), value, others
        )
    ]
    for field, name, values in sample(changes, MOST_FIELDS, resource.name):
        responses: list[httpx.Response] = []
        for new in values:
            response = curation.change(f"{resource.name}/{slug}", {field: new})
            assert response.status_code == 200 or _is_documented(response), response.text
            responses.append(response)
            if response.status_code == 200:
                break
        yield name, responses


def _is_documented(response: httpx.Response) -> bool:
    return 400 <= response.status_code < 500 and response.json()["type"] in PROBLEMS


def _new_values(
    field: FieldMapping, nested: RecordMapping | None, current: Any, others: Sequence[Fields]
) -> Iterator[tuple[str, list[Any]]]:
    """Yield a field, and each one of the items of its list, with values to try."""
    known = [fields[field.name] for fields in others]
    yield field.name, _values(field, current, known)
    if nested and current:
        is_object = isinstance(current, dict)
        items = [item for value in known if value for item in ([value] if is_object else value)]
        first = current if is_object else current[0]
        for name, value in first.items():
            values = _values(nested.by_name[name], value, [item[name] for item in items])
            yield (
                f"{field.name}.{name}",
                [
                    first | {name: new} if is_object else [first | {name: new}, *current[1:]]
                    for new in values
                ],
            )


def _values(field: FieldMapping, current: Any, known: Sequence[Any]) -> list[Any]:
    """Return the words of a vocabulary, edits of the value, or those of other records."""
    is_vocabulary = isinstance(field.scalar, type) and issubclass(field.scalar, StrEnum)
    values = list(field.scalar) if is_vocabulary else [*_edited(current), *_distinct(known)]
    return [value for value in [*values, *ANYTHING] if value != current]


def _edited(value: Any) -> list[Any]:
    """Return values that are a little different."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        return [f"{value} (changed)", f"{value}0"]
    if isinstance(value, int | float):
        return [value + 1, value - 1, value / 2]
    if isinstance(value, dict):
        return []  # its fields are changed one by one
    return [[*value[1:], value[0]], value[1:]] if value else []


def _distinct(values: Sequence[Any]) -> list[Any]:
    """Return the first values of those that differ."""
    by_text = {repr(value): value for value in values if value is not None}
    return list(by_text.values())[:8]


def test_the_store_is_whole_after_all_changes(curation: Curation) -> None:
    assert integrity_errors(curation.store) == []
    assert read_model_errors(curation.store) == []
