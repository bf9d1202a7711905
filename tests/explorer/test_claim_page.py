"""The page of a claim shows what the JSON says; so do those of its verdict and its conflict."""

import html
import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.explorer import labels, quantities
from app.services.releases.archive import SingleReleaseArchive
from tests.helpers import serving
from tests.params import ONE_STORE, sample

pytestmark = ONE_STORE
STORES = Path(__file__).parents[1] / "upgrades" / "stores"
DEPRESSION = "ketamine-rapidly-relieves-depression"
MECHANISM = "mtorc1-needed-for-ketamine-effect"
REGULATORY = "esketamine-recommended-by-payers"
UNIVERSAL = "no-other-nmda-antagonist-is-antidepressant"
BACKGROUND = "bdnf-activates-trkb"
NO_FIGURE = "ketamine-helps-opioid-use-disorder"
NOT_SEARCHED = "pathway-interaction-is-unknown"
NARRATIVE = "ketamine-injures-the-liver"
EXAMPLES = (
    *(DEPRESSION, MECHANISM, REGULATORY, UNIVERSAL, BACKGROUND),
    *(NO_FIGURE, NOT_SEARCHED, NARRATIVE),
)
CHOICE = "design=rct&year_to=2015"


def text_of(markup: str) -> str:
    """Text of some markup, with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def load(client: httpx.Client, path: str) -> str:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200, response.text[:500]
    return response.text


def data(client: httpx.Client, path: str) -> Any:
    response = client.get(path)
    assert response.status_code == 200, response.text[:500]
    return response.json()["data"]


def section(page: str, key: str) -> str:
    """Markup of the section with an id; sections do not contain others but the verdict card."""
    found = re.search(rf'<section id="{key}".*?</section>', page, re.DOTALL)
    assert found, f"no section {key}"
    return found[0]


def has_section(page: str, key: str) -> bool:
    return f'<section id="{key}"' in page


@pytest.mark.parametrize("slug", EXAMPLES)
def test_verdict_certainty_and_answer_are_those_of_the_json(
    shipped_client: httpx.Client, slug: str
) -> None:
    claim, verdict = (data(shipped_client, f"/v1/{name}/{slug}") for name in ("claims", "verdicts"))
    page = load(shipped_client, f"/claims/{slug}")
    card = text_of(page[page.index('class="verdict-card') : page.index('<section id="why"')])
    assert labels.verdict_label(verdict["verdict"]) in card
    if verdict["certainty"]:
        assert labels.certainty_label(verdict["certainty"]).lower() in card
    word = labels.answer_word(verdict["verdict"], verdict["certainty"], verdict["absence"])
    answer = claim["short_answer"].removeprefix("No: ").removeprefix("Yes: ")
    assert f"{word}. {answer[0].upper()}{answer[1:]}" in card
    assert text_of(page[page.index("<h1") : page.index("</h1>") + 5]) == claim["statement"]
    for side in ("for", "against"):
        number = verdict[f"studies_{side}"]
        if verdict["studies_for"] or verdict["studies_against"]:
            assert re.search(rf"\b{number} (study|studies|documents?) {side}", card)
    for reason in verdict["rules_fired"]:
        assert reason in text_of(section(page, "why"))
    for step in verdict["steps"]:
        assert step["reason"].rpartition(": ")[2] in text_of(section(page, "why"))


def test_the_card_has_the_pooled_effect_of_the_verdict(shipped_client: httpx.Client) -> None:
    verdict = data(shipped_client, f"/v1/verdicts/{DEPRESSION}")
    effect = verdict["summary"].partition(": ")[2]
    card = text_of(load(shipped_client, f"/claims/{DEPRESSION}"))
    assert f"{effect[0].upper()}{effect[1:]}" in card
    assert f"{labels.vocabulary_label(verdict['size'], 'EffectMagnitude')} effect." in card


@pytest.mark.parametrize("slug", [DEPRESSION, "esketamine-prevents-relapse"])
def test_the_forest_plot_has_each_unit_of_the_synthesis(
    shipped_client: httpx.Client, slug: str
) -> None:
    synthesis = data(shipped_client, f"/v1/claims/{slug}/synthesis?include=sensitivity")
    drawn = section(load(shipped_client, f"/claims/{slug}"), "effect")
    rows = re.findall(r"<tr role=\"row\">.*?</tr>", drawn, re.DOTALL)[1:]
    units = synthesis["units"]
    assert len([row for row in rows if "/evidence/" in row]) == len(units)
    for row, unit in zip(rows, units, strict=False):
        assert f'/evidence/{unit["evidence"][0]}"' in row
        if len(units) > 1:
            assert quantities.percentage(round(unit["weight"], 3)) in row
    assert drawn.count("pooled-row") == (len(units) > 1)
    for analysis in synthesis["sensitivity"]:
        assert f"{analysis['description'].rstrip('.')}: " in text_of(drawn)
        words = labels.verdict_label(analysis["verdict"])
        assert ("no estimate is left." if analysis["estimate"] is None else words) in text_of(drawn)
    for name in ("synthesis", "synthesis.csv", "synthesis/forest.vl.json", "synthesis/forest.svg"):
        assert f'href="/v1/claims/{slug}/{name}"' in drawn


def test_each_finding_is_listed_once_with_what_it_counts(shipped_client: httpx.Client) -> None:
    page = section(load(shipped_client, f"/claims/{DEPRESSION}"), "evidence")
    ledger = data(shipped_client, f"/v1/verdicts/{DEPRESSION}")["ledger"]
    notes = data(shipped_client, f"/v1/evidence?claim={DEPRESSION}&limit=200&fields=slug,finding")
    assert len(notes) > 15, "more than the JSON of the page shows of a side"
    rows = re.findall(r'<tr role="row"><th.*?</tr>', page, re.DOTALL)
    by_slug = {re.search(r"/evidence/([^\"]*)", row)[1]: text_of(row) for row in rows[1:]}  # type: ignore[index]
    assert len(rows) - 1 == len(by_slug) == len(notes)
    lines = {line["note"]["slug"]: line for line in ledger}
    for note in notes:
        row, line = by_slug[note["slug"]], lines[note["slug"]]
        assert text_of(html.escape(note["finding"])) in row
        if line["weight"] is not None:
            assert quantities.percentage(round(line["weight"], 3)) in row
        else:
            assert f"Not in the estimate. {line['reason']}" in row


def test_chosen_evidence_stands_beside_all_of_it(shipped_client: httpx.Client) -> None:
    page = load(shipped_client, f"/claims/{DEPRESSION}?{CHOICE}")
    compared = data(shipped_client, f"/v1/claims/{DEPRESSION}/verdict?{CHOICE}")
    outcome = text_of(page[page.index('id="outcome"') :])
    assert "Designs: randomised trials; published up to: 2015." in outcome
    for name in ("default", "chosen"):
        verdict = compared[name]
        effect = verdict["headline"].partition(": ")[2]
        assert f"{effect[0].upper()}{effect[1:]}" in outcome
        assert labels.verdict_label(verdict["verdict"]) in outcome
    assert f"{len(compared['excluded'])} notes left out" in outcome
    assert ("stay the same" in outcome) == (not compared["moved"])
    assert f'/v1/claims/{DEPRESSION}/verdict?{html.escape(CHOICE)}"' in page
    assert '<option value="rct" selected>' in page
    assert 'name="year_to" type="number" value="2015"' in page


def test_a_choice_that_moves_the_verdict_says_so(shipped_client: httpx.Client) -> None:
    choice = "year_to=2007"
    compared = data(shipped_client, f"/v1/claims/{DEPRESSION}/verdict?{choice}")
    assert compared["moved"], "the example has to move"
    page = load(shipped_client, f"/claims/{DEPRESSION}?{choice}")
    assert "The verdict, its certainty or the size changes." in page


def test_parameters_without_a_field_stay_in_the_form(shipped_client: httpx.Client) -> None:
    page = load(shipped_client, f"/claims/{DEPRESSION}?exclude=berman-2000&year_from=2001")
    form = page[page.index('<form class="fields"') : page.index('id="outcome"')]
    assert '<input type="hidden" name="exclude" value="berman-2000">' in form
    assert '<input type="hidden" name="year_from" value="2001">' in form
    outcome = text_of(page[page.index('id="outcome"') :])
    assert "Exclude: berman-2000; published from: 2001." in outcome


def test_empty_fields_of_the_form_are_dropped_from_the_address(
    shipped_client: httpx.Client,
) -> None:
    response = shipped_client.get(
        f"/claims/{DEPRESSION}?design=rct&masking=&year_to=2015&min_participants=",
        headers={"Accept": "text/html"},
    )
    assert response.status_code == 301
    assert response.headers["Location"] == f"/claims/{DEPRESSION}?{CHOICE}"


@pytest.mark.parametrize(
    ("slug", "query"),
    [
        (DEPRESSION, "desing=rct"),
        (DEPRESSION, "year_to=yesterday"),
        (DEPRESSION, "exclude=no-such-study"),
        (MECHANISM, "worthwhile=2"),
        (BACKGROUND, "method=dl"),
    ],
)
def test_a_parameter_that_changes_nothing_is_refused(
    shipped_client: httpx.Client, slug: str, query: str
) -> None:
    response = shipped_client.get(f"/claims/{slug}?{query}", headers={"Accept": "text/html"})
    assert response.status_code == 422
    assert response.headers["Content-Type"].startswith("text/html")
    json_status = shipped_client.get(f"/v1/claims/{slug}/verdict?{query}").status_code
    assert json_status == 422, "as its JSON"


@pytest.mark.parametrize("slug", EXAMPLES)
def test_nothing_empty_is_shown(shipped_client: httpx.Client, slug: str) -> None:
    page = load(shipped_client, f"/claims/{slug}")
    main = page[page.index("<main") : page.index("</main>")]
    for tag in ("p", "li", "td", "dd", "ul", "ol", "tbody", "h2", "h3"):
        empty = re.findall(rf"<{tag}(?: [^>]*)?>\s*</{tag}>", main)
        assert not empty, empty
    assert not re.search(r">\s*(None|null)\s*<", main)
    for key, _, _ in re.findall(r'<a href="#([a-z-]+)">(.*?)( <span|</a>)', main):
        assert f'id="{key}"' in page, key


def test_kinds_of_claims_show_what_decides_them(shipped_client: httpx.Client) -> None:
    pages = {slug: load(shipped_client, f"/claims/{slug}") for slug in EXAMPLES}
    for slug, page in pages.items():
        assert has_section(page, "effect") == (slug == DEPRESSION), slug
        assert has_section(page, "decisions") == (slug == REGULATORY), slug
        assert has_section(page, "compounds") == (slug == UNIVERSAL), slug
        has_form = slug in {DEPRESSION, MECHANISM, UNIVERSAL, NARRATIVE}
        assert has_section(page, "what-if") == has_form, slug
    synthesis = data(shipped_client, f"/v1/claims/{REGULATORY}/synthesis")
    decisions = text_of(section(pages[REGULATORY], "decisions"))
    for answer in synthesis["jurisdictions"]:
        name = labels.jurisdiction_label(answer["jurisdiction"])
        assert f"{name} {'yes' if answer['agrees'] else 'no'} {answer['status']}" in decisions
        assert f'/regulatory-acts/{answer["act"]}"' in pages[REGULATORY]
    compounds = section(pages[UNIVERSAL], "compounds")
    for row in data(shipped_client, f"/v1/claims/{UNIVERSAL}/synthesis")["by_compound"]:
        assert f'/compounds/{row["compound"]}"' in compounds
    ladder = text_of(section(pages[MECHANISM], "ladder"))
    for rung in data(shipped_client, f"/v1/claims/{MECHANISM}/ladder"):
        assert labels.vocabulary_label(rung["rung"], "Rung") in ladder
    assert "In people: inconclusive. In animals and cells: supported." in text_of(pages[MECHANISM])


def test_addresses_of_parts_lead_to_the_section_with_the_same_parameters(
    shipped_client: httpx.Client,
) -> None:
    for part, anchor in (
        ("synthesis", "effect"),
        ("verdict", "what-if"),
        ("readings", "readings"),
        ("ladder", "ladder"),
    ):
        query = f"?{CHOICE}" if part in ("synthesis", "verdict") else ""
        response = shipped_client.get(
            f"/claims/{DEPRESSION}/{part}{query}", headers={"Accept": "text/html"}
        )
        assert response.status_code == 303
        assert response.headers["Location"] == f"/claims/{DEPRESSION}{query}#{anchor}"
        assert f'id="{anchor}"' in load(shipped_client, f"/claims/{DEPRESSION}")


def test_pages_of_verdict_and_conflict_show_the_same_findings(
    shipped_client: httpx.Client,
) -> None:
    claim = section(load(shipped_client, f"/claims/{MECHANISM}"), "evidence")
    notes = set(re.findall(r"/evidence/([a-z0-9-]+)", claim))
    conflict = data(shipped_client, f"/v1/conflicts/{MECHANISM}")
    for collection in ("verdicts", "conflicts"):
        page = load(shipped_client, f"/{collection}/{MECHANISM}")
        assert set(re.findall(r"/evidence/([a-z0-9-]+)", section(page, "evidence"))) == notes
        assert f'href="/v1/{collection}/{MECHANISM}"' in page
        assert conflict["would_settle"] in text_of(page)
    for moderator in conflict["moderators"]:
        assert moderator["name"].capitalize() in text_of(section(page, "differences"))


def test_the_link_header_of_a_claim_names_its_parts(shipped_client: httpx.Client) -> None:
    response = shipped_client.get(f"/v1/claims/{DEPRESSION}")
    parts = re.findall(r'<([^>]*)>; rel="related"', response.headers["Link"])
    assert [part.rpartition("/")[2] for part in parts] == [
        *("synthesis", "verdict", "readings", "ladder"),
    ]
    for part in parts:
        assert shipped_client.get(part).status_code == 200
    links = shipped_client.get("/v1/compounds/ketamine").headers["Link"]
    assert 'rel="related"' not in links


def test_a_claim_without_a_conflict_has_no_page_of_one(shipped_client: httpx.Client) -> None:
    response = shipped_client.get(f"/conflicts/{BACKGROUND}", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "text/html" in response.headers["Content-Type"]


def test_history_names_who_changed_the_claim(shipped_client: httpx.Client) -> None:
    changes = data(shipped_client, f"/v1/claims/{DEPRESSION}/history")
    history = text_of(section(load(shipped_client, f"/claims/{DEPRESSION}"), "history"))
    assert changes
    for change in changes:
        assert f"by {change['who']}" in history
        assert change["why"] in history


@pytest.mark.parametrize("query", ["", "design=rct", "year_to=2010", "species=human"])
def test_made_up_claims_answer_as_their_json(client: httpx.Client, query: str) -> None:
    slugs = [row["slug"] for row in data(client, "/v1/claims?limit=200&fields=slug")]
    for slug in slugs if not query else sample(slugs, 12, query):
        page = client.get(f"/claims/{slug}?{query}", headers={"Accept": "text/html"})
        json = client.get(f"/v1/claims/{slug}/verdict?{query}")
        assert page.status_code == json.status_code, (slug, page.text[:500])


@pytest.mark.parametrize("collection", ["verdicts", "conflicts"])
def test_made_up_verdicts_and_conflicts_have_pages(client: httpx.Client, collection: str) -> None:
    slugs = [row["slug"] for row in data(client, f"/v1/{collection}?limit=200&fields=slug")]
    assert slugs
    for slug in sample(slugs, 12, collection):
        load(client, f"/{collection}/{slug}")


@pytest.fixture(scope="module")
def old_release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a release whose verdicts are by points."""
    file = tmp_path_factory.mktemp("release") / "release.sqlite"
    content = (STORES / "schema-0008-release.sqlite.xz").read_bytes()
    file.write_bytes(lzma.decompress(content))
    archive = SingleReleaseArchive(file)
    with serving(archive.only.store, archive) as url, httpx.Client(base_url=url) as client:
        yield client


def test_an_old_release_shows_its_own_verdicts_and_no_pool(
    old_release: httpx.Client, database: str
) -> None:
    verdicts = old_release.get("/v1/verdicts?limit=100").json()["data"]
    assert {"weak", "untested"} <= {verdict["verdict"] for verdict in verdicts}
    for verdict in verdicts:
        page = load(old_release, f"/claims/{verdict['slug']}")
        assert labels.verdict_label(verdict["verdict"]) in text_of(page)
        for key in ("effect", "what-if", "history"):
            assert not has_section(page, key)
        if verdict["ledger"]:
            assert "Points" in text_of(section(page, "evidence"))
        refused = old_release.get(
            f"/claims/{verdict['slug']}?design=rct", headers={"Accept": "text/html"}
        )
        assert refused.status_code == 422
        assert verdict["rule_version"] in refused.text
