"""The graph over HTTP: filters, twins, validators."""

import csv
import io
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import httpx
import networkx as nx
import pygraphviz
import pytest

from app.api.graph_drawing import MAX_DRAWN
from app.domain.vocabulary import VerdictKind
from app.kit.sessions import Store
from app.models.claim import ENTITY_TYPES
from app.services.graph import biolink
from app.services.graph.loader import load_graph
from tests import factories
from tests.helpers import fill_store, serving

TWINS = ["graphml", "dot", "mermaid", "nodes.tsv", "edges.tsv", "svg"]


def edges(client: httpx.Client, query: str = "") -> dict[str, dict[str, object]]:
    answer = client.get(f"/v1/graph?{query}")
    assert answer.status_code == 200, answer.text
    return {e["data"]["id"]: e["data"] for e in answer.json()["data"]["elements"]["edges"]}


def test_every_causal_claim_is_an_edge_and_its_ends_are_nodes(shipped_client: httpx.Client) -> None:
    claims = [
        row
        for page in range(3)
        for row in shipped_client.get(
            "/v1/claims?limit=500&fields=subject,object,predicate,sign"
        ).json()["data"]
        if page == 0
    ]
    causal = {row["slug"]: row for row in claims if row["subject"]}
    found = edges(shipped_client, "include_refuted=true")
    assert found.keys() == causal.keys()
    for slug, row in causal.items():
        edge = found[slug]
        assert edge["source"] == f"{row['subject']['type']}:{row['subject']['slug']}"
        assert edge["target"] == f"{row['object']['type']}:{row['object']['slug']}"
        assert (edge["predicate"], edge["sign"]) == (row["predicate"], row["sign"])
    whole = shipped_client.get("/v1/graph?include_refuted=true").json()["data"]
    nodes = whole["elements"]["nodes"]
    ids = [n["data"]["id"] for n in nodes]
    assert set(ids) == {end for e in found.values() for end in (e["source"], e["target"])}
    assert {n["data"]["type"] for n in nodes} <= set(ENTITY_TYPES)


def test_an_edge_shows_its_claim_with_the_verdict_on_record(shipped_client: httpx.Client) -> None:
    edge = edges(shipped_client)["mtorc1-needed-for-ketamine-effect"]
    verdict = shipped_client.get("/v1/verdicts/mtorc1-needed-for-ketamine-effect").json()["data"]
    claim = shipped_client.get("/v1/claims/mtorc1-needed-for-ketamine-effect").json()["data"]
    sides = ("for", "against", "neutral")
    counts = [f"{what}_{side}" for what in ("notes", "studies") for side in sides]
    for name in ("verdict", "certainty", "in_people", "in_animals", *counts):
        assert edge[name] == verdict[name], name
    assert (edge["statement"], edge["region"]) == (claim["statement"], claim["region"])
    assert edge["disputed"] is True
    assert {"human", "rat"} <= set(edge["species"])  # type: ignore[call-overload]
    assert shipped_client.get(str(edge["url"])).status_code == 200


def test_the_steps_of_a_pathway_are_its_edges_in_order(shipped_client: httpx.Client) -> None:
    for pathway in shipped_client.get("/v1/pathways?limit=50").json()["data"]:
        found = edges(shipped_client, f"pathway={pathway['slug']}&include_refuted=true")
        order = {
            place["position"]: slug
            for slug, edge in found.items()
            for place in edge["pathways"]  # type: ignore[attr-defined]
            if place["slug"] == pathway["slug"]
        }
        steps = [step["slug"] for step in pathway["steps"]]
        assert order == dict(enumerate(steps, start=1))


def test_filters_are_joined_by_and_and_their_values_by_or(shipped_client: httpx.Client) -> None:
    nmda, gsk3 = edges(shipped_client, "pathway=nmda"), edges(shipped_client, "pathway=gsk3")
    assert edges(shipped_client, "pathway=nmda,gsk3").keys() == nmda.keys() | gsk3.keys()
    both = edges(shipped_client, "pathway=nmda&verdict=established")
    assert both
    assert both.keys() == {slug for slug, e in nmda.items() if e["verdict"] == "established"}
    sure = edges(shipped_client, "min_certainty=moderate")
    assert {e["certainty"] for e in sure.values()} == {"moderate", "high"}
    human = edges(shipped_client, "species=human")
    assert human.keys() == {s for s, e in edges(shipped_client).items() if "human" in e["species"]}  # type: ignore[operator]


def test_a_compound_s_graph_is_the_claims_about_it(shipped_client: httpx.Client) -> None:
    listed = shipped_client.get("/v1/claims?compound=hnk-2r6r&limit=500&fields=subject").json()[
        "data"
    ]
    about = {row["slug"] for row in listed if row["subject"]}
    found = edges(shipped_client, "compound=hnk-2r6r")
    assert about <= found.keys()
    assert all(
        slug in about or "compound:hnk-2r6r" in (e["source"], e["target"])
        for slug, e in found.items()
    )


def test_a_slug_may_bear_its_type(shipped_client: httpx.Client) -> None:
    assert edges(shipped_client, "compound=compound:ketamine") == edges(
        shipped_client, "compound=ketamine"
    )
    for query in ("pathway=pathway:mtor", "receptor=receptor:ntrk2&compound=compound:ketamine"):
        plain = query.replace("=pathway:", "=").replace("=receptor:", "=")
        assert edges(shipped_client, query) == edges(
            shipped_client, plain.replace("=compound:", "=")
        )
        assert shipped_client.get(f"/v1/graph.svg?{query}").status_code == 200


def test_a_receptor_s_graph_reaches_the_processes_it_takes_part_in(
    shipped_client: httpx.Client,
) -> None:
    found = edges(shipped_client, "receptor=oprm1")
    ends = {end for e in found.values() for end in (e["source"], e["target"])}
    assert {"receptor:oprm1", "process:opioid-signalling"} <= ends
    parts = {
        row["slug"] for row in shipped_client.get("/v1/processes?receptor=oprm1").json()["data"]
    }
    allowed = {"receptor:oprm1", *(f"process:{slug}" for slug in parts)}
    assert all(allowed & {e["source"], e["target"]} for e in found.values())


def test_a_filter_that_leaves_nothing_gives_an_empty_graph_in_every_format(
    shipped_client: httpx.Client,
) -> None:
    nothing = "pathway=mtor&verdict=refuted&species=other"
    assert shipped_client.get(f"/v1/graph?{nothing}").json()["data"] == {
        "elements": {"nodes": [], "edges": []},
        "truncated": None,
        "omitted_refuted_count": 0,
    }
    for twin in TWINS:
        assert shipped_client.get(f"/v1/graph.{twin}?{nothing}").status_code == 200
    alone = shipped_client.get(
        "/v1/graph?compound=dizocilpine&verdict=refuted&species=other"
    ).json()["data"]
    assert [n["data"]["id"] for n in alone["elements"]["nodes"]] == ["compound:dizocilpine"]


@pytest.mark.parametrize(
    ("query", "name", "near"),
    [("pathway=mtorr", "pathway", "mtor"), ("compound=ketamin", "compound", "ketamine")],
)
def test_a_slug_that_names_nothing_is_refused_with_what_is_near(
    shipped_client: httpx.Client, query: str, name: str, near: str
) -> None:
    for twin in ["", *(f".{twin}" for twin in TWINS)]:
        answer = shipped_client.get(f"/v1/graph{twin}?{query}")
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["name"] == name
        assert near in error["did_you_mean"]


def test_refuted_claims_are_omitted_from_every_format_unless_requested(
    shipped_client: httpx.Client,
) -> None:
    every = edges(shipped_client, "include_refuted=true")
    refuted = {slug for slug, edge in every.items() if edge["verdict"] == "refuted"}
    assert refuted
    assert edges(shipped_client).keys() == every.keys() - refuted
    assert edges(shipped_client, "verdict=refuted").keys() == refuted
    assert shipped_client.get("/v1/graph").json()["data"]["omitted_refuted_count"] == len(refuted)
    for twin in TWINS[:2] + TWINS[4:]:
        omitted = shipped_client.get(f"/v1/graph.{twin}?compound=ketamine").text
        shown = shipped_client.get(f"/v1/graph.{twin}?compound=ketamine&include_refuted=true").text
        assert "ketamine-competes-with-glutamate" not in omitted, twin
        assert "ketamine-competes-with-glutamate" in shown, twin
    address = "/v1/neighbourhood/receptor:opioid-receptors?hops=1"
    near, more = (
        shipped_client.get(f"{address}{p}").json()["data"] for p in ("", "&verdict=refuted")
    )
    assert near["omitted_refuted_count"] == len(more["elements"]["edges"]) > 0
    path = "/v1/paths?from=compound:ketamine&to=receptor:opioid-receptors&max_hops=1"
    reply = shipped_client.get(path).json()["data"]
    assert not reply["paths"]
    assert "include_refuted=true" in reply["no_path_reason"]
    assert shipped_client.get(f"{path}&include_refuted=true").json()["data"]["paths"]


@pytest.mark.parametrize("query", ["pathway=mtor", "compound=ketamine", "include_refuted=true"])
def test_the_twins_hold_the_same_claims_by_their_own_parsers(
    shipped_client: httpx.Client, query: str
) -> None:
    wanted = set(edges(shipped_client, query))

    def text(twin: str) -> str:
        return shipped_client.get(f"/v1/graph.{twin}?{query}").text

    graphml = nx.parse_graphml(text("graphml"), force_multigraph=True)
    assert {key for _, _, key in graphml.edges(keys=True)} == wanted
    for *_, attributes in graphml.edges(data=True):
        assert 0 <= attributes["weight"] <= 1
        assert attributes["signed_weight"] == attributes["sign"] * attributes["weight"]
        assert attributes["verdict"] in set(VerdictKind)
    dot = pygraphviz.AGraph(string=text("dot"))
    assert {e.attr["id"] for e in dot.edges()} == wanted
    mermaid = [line for line in text("mermaid").splitlines() if "|" in line]
    assert len(mermaid) == len(wanted)
    rows, nodes = table(text("edges.tsv")), table(text("nodes.tsv"))
    assert {row["claim"] for row in rows} == wanted
    ids = [node["id"] for node in nodes]
    assert len(ids) == len(set(ids))
    assert {row[end] for row in rows for end in ("subject", "object")} <= set(ids)
    svg = ET.fromstring(text("svg"))
    drawn = {link.attrib["href"].rpartition("/")[2] for link in svg.findall(LINKS, NS)}
    assert wanted <= drawn


def test_kgx_ids_are_curies_that_resolve_and_qualifiers_belong_to_their_class(
    shipped_client: httpx.Client,
) -> None:
    nodes = table(shipped_client.get("/v1/graph.nodes.tsv").text)
    rows = table(shipped_client.get("/v1/graph.edges.tsv").text)
    curies = {node["id"] for node in nodes} | {row["id"] for row in rows}
    assert all(re.fullmatch(r"[^ <()>:/]+:[^/ :]+", curie) for curie in curies), "as KGX asks"
    papers = {paper for row in rows for paper in row["publications"].split("|") if paper}
    own = [curie for curie in sorted(curies | papers) if curie.startswith("ketamine-kb:")]
    resolved = shipped_client.post("/v1/resolve", json={"ids": own[::4]}).json()["data"]
    found = [f"ketamine-kb:{m['type']}.{m['slug']}" for r in resolved for m in r["matches"]]
    assert found == own[::4]
    qualifiers = {association.name: association.qualifiers for association in biolink.ASSOCIATIONS}
    named = [name for name in rows[0] if name.endswith("_qualifier") or name[:9] == "qualified"]
    for row in rows:
        filled = {name for name in named if row[name]} - {"claim_qualifier"}
        assert filled <= qualifiers.get(row["category"], frozenset()), row["id"]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


NS = {"s": "http://www.w3.org/2000/svg"}
LINKS = "s:g/s:a"


def test_links_in_a_drawing_lead_to_records(shipped_client: httpx.Client) -> None:
    svg = ET.fromstring(shipped_client.get("/v1/graph.svg?pathway=lhb").text)
    hrefs = {link.attrib["href"] for link in svg.findall(LINKS, NS)}
    assert len(hrefs) > 6
    assert all(shipped_client.get(href).status_code == 200 for href in hrefs)


@pytest.mark.parametrize("twin", ["", *(f".{twin}" for twin in TWINS)])
def test_a_copy_is_known_to_be_fresh(shipped_client: httpx.Client, twin: str) -> None:
    first = shipped_client.get(f"/v1/graph{twin}?pathway=hnk")
    again = shipped_client.get(
        f"/v1/graph{twin}?pathway=hnk", headers={"If-None-Match": first.headers["etag"]}
    )
    assert (first.status_code, again.status_code) == (200, 304)


def test_what_is_cut_is_said(client: httpx.Client) -> None:
    whole = client.get("/v1/graph").json()["data"]
    assert whole["truncated"] is None
    number = len(whole["elements"]["edges"])
    part = client.get("/v1/graph?limit=10").json()["data"]
    assert len(part["elements"]["edges"]) == 10
    assert part["truncated"]["omitted_count"] == number - 10


def test_too_large_a_picture_is_refused_with_what_would_work(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    root = tmp_path_factory.mktemp("large")
    claim = {"subject": "compound:compound-0", "predicate": "blocks", "sign": -1}
    numbers = range(MAX_DRAWN + 1)
    made = {
        "compounds": [factories.record_input("compounds", 0)],
        "receptors": [factories.record_input("receptors", n) for n in numbers],
        "claims": [
            factories.record_input(
                "claims", n, object=f"receptor:receptor-{n}", absence="not_searched", **claim
            )
            for n in numbers
        ],
        "pathways": [factories.record_input("pathways", 7)],
    }
    folder = factories.write_folder(root / "data", made)
    with serving(fill_store(f"sqlite:///{root}/large.db", folder)) as url:
        answer = httpx.get(f"{url}/v1/graph.svg", timeout=60)
        assert answer.status_code == 422
        assert f"{MAX_DRAWN + 1} claims exceed" in answer.json()["detail"]
        assert httpx.get(f"{url}/v1/graph.svg?pathway=pathway-7", timeout=60).status_code == 200


def test_the_graph_is_built_once_and_in_a_fixed_number_of_statements(
    client: httpx.Client,
    store: Store,
    count_statements: Callable[[], int],
) -> None:
    client.get("/v1/graph")
    count_statements()
    client.get("/v1/graph?min_certainty=low")
    assert count_statements() == 2  # where the store stands: for the validator, and for the graph
    with store.read() as session:
        load_graph(session)
    assert count_statements() == 5
