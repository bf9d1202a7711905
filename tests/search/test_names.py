"""Suggestions and resolution: any name, synonym or identifier, however it is written."""

from typing import Any

import httpx
import pytest
from sqlalchemy import event

from app.kit.sessions import Store
from app.services.search import name_index
from app.services.search.autocomplete import suggest
from app.services.search.batch_resolution import resolve_batch
from tests.params import ONE_STORE


def suggested(kb: httpx.Client, q: str, **more: str | int) -> list[tuple[str, str]]:
    answer = kb.get("/v1/suggest", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    return [(row["type"], row["slug"]) for row in answer.json()["data"]]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("k", ("compound", "ketamine")),
        ("keta", ("compound", "ketamine")),
        ("sprav", ("compound", "esketamine")),
        ("5-ht2a", ("receptor", "htr2a")),
        ("α7", ("receptor", "chrna7")),
        ("lateral hab", ("region", "lateral-habenula")),
        ("nct0265569", ("study", "abdallah-2022")),
        ("10.1038/s41386-020", ("reference", "abdallah-2020")),
        ("168940", ("reference", "zarate-2006-trd")),
        ("P28223", ("receptor", "htr2a")),
        ("mtorc1 is needed", ("claim", "mtorc1-needed-for-ketamine-effect")),
    ],
)
def test_the_beginning_of_a_name_is_enough(
    shipped_client: httpx.Client, typed: str, first: tuple[str, str]
) -> None:
    assert suggested(shipped_client, typed)[0] == first


def test_a_record_is_suggested_once_and_says_by_which_name(shipped_client: httpx.Client) -> None:
    found = shipped_client.get("/v1/suggest", params={"q": "ketal"}).json()["data"]
    assert found[0] == {
        "type": "compound",
        "slug": "ketamine",
        "name": "ketamine",
        "url": "/v1/compounds/ketamine",
        "kind": "racemate",
        "field": "synonym",
        "text": "Ketalar",
        "ranges": [[0, 5]],
    }
    many = suggested(shipped_client, "ketamine", limit=50)
    assert len(many) == len(set(many)) == 50
    assert {kind for kind, _ in suggested(shipped_client, "ketamine", type="claim")} == {"claim"}
    assert suggested(shipped_client, "zzyzx") == suggested(shipped_client, "?!") == []


MDD = ("indication", "major-depressive-disorder")
TRD = ("indication", "treatment-resistant-depression")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("depression", [MDD, TRD]),
        ("depression resistant", [TRD]),
        ("resis depr", [TRD]),
        ("hab lateral", [("region", "lateral-habenula")]),
        ("depresion", [MDD, TRD]),
        ("ketmi", [("compound", "ketamine")]),
        ("letamine", [("compound", "ketamine")]),
        ("treatment resistent", [TRD]),
        ("opiod rec", [("receptor", "opioid-receptors")]),
    ],
)
def test_words_within_a_name_and_typing_errors_are_enough(
    shipped_client: httpx.Client, typed: str, expected: list[tuple[str, str]]
) -> None:
    assert set(expected) <= set(suggested(shipped_client, typed))


def test_a_suggestion_shows_what_matches_in_it(shipped_client: httpx.Client) -> None:
    for typed in ("depression", "lateral hab", "5-ht2a", "CHEMBL7", "10.1038/s41386-020", "α7"):
        for row in shipped_client.get("/v1/suggest", params={"q": typed}).json()["data"]:
            for start, end in row["ranges"]:
                part = row["text"][start:end].lower()
                assert part[:2] in typed.lower(), (typed, row)
            assert shipped_client.get(row["url"]).status_code == 200


def test_an_empty_search_box_gets_an_example_of_each_collection(
    shipped_client: httpx.Client,
) -> None:
    found = suggested(shipped_client, "", limit=20)
    assert found[0] == ("compound", "ketamine")
    assert {kind for kind, _ in found} >= {"receptor", "indication", "pathway", "claim", "study"}
    assert suggested(shipped_client, " ", type="region", limit=2)[0] == (
        "region",
        "lateral-habenula",
    )
    rows = shipped_client.get("/v1/suggest").json()["data"]
    assert len(rows) == 10
    assert all(row["ranges"] == [] for row in rows)


@ONE_STORE
def test_suggestions_and_names_come_from_a_range_of_an_index(shipped_store: Store) -> None:
    """At a million records, a scan would be felt."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cur: object, statement: str, parameters: Any, *_more: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(shipped_store.engine, "before_cursor_execute", note)
    with shipped_store.read() as session:
        name_index.by_prefix(session, "ket", (9, 9, 9))
        name_index.by_name(session, ["ketamine", "x"])
    event.remove(shipped_store.engine, "before_cursor_execute", note)
    assert len(asked) == 4
    with shipped_store.read() as session:
        for statement, parameters in asked:
            explained = f"EXPLAIN QUERY PLAN {statement}"
            rows = session.connection.exec_driver_sql(explained, parameters).all()
            plan = " ".join(row[3] for row in rows)
            assert "SEARCH search_name USING" in plan, statement
            assert "ix_search_name_tier_key (tier=? AND key" in plan, plan
            assert "SCAN search_name" not in plan, plan


@pytest.mark.parametrize(
    ("called", "kind", "slug", "matched"),
    [
        ("ketamine", "compound", "ketamine", "name"),
        ("Ketamine", "compound", "ketamine", "name"),
        ("compound:ketamine", "compound", "ketamine", "slug"),
        ("compounds/ketamine", "compound", "ketamine", "slug"),
        ("/v1/compounds/ketamine", "compound", "ketamine", "slug"),
        ("https://kb.example.org/v1/compounds/ketamine", "compound", "ketamine", "slug"),
        ("Spravato", "compound", "esketamine", "synonym"),
        ("(S)-ketamine", "compound", "esketamine", "synonym"),
        ("5-HT2A", "receptor", "htr2a", "synonym"),
        ("α7 nAChR", "receptor", "chrna7", "synonym"),
        ("chembl.compound:CHEMBL742", "compound", "ketamine", "identifier"),
        ("ChEMBL.Compound:chembl742", "compound", "ketamine", "identifier"),
        ("chembl:CHEMBL742", "compound", "ketamine", "identifier"),
        ("CHEMBL742", "compound", "ketamine", "identifier"),
        ("CHEBI:6121", "compound", "ketamine", "identifier"),
        ("chebi:CHEBI:6121", "compound", "ketamine", "identifier"),
        ("P28223", "receptor", "htr2a", "identifier"),
        ("UniProtKB:P28223", "receptor", "htr2a", "identifier"),
        ("http://purl.uniprot.org/uniprot/P28223", "receptor", "htr2a", "identifier"),
        ("16894061", "reference", "zarate-2006-trd", "identifier"),
        ("PMID:16894061", "reference", "zarate-2006-trd", "identifier"),
        ("pmid 16894061", "reference", "zarate-2006-trd", "identifier"),
        ("https://pubmed.ncbi.nlm.nih.gov/16894061/", "reference", "zarate-2006-trd", "identifier"),
        ("10.1001/archpsyc.63.8.856", "reference", "zarate-2006-trd", "identifier"),
        ("doi:10.1001/ARCHPSYC.63.8.856", "reference", "zarate-2006-trd", "identifier"),
        ("https://doi.org/10.1001/archpsyc.63.8.856", "reference", "zarate-2006-trd", "identifier"),
        ("PMC7162891", "reference", "abdallah-2020", "identifier"),
        ("NCT02655692", "study", "abdallah-2022", "identifier"),
        ("ACTRN12616001096448", "study", "loo-2023", "identifier"),
        ("anzctr:ACTRN12616001096448", "study", "loo-2023", "identifier"),
        ("YQEZLKZALYSWHR-UHFFFAOYSA-N", "compound", "ketamine", "identifier"),
        ("6740-88-1", "compound", "ketamine", "identifier"),
        ("CAS:6740-88-1", "compound", "ketamine", "identifier"),
        ("690G0D6V8H", "compound", "ketamine", "identifier"),
        ("GRIN2B", "receptor", "grin2b", "synonym"),
        ("hgnc.symbol:GRIN2B", "receptor", "grin2b", "identifier"),
        ("HGNC:4586", "receptor", "grin2b", "identifier"),
    ],
)
def test_whatever_it_is_called_it_is_found(
    shipped_client: httpx.Client, called: str, kind: str, slug: str, matched: str
) -> None:
    answer = shipped_client.get(f"/v1/resolve/{called}")
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    first = data["matches"][0]
    assert (first["type"], first["slug"], first["matched"]) == (kind, slug, matched)
    assert shipped_client.get(first["url"]).json()["data"]["slug"] == slug
    batch = shipped_client.post("/v1/resolve", json={"ids": [called]}).json()["data"]
    assert batch == [data]


def test_what_several_are_called_lists_them_all(shipped_client: httpx.Client) -> None:
    data = shipped_client.get("/v1/resolve/ketamine-relieves-ptsd").json()["data"]
    assert data["ambiguous"]
    assert [one["type"] for one in data["matches"]] == ["claim", "conflict", "verdict"]
    near = shipped_client.get("/v1/resolve/mesh:D000928").json()["data"]
    assert {one["matched"] for one in near["matches"]} == {"related_identifier"}
    assert near["ambiguous"]


@pytest.mark.parametrize(
    ("called", "near"),
    [
        ("ketmine", "/v1/compounds/ketamine"),
        ("compound:ketmine", "/v1/compounds/ketamine"),
        ("GRIN2F", "/v1/receptors/grin2a"),
        ("zarate-2006-tdr", "/v1/studies/zarate-2006-trd"),
    ],
)
def test_what_nothing_is_called_says_what_is_near(
    shipped_client: httpx.Client, called: str, near: str
) -> None:
    answer = shipped_client.get(f"/v1/resolve/{called}")
    assert answer.status_code == 404
    assert near in answer.json()["did_you_mean"]
    assert near in answer.json()["detail"]
    (told,) = shipped_client.post("/v1/resolve", json={"ids": [called]}).json()["data"]
    assert not told["found"]
    assert near in {one["url"] for one in told["similar"]}


def test_a_batch_is_answered_in_its_order(shipped_client: httpx.Client) -> None:
    ids = ["GluN2B", "nothing-like-it", "16894061", "GluN2B"]
    data = shipped_client.post("/v1/resolve", json={"ids": ids}).json()["data"]
    assert [one["text"] for one in data] == ids
    assert [one["found"] for one in data] == [True, False, True, True]
    assert shipped_client.post("/v1/resolve", json={"ids": []}).status_code == 422
    assert shipped_client.post("/v1/resolve", json={"ids": ["x"] * 501}).status_code == 422


@pytest.mark.parametrize(
    ("curie", "target"),
    [
        ("pubmed:16894061", "/v1/references/zarate-2006-trd"),
        ("doi:10.1001/archpsyc.63.8.856", "/v1/references/zarate-2006-trd"),
        ("CHEBI:6121", "/v1/compounds/ketamine"),
        ("claim:ketamine-relieves-ptsd", "/v1/claims/ketamine-relieves-ptsd"),
        ("mesh:D000928", "/v1/resolve/mesh:D000928"),
    ],
)
def test_a_curie_redirects_to_its_record(
    shipped_client: httpx.Client, curie: str, target: str
) -> None:
    answer = shipped_client.get(f"/{curie}")
    assert (answer.status_code, answer.headers["location"]) == (307, target)
    assert shipped_client.get(target).status_code == 200
    assert shipped_client.get("/pubmed:1").status_code == 404
    assert shipped_client.get("/v1/resolve/ketamine?x=1").status_code == 422


def test_beyond_the_time_for_corrections_ids_are_resolved_and_say_so(shipped_store: Store) -> None:
    ids = ["esketmine", "esketmine", "ketamine", "no-such-name"]
    with shipped_store.read() as session:
        at_leisure = resolve_batch(session, ids, correction_seconds=60)
        in_haste = resolve_batch(session, ids, correction_seconds=1e-9)
        at_once = resolve_batch(session, ids, correction_seconds=0)
    assert [item.not_corrected for item in at_leisure] == [False] * 4
    assert at_leisure[0].similar[0]["slug"] == "esketamine"
    assert [item.not_corrected for item in in_haste] == [False, True, False, True]
    assert in_haste[0] == at_leisure[0]
    assert [item.not_corrected for item in at_once] == [True, True, False, True]
    assert [item.resolved for item in at_once] == [item.resolved for item in at_leisure]
    assert [item.similar for item in at_once] == [[]] * 4


def test_the_batch_answers_every_id_whether_it_is_corrected_or_not(
    shipped_client: httpx.Client,
) -> None:
    ids = [f"{'ketmine' * 40} {n}" for n in range(500)]
    data = shipped_client.post("/v1/resolve", json={"ids": ids}).json()["data"]
    assert [item["text"] for item in data] == ids
    assert {type(item["not_corrected"]) for item in data} == {bool}


@ONE_STORE
def test_a_batch_reads_the_names_with_one_beginning_once(shipped_store: Store) -> None:
    ids = ["ketmine", "ketamne", "kettamine", "ketanin", "esketmine", "ketamnie"]
    reads: list[str] = []

    def note(_c: object, _cur: object, _statement: str, parameters: Any, *_: object) -> None:
        reads.extend(start for start in ("ke", "es") if start in parameters)

    with shipped_store.read() as session:
        alone = [resolve_batch(session, [text])[0] for text in ids]
        event.listen(shipped_store.engine, "before_cursor_execute", note)
        together = resolve_batch(session, ids)
        event.remove(shipped_store.engine, "before_cursor_execute", note)
    assert together == alone
    assert all(item.similar for item in together)
    assert sorted(reads) == ["es"] * 3 + ["ke"] * 3, "one read for each suggest tier"


@ONE_STORE
def test_a_lower_limit_gives_the_first_of_the_same_suggestions(shipped_store: Store) -> None:
    with shipped_store.read() as session:
        for typed in ("ke", "de", "es", "dep", "anti", "ketamine", "nmda", "depression", "resis d"):
            rows = suggest(session, typed, [], 50)
            for limit in (1, 3, 10, 20):
                assert suggest(session, typed, [], limit) == rows[:limit], (typed, limit)
