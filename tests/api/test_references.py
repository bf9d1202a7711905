"""Parameters that refer to records: slugs, names and identifiers, in lists and everywhere else."""

import math
from typing import Any, get_args

import httpx
import pytest
from sqlalchemy import event

from app.api.query_parameters import query_models
from app.api.route_groups import flattened
from app.kit.query_types import ReferenceTo, reference_parameters
from app.kit.sessions import Store
from app.main import create_app
from app.resources import RESOURCES
from app.settings import Settings
from tests.params import ONE_STORE

NMDA, TRD = "nmda-receptor", "treatment-resistant-depression"
MDD, VERDICT = "major-depressive-disorder", "claims/ketamine-relieves-ptsd/verdict"


@pytest.mark.parametrize(
    ("path", "query", "canonical"),
    [
        ("affinities", "receptor=NMDA", f"receptor={NMDA}"),
        ("affinities", "receptor=NMDAR", f"receptor={NMDA}"),
        ("affinities", "receptor=nmda-Receptor", f"receptor={NMDA}"),
        ("affinities", "receptor=D2/D3&limit=2", "receptor=drd2,drd3&limit=2"),
        ("affinities", "compound=CHEMBL742", "compound=ketamine"),
        ("affinities", "compound=ketamine+HCl", "compound=ketamine"),
        ("affinities", "compound=(+)-ketamine", "compound=esketamine"),
        ("affinities", "compound=compound:ketamine", "compound=ketamine"),
        ("affinities", "compound=(2R,6R)-HNK,MK-801", "compound=hnk-2r6r,dizocilpine"),
        ("affinities", "compound=ketamine,CP-101,606", "compound=ketamine,traxoprodil"),
        ("affinities", "compound=Ketalar&compound=MK801", "compound=ketamine,dizocilpine"),
        ("claims", "indication=TRD&kind=Efficacy", f"indication={TRD}&kind=efficacy"),
        ("claims", "entity=NMDA", f"entity=receptor:{NMDA}"),
        ("receptors", "class=LGIC", "class=lgic"),
        ("receptors", "class=Ligand-gated+ion+channel,GPCR", "class=lgic,gpcr"),
        ("receptors", "class=Catalytic+receptor,lgic", "class=catalytic_receptor,lgic"),
        ("studies", "slug=NCT02655692,lii-2023", "slug=abdallah-2022,lii-2023"),
        ("evidence", "study=NCT02655692", "study=abdallah-2022"),
        ("verdicts", "decisive=NCT02655692", "decisive=abdallah-2022"),
        ("graph", "compound=Ketalar&receptor=NMDAR", f"compound=ketamine&receptor={NMDA}"),
        ("paths", "from=ketamine&to=TRD", f"from=ketamine&to=indication:{TRD}"),
        ("explain", "compound=Spravato&indication=TRD", f"compound=esketamine&indication={TRD}"),
        ("matrix", "rows=MK-801&column=NMDA", f"rows=dizocilpine&column={NMDA}"),
        ("matrix", "columns=OUTCOME&column=TRD", f"columns=outcome&column=indication:{TRD}"),
        ("timeline", "compound=Ketalar&indication=TRD", f"compound=ketamine&indication={TRD}"),
        (VERDICT, "exclude=NCT02655692&design=RCT", "exclude=study:abdallah-2022&design=rct"),
    ],
)
def test_a_parameter_takes_what_resolve_knows(
    shipped_client: httpx.Client, path: str, query: str, canonical: str
) -> None:
    answer = shipped_client.get(f"/v1/{path}?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.links["canonical"]["url"].endswith(f"/v1/{path}?{canonical}")
    again = shipped_client.get(answer.links["canonical"]["url"])
    assert "canonical" not in again.links
    assert again.json()["data"] == answer.json()["data"]
    assert again.json()["meta"]["filters"] == answer.json()["meta"]["filters"]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("references?pmid=PMID:16894061,https://pubmed.ncbi.nlm.nih.gov/38188539/", 2),
        ("references?pmcid=pmc7162891", 1),
        ("references?doi=doi.org/10.1001/ARCHPSYC.63.8.856,urn:doi:10.1038/nature17998", 2),
        ("references?doi=https://doi.org/10.1038/nature17998?utm_source=feed", 1),
        ("receptors?hgnc_symbol=grin2b,hgnc.symbol:GRIN1", 2),
        ("studies?registration=nct02655692", 1),
        ("compounds?inchikey=InChIKey=yqezlkzalyswhr-uhfffaoysa-n", 1),
    ],
)
def test_a_filter_by_an_identifier_takes_any_spelling(
    shipped_client: httpx.Client, query: str, total: int
) -> None:
    assert shipped_client.get(f"/v1/{query}").json()["page"]["total"] == total


def test_a_page_and_its_export_take_the_same_names(shipped_client: httpx.Client) -> None:
    first = shipped_client.get("/v1/affinities?compound=Ketalar&limit=2")
    second = shipped_client.get(first.links["next"]["url"])
    assert second.status_code == 200
    slugs = [row["slug"] for page in (first, second) for row in page.json()["data"]]
    assert len(set(slugs)) == 4
    for path in ("affinities.csv", "affinities.parquet", "affinities.bib", "graph.graphml"):
        answers = [
            shipped_client.get(f"/v1/{path}?compound={name}") for name in ("Ketalar", "ketamine")
        ]
        assert answers[0].content == answers[1].content
        assert answers[0].links["canonical"]["url"].endswith("compound=ketamine")


@pytest.mark.parametrize(
    ("query", "names", "candidate"),
    [
        ("claims?indication=depression", ["indication"], MDD),
        ("claims?indication=depression", ["indication"], TRD),
        ("claims?indication=depresion", ["indication"], TRD),
        ("affinities?compound=ketmine,zz&receptor=zz", ["compound", "compound", "receptor"], None),
        ("affinities?compound=ketmine", ["compound"], "ketamine"),
        ("affinities?compound=CHEMBL1,CHEMBL742", ["compound"], None),
        ("claims?entity=zzyzx", ["entity"], None),
        ("claims?indication=mesh:D001714", ["indication"], "bipolar-depression"),
        ("explain?compound=ketamine/esketamine&indication=TRD", ["compound"], "esketamine"),
        ("claims?compound=", ["compound"], None),
        ("references?slug=zarate-2006-tdr", ["slug"], "zarate-2006-trd"),
    ],
)
def test_a_value_that_means_none_or_several_is_refused_with_candidates(
    shipped_client: httpx.Client, query: str, names: list[str], candidate: str | None
) -> None:
    answer = shipped_client.get(f"/v1/{query}")
    assert answer.status_code == 422, answer.text
    errors = answer.json()["errors"]
    assert [error["name"] for error in errors] == names
    if candidate:
        assert candidate in errors[0]["did_you_mean"]
        assert candidate in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("compounds/CHEMBL742", "/v1/compounds/ketamine"),
        ("compounds/(R)-ketamine", "/v1/compounds/arketamine"),
        ("pages/indication/TRD", f"/v1/pages/indication/{TRD}"),
        ("studies/NCT02655692/history", "/v1/studies/abdallah-2022"),
    ],
)
def test_an_address_with_a_name_leads_to_the_record(
    shipped_client: httpx.Client, path: str, address: str
) -> None:
    answer = shipped_client.get(f"/v1/{path}")
    assert answer.status_code == 404
    assert answer.json()["did_you_mean"] == [address]
    assert shipped_client.get(address).status_code == 200


@ONE_STORE
def test_a_slug_is_taken_without_a_lookup_of_names(
    shipped_store: Store, shipped_client: httpx.Client
) -> None:
    statements: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    def asked(path: str) -> list[str]:
        statements.clear()
        assert shipped_client.get(path).status_code == 200
        return [s for s in statements if s.startswith("SELECT")]

    event.listen(shipped_store.engine, "before_cursor_execute", note)
    # A read in the event loop that takes long begins again in a thread.
    shipped_store.shares.nonblocking_paused_until = math.inf
    try:
        by_slug = asked("/v1/affinities?compound=ketamine,esketamine&receptor=htr2a&limit=7")
        by_name = asked("/v1/affinities?compound=Ketalar,esketamine&receptor=htr2a&limit=8")
        # Filtered, since the total of the whole list may have been counted before.
        plain = asked("/v1/affinities?species=human&limit=7")
    finally:
        event.remove(shipped_store.engine, "before_cursor_execute", note)
        shipped_store.shares.nonblocking_paused_until = 0.0
    assert not [s for s in by_slug if "search_name" in s]
    assert [s for s in by_name if "search_name" in s]
    assert len(by_slug) == len(plain) + 2  # a statement for each filter by slugs


def test_every_parameter_that_names_records_is_declared_a_reference() -> None:
    """A parameter called after a collection takes names everywhere, or on purpose nowhere."""
    app = create_app(Settings(database_url="sqlite://"))
    words = {r.record_type for r in RESOURCES.values()} | {"rows", "column", "exclude"}
    for route in flattened(app.routes):
        for model in query_models(route):
            declared = {parameter.name for parameter in reference_parameters(model)}
            for name, info in model.model_fields.items():
                if (info.alias or name) in words - declared:
                    markers = [m for m in info.metadata if isinstance(m, ReferenceTo)]
                    assert markers or str not in leaves(info.annotation), (route.path, name)


def leaves(annotation: Any) -> set[Any]:
    inner = get_args(annotation)
    return set().union(*map(leaves, inner)) if inner else {annotation}
