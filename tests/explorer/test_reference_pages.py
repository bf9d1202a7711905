"""Pages of releases, changes, methods, glossary, citation, calibration and the API."""

import pytest

from app.domain.verdicts import effect_verdict
from app.domain.verdicts.rule import RULE_VERSION
from app.domain.vocabulary import QuestionRelation, Vocabulary
from app.resources import RESOURCES
from tests.explorer.conftest import Explorer
from tests.params import RELEASE


def text_of(explorer: Explorer, path: str) -> str:
    """The text of a page, with single spaces."""
    page = explorer.get(path)
    assert page.response.status_code == 200, path
    return " ".join("".join(page.document.itertext()).split())


def test_the_methods_page_shows_every_row_of_the_rules_tables(explorer: Explorer) -> None:
    text = text_of(explorer, "/methods")
    for relation in (QuestionRelation.SUPERIOR, QuestionRelation.NON_INFERIOR):
        for row in effect_verdict.verdict_table(relation):
            assert f"{row.verdict.label} {row.reason}" in text
    assert f"rule {RULE_VERSION}" in text
    assert f"below {effect_verdict.ALONE_P}" in text


def test_the_methods_page_follows_the_rule(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effect_verdict, "ALONE_P", 0.0123)
    # Another address, since the first one is cached.
    page = explorer.client.get("/methods", headers={"Accept-Language": "x", "Cookie": "fresh=1"})
    assert "below 0.0123" in " ".join(page.text.split())


def test_the_glossary_defines_every_word_of_every_vocabulary(explorer: Explorer) -> None:
    assert "Verdict kind" in text_of(explorer, "/glossary")
    for vocabulary in Vocabulary.__subclasses__():
        text = text_of(explorer, f"/glossary?vocabulary={vocabulary.__name__}")
        for word in vocabulary:
            definition = word.definition.replace("`", "")
            assert f"{word.label} {word.value}{definition}" in text


def test_a_vocabulary_that_does_not_exist_suggests_similar_ones(explorer: Explorer) -> None:
    response = explorer.client.get("/glossary?vocabulary=StudyDesigns")
    assert response.status_code == 422
    assert "Did you mean StudyDesign" in response.text


def test_the_page_of_a_release_lists_its_files_and_collections(explorer: Explorer) -> None:
    manifest = explorer.client.get(f"/v1/releases/{RELEASE}").json()["data"]
    text = text_of(explorer, f"/releases/{RELEASE}")
    assert manifest["cite"] in text
    for file in manifest["files"]:
        assert file["name"] in text
        assert file["sha256"] in text
    links = explorer.get(f"/releases/{RELEASE}").response.text
    for name in manifest["counts"]:
        assert f"/{name}?release={RELEASE}" in links


def test_the_list_of_releases_names_each(explorer: Explorer) -> None:
    assert f'href="/releases/{RELEASE}"' in explorer.get("/releases").response.text


def test_changes_are_shown_newest_first_with_their_csv(explorer: Explorer) -> None:
    path = "/changes?collection=claims&limit=5"
    page = explorer.get(path)
    newest = explorer.client.get("/v1/changes.csv?collection=claims").text.split("\r\n")[-2]
    assert newest.split(",")[0].isdigit()
    total = explorer.client.get("/v1/changes?collection=claims&limit=1").json()["page"]["total"]
    assert f"5 of {total:,} changes" in text_of(explorer, path)
    assert 'href="/v1/changes.csv?collection=claims"' in page.response.text


def test_the_difference_between_equal_states_is_empty(explorer: Explorer) -> None:
    text = text_of(explorer, f"/diff?from={RELEASE}")
    assert "No verdict moved." in text
    assert "No record differs." in text


def test_an_unknown_release_is_a_problem_page(explorer: Explorer) -> None:
    response = explorer.client.get("/diff?from=99")
    assert response.status_code == 422
    assert response.headers["content-type"].startswith("text/html")
    assert "There is no release" in response.text or "Releases:" in response.text


def test_the_calibration_page_has_the_figures_of_its_data(explorer: Explorer) -> None:
    data = explorer.client.get("/v1/calibration").json()["data"]
    text = text_of(explorer, "/calibration")
    same, compared = data["direction"]["same"], data["direction"]["compared"]
    assert f"in {same} of {compared} conclusions" in text
    assert f"Claim by claim {len(data['rows'])}" in text


def test_the_page_of_the_api_counts_every_collection(explorer: Explorer) -> None:
    text = text_of(explorer, "/api")
    for collection in explorer.client.get("/v1").json()["collections"]:
        assert f"{collection['count']:,}{RESOURCES[collection['name']].description}" in text


@pytest.mark.parametrize(
    "address", ["//example.org", "https://example.org/v1", "/docs", "/v10", "/v1/claims\n"]
)
def test_only_addresses_of_the_api_are_opened(explorer: Explorer, address: str) -> None:
    response = explorer.client.get("/api", params={"address": address})
    assert response.status_code == 422
    assert "must be a path of this API" in response.text


def test_an_address_is_opened_without_a_script(explorer: Explorer) -> None:
    response = explorer.client.get("/api", params={"address": "/v1/claims?limit=1"})
    assert response.status_code == 303
    assert response.headers["location"] == "/v1/claims?limit=1"


def test_the_citation_is_that_of_the_data(explorer: Explorer) -> None:
    data = explorer.client.get("/v1/cite").json()["data"]
    text = text_of(explorer, "/cite")
    assert data["text"] in text
    assert " ".join(data["bibtex"].split()) in text
