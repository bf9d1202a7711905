"""Names and identifiers as people paste them: each form leads to the record that it means."""

import csv
import io
import json
import re
import time
import urllib.parse
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from app.domain.identifiers import normalise_doi
from app.domain.pasted_text import plain_text
from app.domain.text_folding import name_key
from tests.params import ONE_STORE

CASES = yaml.safe_load((Path(__file__).parent / "pasted_identifiers.yaml").read_text("utf-8"))
FORMS: dict[str, list[str]] = CASES["one_record"]
SALTS: dict[str, list[str | None]] = CASES["salts"]
COMBINED: dict[str, list[str]] = CASES["combined"]
UNKNOWN: list[str] = CASES["unknown"]


def resolve(kb: httpx.Client, texts: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for start in range(0, len(texts), 500):
        answer = kb.post("/v1/resolve", json={"ids": texts[start : start + 500]})
        assert answer.status_code == 200, answer.text
        found += answer.json()["data"]
    return found


def test_each_pasted_form_means_one_record(shipped_client: httpx.Client) -> None:
    expected = [(text, record) for record, texts in FORMS.items() for text in texts]
    results = resolve(shipped_client, [text for text, _ in expected])
    wrong = []
    for (text, record), result in zip(expected, results, strict=True):
        exact = [m for m in result["matches"] if m["matched"] != "related_identifier"]
        found = [f"{match['type']}:{match['slug']}" for match in exact]
        if found != [record]:
            wrong.append((text, record, found))
    assert not wrong


def test_salts_lead_to_their_base_and_say_so(shipped_client: httpx.Client) -> None:
    results = resolve(shipped_client, list(SALTS))
    found = {r["text"]: [[m["slug"], m["salt"]] for m in r["matches"]] for r in results}
    assert found == {text: [base] for text, base in SALTS.items()}


def test_combined_names_lead_to_each_of_their_records(shipped_client: httpx.Client) -> None:
    results = resolve(shipped_client, list(COMBINED))
    found = {r["text"]: [m["slug"] for m in r["matches"]] for r in results}
    assert found == COMBINED
    assert all(match["part"] for result in results for match in result["matches"])


def test_another_form_of_a_substance_is_not_taken_for_it(shipped_client: httpx.Client) -> None:
    results = resolve(shipped_client, UNKNOWN)
    assert [result["text"] for result in results if result["found"]] == []
    similar = {result["text"]: [m["slug"] for m in result["similar"]] for result in results}
    assert "esketamine" in similar["(S)-(−)-ketamine"]
    assert "ketamine" in similar["(+)-ketamine hydrochloride"]


def test_a_plus_in_an_address_is_read_as_a_plus(shipped_client: httpx.Client) -> None:
    answer = shipped_client.get("/v1/resolve/(+)-ketamine").json()["data"]
    assert [match["slug"] for match in answer["matches"]] == ["esketamine"]


@ONE_STORE
def test_whatever_our_exports_print_as_an_id_resolves(shipped_client: httpx.Client) -> None:
    ids: set[str] = set()
    for path, columns in {
        "/v1/graph.nodes.tsv": ["id"],
        "/v1/graph.edges.tsv": ["id", "subject", "object"],
    }.items():
        rows = csv.DictReader(io.StringIO(shipped_client.get(path).text), dialect="excel-tab")
        ids |= {row[column] for row in rows for column in columns}
    ids |= set(re.findall(r'<node id="([^"]+)"', shipped_client.get("/v1/graph.graphml").text))
    elements = shipped_client.get("/v1/graph").json()["data"]["elements"]
    ids |= {node["data"]["id"] for node in elements["nodes"]}
    ids |= set(re.findall(r"^@\w+\{([^,]+),", shipped_client.get("/v1/references.bib").text, re.M))
    ids |= set(re.findall(r"^ID  - (.+)$", shipped_client.get("/v1/references.ris").text, re.M))
    ids |= {item["id"] for item in shipped_client.get("/v1/references.csl.json").json()}
    for name in ("compounds", "receptors", "indications", "references"):
        rows = csv.DictReader(io.StringIO(shipped_client.get(f"/v1/{name}.csv").text))
        printed: set[str] = set()
        for row in rows:
            xrefs = json.loads(row["xrefs"] or "[]")
            printed |= {xref["curie"] for xref in xrefs if xref["relation"] == "exact"}
            printed |= {row[field] for field in ("slug", "doi", "pmid", "pmcid") if row.get(field)}
        chosen = sorted(printed)[::3]
        for start in range(0, len(chosen), 500):
            batch = {"ids": chosen[start : start + 500]}
            results = shipped_client.post(f"/v1/{name}/batch?fields=slug", json=batch).json()[
                "data"
            ]
            assert [result["id"] for result in results if not result["found"]] == []
        ids |= set(chosen)
    results = resolve(shipped_client, sorted(ids))
    assert [result["text"] for result in results if not result["found"]] == []


def test_a_batch_takes_what_resolve_takes(shipped_client: httpx.Client) -> None:
    ids = ["ketamine", "Spravato", "CID3821", "(−)-ketamine", "ketamine HCl", "(-)-norketamine"]
    ids.append("https://kb.example.org/v1/compounds/ketamine")
    results = shipped_client.post("/v1/compounds/batch?fields=slug", json={"ids": ids}).json()[
        "data"
    ]
    found = {r["id"]: (r["record"] or {}).get("slug") for r in results}
    expected = ["ketamine", "esketamine", "ketamine", "arketamine", "ketamine", None, "ketamine"]
    assert found == dict(zip(ids, expected, strict=True))
    by_id = {result["id"]: result for result in results}
    assert [by_id[i]["matched"] for i in ids[:4]] == ["slug", "name", "curie", "name"]
    assert "hydrochloride" not in (by_id["ketamine"]["message"] or "")
    assert "hcl" in by_id["ketamine HCl"]["message"]
    several = shipped_client.post("/v1/receptors/batch", json={"ids": ["D2/D3"]}).json()["data"][0]
    assert not several["found"]
    assert "drd2" in several["message"]
    assert "drd3" in several["message"]


def test_a_pasted_form_resolves_in_an_address_too(shipped_client: httpx.Client) -> None:
    for form in [text for texts in FORMS.values() for text in texts][::12]:
        answer = shipped_client.get(f"/v1/resolve/{urllib.parse.quote(form, safe='')}")
        assert answer.status_code == 200, answer.text


def test_plain_text_leaves_names_alone() -> None:
    for name in ("(S)-ketamine", "GluN1/GluN2A receptor", "CP-101,606", "5,6-DHNK", "a < b"):
        assert plain_text(name) == name
    assert plain_text("(see (a) and (b))") == "see (a) and (b)"
    assert normalise_doi("dopamine") == "dopamine"
    sici = "10.1002/(sici)1098-2396(199601)22:1<1::aid-syn1>3.0.co;2-#"
    assert normalise_doi(f"https://doi.org/{sici}") == sici
    assert len({name_key(f"{sign}-ketamine") for sign in ("(+)", "(-)", "(±)", "")}) == 4


@pytest.mark.parametrize("unit", ["(", "( ", "-", "(S", "a/", "hydrochloride ", "&", "x, "])
def test_a_long_text_of_any_kind_is_read_quickly(shipped_client: httpx.Client, unit: str) -> None:
    """A pattern that backtracks takes half a minute for as many brackets as an address can have."""
    text = urllib.parse.quote(unit * (3900 // len(unit)), safe="")
    started = time.monotonic()
    assert shipped_client.get(f"/v1/resolve/{text}").status_code == 404
    assert time.monotonic() - started < 5
