"""The shipped dataset: complete, cited, and correct where popular texts are wrong."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.resources.studies import RANDOMISED
from app.services.dataset import export
from app.services.dataset.folder import Folder, read_folder
from tests.helpers import SHIPPED


@pytest.fixture(scope="module")
def folder() -> Folder:
    return read_folder(SHIPPED)


def drafts(folder: Folder, collection: str) -> dict[str, Any]:
    return {entry.slug: entry.draft for entry in folder.entries_of(collection)}


def get_json(kb: httpx.Client, path: str, **query: Any) -> dict[str, Any]:
    answer = kb.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_dataset_has_no_error(folder: Folder) -> None:
    assert folder.errors == []


def test_every_statement_of_the_article_is_a_claim(folder: Folder) -> None:
    article_claims = {c.article_claim for c in drafts(folder, "claims").values()}
    assert article_claims - {None} == set(range(1, 25))


def test_the_fourteen_pathways_are_complete(folder: Folder) -> None:
    steps = {slug: len(p.steps) for slug, p in drafts(folder, "pathways").items()}
    assert steps == {
        "nmda": 5,
        "disinhibition": 3,
        "ampa-bdnf": 5,
        "mtor": 7,
        "eef2k": 3,
        "gsk3": 2,
        "lhb": 3,
        "hnk": 3,
        "opioid": 2,
        "inflammation": 4,
        "stress": 2,
        "monoamine": 3,
        "hcn1": 2,
        "dmn": 2,
    }


def test_a_claim_has_evidence_or_says_why_not(folder: Folder) -> None:
    noted = {f.claim for note in drafts(folder, "evidence").values() for f in note.claims}
    for slug, claim in drafts(folder, "claims").items():
        assert (slug in noted) != (claim.absence is not None), slug


def test_a_study_has_a_note_or_the_reason_for_having_none(folder: Folder) -> None:
    noted = {note.study for note in drafts(folder, "evidence").values()}
    for slug, study in drafts(folder, "studies").items():
        assert (slug in noted) != (study.result_not_read is not None), slug


def test_every_randomised_study_belongs_to_a_trial(folder: Folder) -> None:
    """A trial group is the slug of the main report, which has the same one."""
    studies = drafts(folder, "studies")
    for slug, study in studies.items():
        if study.design in RANDOMISED:
            assert study.trial_group is not None, slug
        if study.trial_group is not None:
            assert studies[study.trial_group].trial_group == study.trial_group, slug


def test_every_effect_has_a_unit_and_a_label(folder: Folder) -> None:
    for slug, note in drafts(folder, "evidence").items():
        for effect in note.effects:
            assert effect.unit, slug
            assert effect.label, slug


def test_a_paper_is_in_a_file_of_its_name(folder: Folder) -> None:
    for entry in folder.entries_of("studies"):
        assert entry.file == f"studies/{entry.slug}.yaml"


def test_sentences_are_complete_and_plain(folder: Folder) -> None:
    for entry in folder.entries:
        draft: Any = entry.draft
        assert not draft.summary[0].islower() or draft.summary.startswith("eEF2"), entry.slug
        assert draft.summary.endswith((".", "”.", "?")), entry.slug
        assert not re.search(r"\b(facts file|this row|the row)\b", draft.summary), entry.slug


# --- common questions of users ----------------------------------------------------------------


def test_which_receptors_ketamine_binds_tighter_than_10_um_and_who_measured_it(
    shipped_client: httpx.Client,
) -> None:
    page = get_json(
        shipped_client,
        "/v1/affinities",
        compound="ketamine",
        max_value_nm=10_000,
        include="reference",
    )
    found = {(r["receptor"]["slug"], r["reference"]["slug"]) for r in page["data"]}
    assert {
        ("nmda-receptor", "roth-2013"),
        ("nmda-receptor", "kapur-2002"),
        ("nmda-receptor", "seeman-2005"),
        ("drd2", "kapur-2002"),
        ("drd2", "seeman-2005"),
        ("grin2c", "dravid-2007"),
        ("hcn1", "chen-2009"),
        ("nicotinic-a3b4", "moaddel-2013"),
    } <= found
    subtypes = {f"nmda-receptor-glun1-glun2{letter}" for letter in "abcd"}
    others = {"drd2", "grin2c", "hcn1", "nicotinic-a3b4", "chrnb4"}
    assert {r for r, _ in found} == {"nmda-receptor"} | subtypes | others
    roth = page["included"]["references"]["roth-2013"]
    assert (roth["doi"], roth["pmid"]) == ("10.1371/journal.pone.0059334", "23527166")


def test_two_laboratories_that_disagree_are_two_records(shipped_client: httpx.Client) -> None:
    rows = get_json(shipped_client, "/v1/affinities", compound="ketamine", receptor="drd2")["data"]
    states = Counter(row["state"] for row in rows)
    assert states == {"measured": 2, "none_up_to_bound": 2}


def test_the_claim_of_fda_approval_for_depression_is_answered(shipped_client: httpx.Client) -> None:
    slug = "racemic-ketamine-fda-approved-for-depression"
    answer = get_json(shipped_client, f"/v1/claims/{slug}", include="evidence")
    directions = Counter(
        bearing["direction"]
        for note in answer["included"]["evidence"].values()
        for bearing in note["claims"]
        if bearing["claim"]["slug"] == slug
    )
    assert directions["supports"] == 0
    assert directions["disputes"] >= 7
    assert "fda-compounded-ketamine-2023-status" in answer["included"]["evidence"]


def test_every_randomised_trial_in_trd_has_its_n_and_its_effect(
    shipped_client: httpx.Client,
) -> None:
    page = get_json(
        shipped_client,
        "/v1/studies",
        indication="treatment-resistant-depression",
        randomised=True,
        include="evidence",
        limit=500,
    )
    trials = {s["slug"]: s for s in page["data"]}
    assert {"zarate-2006-trd", "murrough-2013", "popova-2019", "fedgchin-2019"} <= set(trials)
    assert {"ochs-ross-2020", "takahashi-2021", "reif-2023", "janik-2025"} <= set(trials)
    assert (trials["popova-2019"]["n_randomised"], trials["anand-2023"]["n_randomised"]) == (
        227,
        403,
    )
    notes = page["included"]["evidence"]
    popova = notes["popova-2019-madrs"]["effects"][0]
    assert (popova["value"], popova["lower"], popova["upper"]) == (-4.0, -7.31, -0.64)
    assert (popova["unit"], popova["timepoint_value"], popova["timepoint_unit"]) == (
        "MADRS points",
        28,
        "day",
    )


def test_the_kappa_ki_has_its_citation(shipped_client: httpx.Client) -> None:
    page = get_json(
        shipped_client,
        "/v1/affinities",
        compound="ketamine",
        receptor="oprk1",
        source="primary",
        parameter="Ki",
    )
    (row,) = page["data"]
    assert (row["value_nm"], row["p_affinity"]) == (28200, 4.55)
    assert (row["published_value"], row["published_unit"]) == (28.2, "uM")
    reference = get_json(shipped_client, f"/v1/references/{row['reference']['slug']}")["data"]
    assert (reference["pmid"], reference["journal"]) == ("9915326", "Anesthesiology")


def test_a_receptor_page_is_one_request(shipped_client: httpx.Client) -> None:
    answer = get_json(
        shipped_client,
        "/v1/receptors/nmda-receptor",
        include="subunits,affinities.reference,claims.evidence",
    )
    assert {s["slug"] for s in answer["data"]["subunits"]} >= {"grin1", "grin2a", "grin2b"}
    included = answer["included"]
    assert "ketamine-nmda-receptor-ki-roth-2013" in included["affinities"]
    assert "roth-2013" in included["references"]
    assert "ketamine-blocks-nmda-receptor" in included["claims"]
    assert "zhang-2021-site" in included["evidence"]


# --- figures, compared with the papers --------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "figures"),
    [
        ("daly-2019-relapse-remitters", (0.49, 0.29, 0.84, 0.003)),
        ("fedgchin-2019-madrs", (-3.2, -6.88, 0.45, 0.088)),
        ("ochs-ross-2020-madrs", (-3.6, -7.2, 0.07, 0.059)),
        ("lii-2023-madrs", (-5.82, -13.3, 1.64, 0.13)),
        ("jelovac-2025-madrs", (-3.16, -8.54, 2.22, 0.25)),
        ("anand-2023-response", (14.2, 3.9, 24.2, 0.001)),
        ("abbar-2022-remission", (3.7, 1.9, 7.3, 0.001)),
        ("grunebaum-2018-ssi", (-4.96, -7.59, -2.33, None)),
        ("feder-2021-caps5", (-11.88, None, None, None)),
        ("wang-2024-episode", (0.26, 0.14, 0.48, 0.001)),
        ("casey-2025-death", (-0.8, -4.5, 2.9, 0.65)),
        ("nagele-2015-hdrs", (-4.8, -7.8, -1.8, 0.002)),
    ],
)
def test_a_figure_equals_that_of_the_paper(
    shipped_client: httpx.Client, note: str, figures: tuple[float | None, ...]
) -> None:
    effect = get_json(shipped_client, f"/v1/evidence/{note}")["data"]["effects"][0]
    assert tuple(effect[k] for k in ("value", "lower", "upper", "p_value")) == figures


def test_known_errors_of_popular_texts_are_avoided(folder: Folder) -> None:
    compounds, studies = drafts(folder, "compounds"), drafts(folder, "studies")
    assert compounds["esketamine"].inchikey.endswith("ZDUSSCGKSA-N")
    assert compounds["arketamine"].inchikey.endswith("CYBMUJFWSA-N")
    assert studies["williams-2019"].draws_on == ["williams-2018"]
    assert studies["sigtermans-2009"].compounds == ["esketamine"]
    xrefs = {x.curie for entry in folder.entries for x in entry.draft.xrefs}  # type: ignore[attr-defined]
    assert "reactome:R-HSA-187037" not in xrefs
    assert "reactome:R-HSA-9006115" in xrefs
    assert "mondo:0002125" not in xrefs
    assert not any(curie.startswith("snomed") for curie in xrefs)
    kcnj = drafts(folder, "receptors")["kcnj4"]
    assert "Kir2.3" in kcnj.name


def test_regulatory_acts_of_regulators_that_disagree_are_both_listed(
    shipped_client: httpx.Client,
) -> None:
    record = get_json(shipped_client, "/v1/indications/treatment-resistant-depression")["data"]
    status = {a["slug"]: a["status"] for a in record["regulatory_status"]}
    assert status["gb-nice-ta854-2022"] == "not_recommended"
    assert status["gb-smc2258-2020"] == "recommended"
    assert status["us-ketamine-trd-offlabel"] == "off_label"
    china = get_json(shipped_client, "/v1/indications/mdd-acute-suicidality")["data"][
        "regulatory_status"
    ]
    assert "cn-spravato-2023" in {a["slug"] for a in china}


def test_no_affinity_up_to_a_bound_is_never_a_measured_value(folder: Folder) -> None:
    for slug, row in drafts(folder, "affinities").items():
        assert (row.relation == ">") == (row.state == "none_up_to_bound"), slug


def test_every_row_of_the_coverage_is_published_or_withheld_with_a_reason(folder: Folder) -> None:
    """`_coverage_errors` reports a lost row; this holds the totals of the release."""
    read = {row.rows_of: (row.rows, row.published) for row in folder.coverage}
    assert read["clinical studies, guidelines and acts"] == (122, 119)
    assert read["mechanism papers"] == (104, 79)
    assert read["measured constants"] == (118, 89)
    assert read["receptors"] == (107, 102)
    assert all(w.reason for row in folder.coverage for w in row.withheld)


def test_a_lost_row_of_the_coverage_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "about.yaml").write_text(
        "release: '1'\ncoverage:\n  - {rows_of: compounds, rows: 3, published: 1,"
        " collection: compounds, records: 2, withheld: [{rows: 1, reason: why}]}\n"
    )
    messages = [error.message for error in read_folder(tmp_path).errors]
    assert "compounds: 1 rows are neither published nor withheld" in messages
    assert "coverage counts 2 compounds, the folder holds 0" in messages


@pytest.mark.parametrize(
    ("note", "outcome", "arm", "percent"),
    [
        ("us-spravato-label-pharmacology-adverse-trd", "dissociation", "esketamine", 41),
        ("canuso-2021-adverse", "dissociation", "placebo spray", 5.8),
        ("daly-2019-adverse", "vertigo", "esketamine", 25.0),
        ("rodrigues-2022-adverse", "dissociation", "ketamine", 35.6),
        ("turkoz-2021-response", "response", "placebo spray", 9.4),
        ("murrough-2013-madrs", "response", "midazolam", 28),
    ],
)
def test_an_arm_has_its_percentage(
    shipped_client: httpx.Client, note: str, outcome: str, arm: str, percent: float
) -> None:
    arms = get_json(shipped_client, f"/v1/evidence/{note}")["data"]["arms"]
    found = [a["percent"] for a in arms if (a["name"], a["outcome"]) == (arm, outcome)]
    assert found[0] == percent


def test_the_files_are_in_the_form_that_an_export_writes(folder: Folder) -> None:
    """So that `kkb export --dataset` gives git the same bytes where nothing changed."""
    written = export.render_folder(folder)
    stored_files = {
        p.relative_to(SHIPPED).as_posix(): p.read_text("utf-8") for p in SHIPPED.rglob("*.yaml")
    }
    assert written.keys() == stored_files.keys()
    assert [name for name, text in written.items() if text != stored_files[name]] == []
