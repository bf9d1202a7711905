"""JSON-LD of records: the types and profiles of schema.org, in pages and by content negotiation."""

import gzip
import json
import re
from typing import Any

import html5lib
import httpx
import pytest
from pyshacl import validate
from rdflib import RDF, Literal, URIRef

from app.explorer.json_ld_block import data_block
from app.resources import RESOURCES
from app.services.json_ld.record_types import DESCRIPTIONS
from app.services.json_ld.records import record_document
from app.services.json_ld.terms import MAX_VALUES, Addresses
from tests.explorer.linked_data import SCHEMA, SHAPES, graph_of
from tests.explorer.pages import HTML, data
from tests.params import ONE_STORE

JSON_LD = {"Accept": "application/ld+json"}
ADDRESSES = Addresses("https://example.org/kb")
HOSTILE = "</script><!--<script>&amp;\u2028\u202e\"'"
# rdflib's own JSON-LD parser uses a class that rdflib deprecates.
pytestmark = [ONE_STORE, pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")]


def load(client: httpx.Client, path: str) -> dict[str, Any]:
    """The JSON-LD at an address of the API."""
    response = client.get(path, headers=JSON_LD)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/ld+json"
    document: dict[str, Any] = response.json()
    return document


def blocks(page: str) -> list[str]:
    """The JSON-LD blocks of a page, which has no other inline script."""
    scripts = html5lib.parse(page, namespaceHTMLElements=False).findall(".//script")
    inline = [script for script in scripts if not script.get("src")]
    assert {script.get("type") for script in inline} <= {"application/ld+json"}
    return [script.text or "" for script in inline]


@pytest.fixture(scope="module")
def sample(shipped_client: httpx.Client) -> list[dict[str, Any]]:
    """Documents of a few records of each collection, and of each kind of record."""
    chosen = [
        *("receptors/grin1", "receptors/mtorc1", "compounds/ketamine", "compounds/midazolam"),
        *("indications/suicidal-ideation", "indications/treatment-resistant-depression"),
        "studies/daly-2018",
    ]
    for name in RESOURCES:
        records = data(shipped_client, f"/v1/{name}?limit=2&fields=slug")
        chosen += [f"{name}/{record['slug']}" for record in records]
    for design in ("cohort", "case_series", "animal_experiment", "guideline", "regulatory_act"):
        (record, *_) = data(shipped_client, f"/v1/studies?design={design}&limit=1&fields=slug")
        chosen.append(f"studies/{record['slug']}")
    return [load(shipped_client, f"/v1/{path}") for path in dict.fromkeys(chosen)]


def test_every_collection_is_read_as_a_graph(
    shipped_client: httpx.Client, sample: list[dict[str, Any]]
) -> None:
    graph = graph_of(*sample)
    base = str(shipped_client.base_url).rstrip("/")
    for document in sample:
        subject = URIRef(document["@id"])
        collection, slug = document["@id"].removeprefix(f"{base}/").split("/")
        record = data(shipped_client, f"/v1/{collection}/{slug}")
        own = f"ketamine-kb:{RESOURCES[collection].record_type}.{slug}"
        assert graph.value(subject, RDF.type), document["@id"]
        assert Literal(record["name"]) in set(graph.objects(subject, SCHEMA.name))
        assert graph.value(subject, SCHEMA.url) == subject
        assert Literal(own) in set(graph.objects(subject, SCHEMA.identifier))
    collections = {document["@id"].split("/")[3] for document in sample}
    assert collections == set(RESOURCES)


def test_the_documents_have_the_shape_of_their_type(sample: list[dict[str, Any]]) -> None:
    conforms, _, report = validate(graph_of(*sample), shacl_graph=str(SHAPES))
    assert conforms, report


@pytest.mark.parametrize(
    ("index", "change"),
    [
        (0, {"isEncodedByBioChemEntity": {"@type": "Person"}}),
        (0, {"sameAs": ["http://www.uniprot.org/uniprotkb/Q05586"]}),
        (2, {"name": ""}),
        (2, {"inChIKey": "YQEZLKZALYSWHR"}),
        (6, {"trialDesign": "https://schema.org/RandomisedTrial"}),
    ],
)
def test_the_shapes_refuse_wrong_documents(
    sample: list[dict[str, Any]], index: int, change: dict[str, Any]
) -> None:
    conforms, _, _ = validate(graph_of(sample[index] | change), shacl_graph=str(SHAPES))
    assert not conforms


def test_a_compound_has_what_its_profile_recommends(sample: list[dict[str, Any]]) -> None:
    ketamine = sample[2]
    assert ketamine["@type"] == ["MolecularEntity", "Drug"]
    assert ketamine["molecularFormula"] == "C13H16ClNO"
    assert ketamine["molecularWeight"] == "237.73 g/mol"
    assert ketamine["smiles"] == ["CNC1(c2ccccc2Cl)CCCCC1=O"]
    assert ketamine["code"] == [
        {"@type": "MedicalCode", "codeValue": "N01AX03", "codingSystem": "ATC"}
    ]
    assert not [address for address in ketamine["sameAs"] if "whocc.no" in address]
    midazolam = sample[3]  # no structure on record
    assert midazolam["@type"] == ["ChemicalSubstance", "Drug"]
    assert "http://purl.org/dc/terms/conformsTo" not in midazolam


def test_same_as_has_exact_matches_alone(shipped_client: httpx.Client) -> None:
    for name in RESOURCES:
        for record in data(shipped_client, f"/v1/{name}?limit=100&fields=slug,xrefs"):
            relations = {xref["curie"]: xref["relation"] for xref in record["xrefs"]}
            if "exact" in relations.values() or not relations:
                continue
            document = load(shipped_client, f"/v1/{name}/{record['slug']}")
            assert len(document["identifier"]) == 1
            assert "sameAs" not in document
            return
    raise AssertionError("no record has inexact matches alone")


def test_a_protein_is_not_its_gene(sample: list[dict[str, Any]]) -> None:
    protein, complex_ = sample[:2]
    assert "https://www.uniprot.org/uniprotkb/Q05586/entry" in protein["sameAs"]
    gene = protein["isEncodedByBioChemEntity"]
    assert len(gene["sameAs"]) == 3
    assert not set(gene["sameAs"]) & set(protein["sameAs"])
    assert complex_["@type"] == "BioChemEntity"
    assert [part["name"] for part in complex_["hasBioChemEntityPart"]] == ["mTOR", "Raptor"]


def test_what_is_not_ours_has_no_licence_of_ours(sample: list[dict[str, Any]]) -> None:
    by_type = {document["@id"].split("/")[3]: document for document in sample}
    for collection in ("references", "statements", "compounds", "studies"):
        assert "license" not in by_type[collection], collection
        assert by_type[collection]["subjectOf"]["license"]
    for collection in ("claims", "evidence", "verdicts"):
        assert by_type[collection]["license"] == "https://creativecommons.org/licenses/by/4.0/"
        assert by_type[collection]["isPartOf"]["name"] == "ketamine-kb"
    assert not [d for d in sample if "ClaimReview" in json.dumps(d)]


@pytest.mark.parametrize(
    "path",
    [
        "/compounds/ketamine",
        "/receptors/grin1",
        "/indications/treatment-resistant-depression",
        "/claims/ketamine-relieves-ptsd",
        "/verdicts/ketamine-relieves-ptsd",
        "/studies/daly-2018",
        "/references/berman-2000",
        "/pathways/gsk3",
        "/statements/how-ketamine-works-01",
    ],
)
def test_a_page_has_the_document_and_grows_little(shipped_client: httpx.Client, path: str) -> None:
    response = shipped_client.get(path, headers=HTML)
    (block,) = blocks(response.text)
    assert json.loads(block) == load(shipped_client, f"/v1{path}")
    without = response.text.replace(block, "")
    added = len(gzip.compress(response.content)) - len(gzip.compress(without.encode()))
    assert 0 < added < 2000
    assert "script-src 'self';" in response.headers["content-security-policy"]


def test_lists_in_documents_are_bounded(shipped_client: httpx.Client) -> None:
    record = data(shipped_client, "/v1/references/berman-2000")
    record["authors"] = [f"Author A{number}" for number in range(500)]
    document = record_document(RESOURCES["references"], record, ADDRESSES, "2")
    assert len(document["author"]) == MAX_VALUES


def hostile(value: Any, key: str = "") -> Any:
    """A value with markup in each text that is not constrained."""
    if isinstance(value, dict):
        return {name: hostile(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [hostile(inner, key) for inner in value]
    free = isinstance(value, str) and key not in {"slug", "curie", "relation", "type", "licence"}
    return value + HOSTILE if free else value


@pytest.mark.parametrize("name", [RESOURCES.by_record_type[kind].name for kind in DESCRIPTIONS])
def test_no_text_ends_the_block(shipped_client: httpx.Client, name: str) -> None:
    (record, *_) = data(shipped_client, f"/v1/{name}?limit=1")
    document = record_document(RESOURCES[name], hostile(record), ADDRESSES, HOSTILE)
    assert HOSTILE in document["name"]
    block = data_block(document)
    assert not re.search(r"[<>&\u2028\u202e]", block)
    page = f'<!doctype html><title>x</title><script type="application/ld+json">{block}</script>'
    assert [json.loads(found) for found in blocks(page)] == [document]


def test_both_forms_at_an_address_have_their_own_validators(shipped_client: httpx.Client) -> None:
    path = "/v1/receptors/grin2b"
    plain, linked = shipped_client.get(path), shipped_client.get(path, headers=JSON_LD)
    assert plain.headers["content-type"] == "application/json"
    assert plain.headers["etag"] != linked.headers["etag"]
    assert "Accept" in linked.headers["vary"].split(", ")
    again = shipped_client.get(path, headers=JSON_LD)  # from the response cache
    assert (again.content, again.headers["etag"]) == (linked.content, linked.headers["etag"])
    tag = linked.headers["etag"]
    for headers, status in ((JSON_LD, 304), ({"Accept": "application/json"}, 200)):
        response = shipped_client.get(path, headers=headers | {"If-None-Match": tag})
        assert response.status_code == status


def test_the_address_of_a_page_leads_to_its_json_ld(shipped_client: httpx.Client) -> None:
    response = shipped_client.get("/compounds/ketamine", headers=JSON_LD)
    assert (response.status_code, response.headers["location"]) == (303, "/v1/compounds/ketamine")
    assert "Accept" in response.headers["vary"].split(", ")
    both = {"Accept": "application/ld+json;q=0.5, text/html"}
    assert shipped_client.get("/compounds/ketamine", headers=both).status_code == 200
    home = shipped_client.get("/", headers=JSON_LD, follow_redirects=True)
    kinds = [item["@type"] for item in home.json()["@graph"]]
    assert kinds == ["WebSite", "Dataset"]


def test_a_page_without_json_ld_says_where_its_data_is(shipped_client: httpx.Client) -> None:
    for path in ("/matrix", "/compounds", "/claims/ketamine-relieves-ptsd/history"):
        response = shipped_client.get(path, headers=JSON_LD)
        assert response.status_code == 406, path
        assert f"/v1{path} has its data" in response.json()["detail"]


@pytest.mark.parametrize("parameter", ["fields=name", "include=affinities"])
def test_json_ld_takes_no_parameters_of_the_json(
    shipped_client: httpx.Client, parameter: str
) -> None:
    response = shipped_client.get(f"/v1/compounds/ketamine?{parameter}", headers=JSON_LD)
    assert response.status_code == 422
    assert parameter.partition("=")[0] in response.json()["detail"]


def test_a_search_action_finds_something(shipped_client: httpx.Client) -> None:
    site, _ = load(shipped_client, "/v1")["@graph"]
    template = site["potentialAction"]["target"]["urlTemplate"]
    address = template.replace("{search_term_string}", "rapamycin")
    response = shipped_client.get(address, headers=HTML)
    assert response.status_code == 200
    assert "mTORC1" in response.text
