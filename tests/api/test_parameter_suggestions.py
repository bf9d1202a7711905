"""Errors of parameters: what the client means, all faults counted, problem types explained."""

import httpx
import pytest

from app.domain.errors import ERROR_TYPES


@pytest.mark.parametrize(
    ("path", "name", "meant"),
    [
        ("claims?offset=10", "offset", ["cursor"]),
        ("claims?page=2", "page", ["cursor"]),
        ("search?q=a&page=2", "page", ["cursor"]),
        ("claims?per_page=5", "per_page", ["limit"]),
        ("claims?pageSize=5", "pageSize", ["limit"]),
        ("claims?page[size]=5", "page[size]", ["limit"]),
        ("claims?order=name", "order", ["sort"]),
        ("claims?sortBy=name", "sortBy", ["sort"]),
        ("claims?sort=certainty:desc", "sort", ["-certainty"]),
        ("claims?search=x", "search", ["q"]),
        ("claims?select=name", "select", ["fields"]),
        ("claims?expand=evidence", "expand", ["include"]),
        ("claims?ids=a,b", "ids", ["slug"]),
        ("claims?compounds=ketamine", "compounds", ["compound"]),
        ("claims?filter[compound]=ketamine", "filter[compound]", ["compound"]),
        ("claims?compound__in=ketamine", "compound__in", ["compound"]),
        ("claims?drug=ketamine", "drug", ["compound"]),
        ("claims?receptor=NMDA", "receptor", ["entity"]),
        ("claims?strength=high", "strength", ["verdict", "certainty"]),
        ("references?author=Zarate", "author", ["q"]),
        ("references?year=2006", "year", ["year_from", "year_to"]),
        ("regulatory-acts?since=2019", "since", ["date_from"]),
        ("changes?from=2026-01-01", "from", ["since"]),
        ("graph?indication=TRD", "indication", []),
        ("claims?version=1", "version", ["release"]),
        ("claims/ketamine-relieves-ptsd/readings?relaese=1", "relaese", ["release"]),
        ("paths?source=a&target=b&from=ketamine&to=sedation", "source", ["from"]),
        ("affinities?format=csv&compound=MK-801", "format", ["/v1/affinities.csv?compound=MK-801"]),
        ("affinities?format=text/csv", "format", ["/v1/affinities.csv"]),
        ("references/lii-2023?format=bib", "format", ["/v1/references/lii-2023.bib"]),
        ("graph?output=GraphML", "output", ["/v1/graph.graphml"]),
        ("search?q=ptsd&format=ris", "format", ["/v1/search.ris?q=ptsd"]),
        ("changes?format=atom", "format", ["/v1/changes.atom"]),
        ("claims?format=json", "format", []),
    ],
)
def test_a_parameter_of_other_services_leads_to_ours(
    shipped_client: httpx.Client, path: str, name: str, meant: list[str]
) -> None:
    problem = shipped_client.get(f"/v1/{path}").json()
    assert problem["status"] == 422
    error = next(error for error in problem["errors"] if error["name"] == name)
    assert error["did_you_mean"] == meant
    for address in meant:
        assert address in error["message"]
        if address.startswith("/v1/"):
            assert shipped_client.get(address).status_code == 200


def test_an_unknown_format_lists_the_addresses_of_all(shipped_client: httpx.Client) -> None:
    (error,) = shipped_client.get("/v1/claims?format=xlsx").json()["errors"]
    assert "/v1/claims.csv" in error["did_you_mean"]
    assert "/v1/claims.bib" in error["did_you_mean"]
    for address in error["did_you_mean"]:
        assert shipped_client.head(address).status_code == 200


def test_the_detail_counts_all_faults(shipped_client: httpx.Client) -> None:
    problem = shipped_client.get("/v1/claims?page=2&kind=x&limit=0&sort=nam&limit=9").json()
    assert len(problem["errors"]) == 4
    assert problem["detail"].startswith("4 errors, listed in `errors`. The first: ")
    problem = shipped_client.get("/v1/meta?page=2&format=csv").json()
    assert problem["detail"].startswith("2 errors")
    problem = shipped_client.post("/v1/claims/batch", json={"ids": [], "id": 1}).json()
    assert problem["detail"].startswith("2 errors")
    one = shipped_client.get("/v1/claims?kind=x").json()
    assert one["detail"] == one["errors"][0]["message"]


def test_every_problem_type_is_explained_with_an_example(shipped_client: httpx.Client) -> None:
    for error in ERROR_TYPES:
        found = shipped_client.get(f"/v1/problems/{error.name}").json()
        assert (found["title"], found["status"]) == (error.title, error.status)
        assert found["explanation"].endswith(".")
        assert found["solution"].endswith(".")
        example = found["example"]
        assert (example["type"], example["status"]) == (f"/v1/problems/{error.name}", error.status)
        assert example["detail"]
        assert None not in example.values()
    refused = shipped_client.get("/v1/problems/notfound").json()
    assert refused["did_you_mean"] == ["/v1/problems/not-found"]
