"""The page of a statement: what it says in our words, its claims, and what it should say."""

import httpx

from app.explorer.labels import answer_text, answer_word, verdict_label
from tests.explorer.pages import HTML, by_class, data, links, read_page, section, text_of

EXAMPLE = "/statements/how-ketamine-works-16"


def test_every_statement_has_its_words_its_claims_and_its_correction(
    shipped_client: httpx.Client,
) -> None:
    statements = data(shipped_client, "/v1/statements?sort=position&limit=100")
    for statement in statements:
        page = read_page(shipped_client, f"/statements/{statement['slug']}")
        assert text_of(page.find(".//h1")) == statement["statement"]
        lede = text_of(next(by_class(page, "lede")))
        assert lede.startswith(f"Statement {statement['position']} of {len(statements)} in: ")
        assert statement["text"] in lede
        assert [address.rpartition("/")[2] for address in links(section(page, "claims"))] == [
            claim["slug"] for claim in statement["claims"]
        ]
        shown = text_of(page.find(".//main"))
        assert (statement["correction"] or "No correction is on record") in shown


def test_a_claim_has_its_answer_and_its_verdict(shipped_client: httpx.Client) -> None:
    boxes = section(read_page(shipped_client, EXAMPLE), "claims").findall("div/div")
    assert len(boxes) == 2
    for box in boxes:
        ((address, shown),) = links(box).items()
        claim = data(shipped_client, f"/v1{address}")
        word = answer_word(claim["verdict"], claim["certainty"], claim["absence"])
        assert shown == f"{claim['title_question']} {word}. {answer_text(claim['short_answer'])}"
        assert f"{claim['studies_for']} for, {claim['studies_against']} against" in text_of(box)


def test_statements_are_linked_in_the_order_of_their_text(shipped_client: httpx.Client) -> None:
    for number, others in ((1, [2]), (16, [15, 17]), (24, [23])):
        page = read_page(shipped_client, f"/statements/how-ketamine-works-{number:02}")
        pager = next(by_class(page, "pager"))
        assert list(links(pager)) == [
            f"/statements/how-ketamine-works-{other:02}" for other in others
        ]


def test_the_list_has_statements_beside_the_verdicts_on_their_claims(
    shipped_client: httpx.Client,
) -> None:
    path = "/statements?claim=opioid-system-needed-for-ketamine-effect"
    (statement,) = data(shipped_client, f"/v1{path}")
    (row,) = next(by_class(read_page(shipped_client, path), "statement-rows")).findall("li")
    assert text_of(row.find("p")) == statement["statement"]
    assert [text_of(found) for found in row.findall("ul/li")] == [
        f"{verdict_label(claim['verdict'])} {claim['name']}" for claim in statement["claims"]
    ]


def test_the_list_is_a_table_where_fields_chooses_columns(shipped_client: httpx.Client) -> None:
    page = read_page(shipped_client, "/statements?fields=slug,name,position")
    assert not list(by_class(page, "statement-rows"))
    assert page.find(".//table") is not None


def test_an_unknown_statement_is_a_page(shipped_client: httpx.Client) -> None:
    response = shipped_client.get("/statements/how-ketamine-works-99", headers=HTML)
    assert response.status_code == 404
    assert "<h1" in response.text
