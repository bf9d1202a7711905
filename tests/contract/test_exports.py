"""Every export: the same rows as the list, in each format, whole to the last line."""

import csv
import io
import json
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
from pydantic_core import to_json

from app.kit.export_formats import DelimitedLines, flat_columns, separated_line
from app.kit.resource import Resource
from app.resources import RESOURCES
from tests import factories
from tests.params import ONE_STORE, SIZE

EACH = pytest.mark.parametrize("resource", RESOURCES.values(), ids=list(RESOURCES))


@EACH
@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_separated_values_carry_every_row(
    client: httpx.Client, resource: Resource, name: str, delimiter: str
) -> None:
    answer = client.get(f"/v1/{resource.name}.{name}")
    assert answer.status_code == 200, answer.text
    assert resource.name in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text), delimiter=delimiter))
    assert len(rows) == SIZE
    assert list(rows[0]) == [
        c.name for c in flat_columns(resource.mapping, list(resource.mapping.by_name))
    ]
    assert len({row["slug"] for row in rows}) == SIZE


@EACH
@pytest.mark.parametrize("query", ["", "?sort=-name&fields=summary"])
def test_a_line_that_is_kept_says_what_one_made_of_the_document_says(
    client: httpx.Client, resource: Resource, query: str
) -> None:
    kept = csv.reader(io.StringIO(client.get(f"/v1/{resource.name}.csv{query}").text))
    made = client.get(f"/v1/{resource.name}.tsv{query}").text
    assert list(kept) == list(csv.reader(io.StringIO(made), delimiter="\t"))


@EACH
def test_ndjson_is_the_records_alone_and_a_header_counts_them(
    client: httpx.Client, resource: Resource
) -> None:
    response = client.get(f"/v1/{resource.name}.ndjson")
    listed = client.get(f"/v1/{resource.name}?limit=500").json()["data"]
    assert [json.loads(line) for line in response.text.splitlines()] == listed
    assert response.headers["x-total-count"] == str(SIZE)


@EACH
@ONE_STORE
def test_formats_agree_cell_by_cell(shipped_client: httpx.Client, resource: Resource) -> None:
    """On the shipped dataset, none of whose texts starts a formula."""
    get = shipped_client.get
    lines = get(f"/v1/{resource.name}.ndjson").text.splitlines()
    documents = [json.loads(line) for line in lines]
    parquet = io.BytesIO(get(f"/v1/{resource.name}.parquet").content)
    assert pq.read_table(parquet).to_pylist() == documents
    for name, delimiter in (("csv", ","), ("tsv", "\t")):
        text = get(f"/v1/{resource.name}.{name}").text
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert list(map(filled, rows)) == [flat(document) for document in documents]


def filled(row: dict[str, str]) -> dict[str, str]:
    """The cells with a value: `[]` is a list of no objects."""
    return {name: value for name, value in row.items() if value not in ("", "[]")}


def flat(document: dict[str, Any]) -> dict[str, str]:
    """The cells with a value, as docs/api.md says that CSV has them."""
    cells: dict[str, str] = {}
    for name, value in document.items():
        if isinstance(value, dict) and "slug" not in value:  # an object, such as a question
            cells[name] = to_json(value).decode()
        elif isinstance(value, dict):
            kind = [value["type"]] if "type" in value else []
            cells[name] = ":".join([*kind, value["slug"]])
            rest = {f"{name}_{n}": v for n, v in value.items() if n not in ("type", "slug")}
            cells |= {n: v for n, v in rest.items() if v is not None}
        elif isinstance(value, list) and value:
            words = [item["slug"] if is_reference(item) else item for item in value]
            plain = all(isinstance(word, str) for word in words)
            cells[name] = "|".join(words) if plain else to_json(value).decode()
            for shown in sorted(set(value[0]) - {"slug", "name"}) if is_reference(value[0]) else ():
                cells[f"{name}_{shown}"] = "|".join(item[shown] or "" for item in value)
        elif isinstance(value, bool):
            cells[name] = str(value).lower()
        elif value not in (None, []):
            cells[name] = str(value)
    return filled(cells)


def is_reference(item: object) -> bool:
    return isinstance(item, dict) and {"slug", "name"} <= set(item)


def test_an_export_of_nothing_is_whole_too(client: httpx.Client) -> None:
    query = "q=nothing-has-this-name"
    assert client.get(f"/v1/claims.csv?{query}").text.count("\n") == 1
    ndjson = client.get(f"/v1/claims.ndjson?{query}")
    assert (ndjson.content, ndjson.headers["x-total-count"]) == (b"", "0")
    table = pq.read_table(io.BytesIO(client.get(f"/v1/claims.parquet?{query}").content))
    assert table.num_rows == 0
    assert json.loads(client.get(f"/v1/references.csl.json?{query}").text) == []


def test_an_export_obeys_filters_sort_and_fields(client: httpx.Client) -> None:
    text = client.get("/v1/affinities.csv?parameter=Ki&sort=-value_nm&fields=value_nm").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["slug", "value_nm"]
    values = [float(row["value_nm"]) for row in rows]
    assert values == sorted(values, reverse=True)


def test_a_text_cell_starts_no_formula(client: httpx.Client) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/v1/claims.csv").text)))
    assert {row["sign"] for row in rows} == {"-1"}, "figures stay figures"
    text = client.get("/v1/compounds.csv").text
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            assert not cell.startswith(("=", "@", "+")), cell


def test_only_free_text_that_starts_a_formula_is_guarded() -> None:
    cells = [
        "=1+1",
        "-2+cmd|'/C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "＝1+1",
        "=",
        "-",
        "-4.5",
        "+3",
        "a=b",
    ]
    line = separated_line(cells, ";")
    assert line.split(";") == [*(f"'{cell}" for cell in cells[:5]), *cells[5:]]
    row = {"relation": "=", "caveat": "=A1", "slug": "one", "value_nm": -1.5}
    table = flat_columns(RESOURCES["affinities"].mapping, list(row))
    assert DelimitedLines(table, ",").line(row) == "=,'=A1,one,-1.5"


def test_accept_chooses_the_format(client: httpx.Client) -> None:
    def kind(accept: str) -> str:
        answer = client.get("/v1/claims?kind=mechanism", headers={"Accept": accept})
        assert answer.status_code == 200
        return answer.headers["content-type"].partition(";")[0]

    assert kind("text/csv") == "text/csv"
    assert kind("text/*") == "text/csv"
    assert kind("*/*") == "application/json"
    assert kind("text/csv;q=0.5, application/json") == "application/json"
    assert kind("application/json;q=0.1, application/x-ndjson") == "application/x-ndjson"
    refused = client.get("/v1/claims", headers={"Accept": "image/png"})
    assert refused.status_code == 406
    assert "text/csv" in refused.json()["offered"]


def test_what_an_export_cannot_do_is_refused(client: httpx.Client) -> None:
    assert client.get("/v1/claims.csv?limit=5").status_code == 422
    assert client.get("/v1/claims?limit=5", headers={"Accept": "text/csv"}).status_code == 422
    unknown = client.get("/v1/claims.xlsx")
    assert unknown.status_code == 404
    assert "/v1/claims.csv" in unknown.json()["did_you_mean"]
    assert client.get("/v1/references.bib?fields=name").status_code == 422


def test_references_are_cited_as_bibtex_ris_and_csl(client: httpx.Client) -> None:
    bib = client.get("/v1/references.bib").text
    assert bib.count("@article{") == SIZE
    assert "author = {Zarate, Jr, C. A. and {US FDA} and others}" in bib
    assert "title = {On 3 \\& more}" in bib
    assert "pages = {856--864}" in bib
    ris = client.get("/v1/references.ris").text
    assert ris.count("TY  - JOUR\r\n") == ris.count("ER  - \r\n") == SIZE
    csl = client.get("/v1/references.csl.json").json()
    assert len(csl) == SIZE
    assert csl[1]["author"][0] == {"family": "Zarate", "given": "C. A.", "suffix": "Jr"}
    assert csl[1]["issued"] == {"date-parts": [[2006]]}


@EACH
def test_head_of_an_export_has_the_headers_alone(client: httpx.Client, resource: Resource) -> None:
    answer = client.head(f"/v1/{resource.name}.csv")
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["etag"]


#: No made-up claim is about a process; the shipped ones are, in tests/api/test_citations.py.
CITING = [r for r in RESOURCES.values() if r.cites and r is not RESOURCES["processes"]]


@pytest.mark.parametrize("resource", CITING, ids=[r.name for r in CITING])
def test_what_records_rest_on_is_exported_for_reference_managers(
    client: httpx.Client, resource: Resource
) -> None:
    slug = factories.slug(resource, 0 if resource is RESOURCES["regions"] else 1)
    one = client.get(f"/v1/{resource.name}/{slug}.bib")
    assert one.text.count("@article{") >= 1
    assert len(client.get(f"/v1/{resource.name}/{slug}.csl.json").json()) == one.text.count("@")
    every = client.get(f"/v1/{resource.name}.ris").text
    assert every.count("ER  - ") == SIZE
    missing = client.get(f"/v1/{resource.name}/no-such.ris")
    assert missing.status_code == 404


def test_the_dataset_is_cited_too(client: httpx.Client) -> None:
    data = client.get("/v1/cite").json()["data"]
    assert data["text"].startswith("ketamine-kb, unreleased, revision 1.")
    assert data["bibtex"].startswith("@misc{ketamine-kb")
    assert "ER  - " in data["ris"]
    assert data["csl"]["title"].startswith("ketamine-kb")


def test_the_citation_of_the_dataset_is_a_file_in_each_format(client: httpx.Client) -> None:
    data = client.get("/v1/cite").json()["data"]
    files = {name: client.get(f"/v1/cite.{name}") for name in ("bib", "ris", "csl.json")}
    assert files["bib"].text == data["bibtex"]
    assert files["ris"].text == data["ris"]
    assert files["csl.json"].json() == [data["csl"]]
    for name, answer in files.items():
        assert answer.headers["content-disposition"].endswith(f'.{name}"')
        again = client.get(f"/v1/cite.{name}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    plain = client.get("/v1/cite.bib", headers={"Accept": "text/plain"})
    assert plain.headers["content-type"].startswith("text/plain")
    unknown = client.get("/v1/cite.xml")
    assert unknown.status_code == 404
    assert unknown.json()["did_you_mean"][0] == "/v1/cite.bib"
