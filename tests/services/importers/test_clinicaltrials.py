"""ClinicalTrials.gov: studies pass `kkb check` with the dataset; results wait for their claims."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.services.dataset.check import check_folder
from app.services.dataset.folder import Folder
from app.services.importers.import_result import ImportOutcome, ImportSourceError
from tests.services.importers.conftest import SHIPPED, Importer


def trial(number: str = "NCT99999901", **design: Any) -> dict[str, Any]:
    """A made-up randomised trial in the form of the API, with posted results."""
    info = {
        "allocation": "RANDOMIZED",
        "interventionModel": "PARALLEL",
        "maskingInfo": {"masking": "QUADRUPLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]},
    }
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": number,
                "briefTitle": "A trial",
                "acronym": "MADE-UP",
            },
            "statusModule": {"overallStatus": "COMPLETED"},
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Maker", "class": "INDUSTRY"}},
            "conditionsModule": {"conditions": ["Depression", "<b>Suicidal</b> ideation"]},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE2", "PHASE3"],
                "designInfo": info | design,
                "enrollmentInfo": {"count": 60, "type": "ACTUAL"},
            },
            "armsInterventionsModule": {
                "armGroups": [
                    {"label": "Drug", "type": "EXPERIMENTAL"},
                    {"label": "Saline", "type": "PLACEBO_COMPARATOR"},
                ],
                "interventions": [{"type": "DRUG", "name": "ketamine"}],
            },
            "referencesModule": {"references": [{"pmid": "16894061", "type": "RESULT"}]},
        },
        "resultsSection": {
            "outcomeMeasuresModule": {
                "outcomeMeasures": [
                    outcome("MEAN", "Standard Deviation"),
                    outcome("LEAST_SQUARES_MEAN", "Standard Error"),
                    outcome("MEDIAN", "Full Range") | {"analyses": []},
                ]
            },
            "adverseEventsModule": {
                "timeFrame": "28 days",
                "eventGroups": [
                    {"id": "EG0", "title": "Drug", "seriousNumAffected": 2, "seriousNumAtRisk": 30}
                ],
                "otherEvents": [
                    {
                        "term": "Nausea",
                        "stats": [{"groupId": "EG0", "numAffected": 7, "numAtRisk": 30}],
                    }
                ],
            },
        },
        "derivedSection": {
            "conditionBrowseModule": {"meshes": [{"id": "D061218", "term": "TRD"}]},
        },
    }


def outcome(statistic: str, dispersion: str) -> dict[str, Any]:
    return {
        "type": "PRIMARY",
        "title": "Change in MADRS Total Score",
        "paramType": statistic,
        "dispersionType": dispersion,
        "unitOfMeasure": "MADRS points",
        "timeFrame": "Baseline, Day 28",
        "groups": [{"id": "OG0", "title": "Drug"}, {"id": "OG1", "title": "Saline"}],
        "denoms": [
            {
                "units": "Participants",
                "counts": [{"groupId": "OG0", "value": "29"}, {"groupId": "OG1", "value": "28"}],
            }
        ],
        "classes": [
            {
                "categories": [
                    {
                        "measurements": [
                            {"groupId": "OG0", "value": "-20.5", "spread": "12.3"},
                            {"groupId": "OG1", "value": "-16.0", "spread": "11.0"},
                        ]
                    }
                ]
            }
        ],
        "analyses": [
            {
                "groupIds": ["OG0", "OG1"],
                "paramType": "Mean Difference (Final Values)",
                "paramValue": "-4.5",
                "ciPctValue": "95",
                "ciLowerLimit": "-8.9",
                "ciUpperLimit": "-0.1",
                "pValue": "0.045",
            }
        ],
    }


def test_a_new_trial_passes_the_check_with_the_dataset(
    import_text: Importer, tmp_path: Path
) -> None:
    result = import_text("clinicaltrials", json.dumps({"studies": [trial()]}))
    assert result.counts()[ImportOutcome.ADDED] == 1
    folder = check_folder(SHIPPED, [tmp_path / "review"])
    assert folder.errors == []
    (study,) = (e.draft.model_dump() for e in folder.entries if e.slug == "nct99999901")
    assert study["registration"] == "NCT99999901"
    assert (study["design"], study["blinding"], study["comparator"]) == (
        "rct_parallel",
        "triple",
        "placebo",
    )
    assert (study["n_randomised"], study["funding"], study["sponsor"]) == (60, "industry", "Maker")
    assert study["design_note"] == "phase 2, phase 3"
    assert study["population"] == "Depression; Suicidal ideation"
    assert study["indications"] == ["treatment-resistant-depression"]
    assert study["compounds"] == [], "the name of a drug is no identifier"


def test_a_note_passes_the_check_once_a_curator_adds_its_claim(
    import_text: Importer, tmp_path: Path
) -> None:
    import_text("clinicaltrials", json.dumps(trial()))
    path = tmp_path / "review" / "studies" / "nct99999901.yaml"
    study, _, commented = path.read_text().partition("# evidence:\n")
    notes = yaml.safe_load(re.sub("^# ?", "", "# evidence:\n" + commented, flags=re.M))["evidence"]
    assert [note["slug"].rpartition("registry-")[2] for note in notes] == [
        "outcome-1",
        "outcome-2",
        "adverse-events",
    ]
    observed, least_squares, events = notes
    assert observed["arms"][0]["n"] == 29
    assert observed["arms"][0]["mean_change"] == -20.5
    assert observed["arms"][0]["standard_deviation"] == 12.3
    assert (observed["timepoint_value"], observed["timepoint_unit"]) == (28, "day")
    assert least_squares["arms"][0]["standard_error"] == 12.3
    assert least_squares["limitations"] == ["Posted results: least-squares means."]
    assert observed["effects"][0]["lower"] == -8.9
    assert {(a["outcome"], a["events"], a["n"]) for a in events["arms"]} == {
        ("any serious adverse event", 2, 30),
        ("Nausea (other)", 7, 30),
    }
    finding = {"claim": "esketamine-relieves-treatment-resistant-depression"} | {
        "direction": "supports",
        "population_directness": "same",
        "compound_directness": "same",
        "outcome_directness": "same",
    }
    for note in notes:
        note["claims"] = [dict(finding)]
    path.write_text(study.partition("# Papers")[0] + yaml.safe_dump({"evidence": notes}))
    assert check_folder(SHIPPED, [tmp_path / "review"]).errors == []


def test_figures_that_are_not_imported_are_reported(import_text: Importer) -> None:
    result = import_text("clinicaltrials", json.dumps(trial()))
    (reason,) = [row.reason for row in result.rows if row.outcome is ImportOutcome.REJECTED]
    assert "MEDIAN with Full Range is not imported" in reason


def test_a_trial_of_the_dataset_is_compared_and_not_written(
    import_text: Importer, shipped_folder: Folder
) -> None:
    curated = {
        e.draft.model_dump()["registration"]: e.draft.model_dump()
        for e in shipped_folder.entries_of("studies")
    }["NCT02418585"]
    result = import_text("clinicaltrials", json.dumps(trial("NCT02418585")))
    (row,) = [row for row in result.rows if row.outcome is ImportOutcome.CONFLICT]
    assert row.slug == curated["slug"]
    assert f"n_randomised is {curated['n_randomised']} here and 60 in the registry" in row.reason
    (text,) = result.files.values()
    assert all(line.startswith("#") for line in text.splitlines())


@pytest.mark.parametrize(
    ("enrollment", "design"),
    [
        ({"count": 60, "type": "ESTIMATED"}, {}),
        (
            {"count": 60, "type": "ACTUAL"},
            {"allocation": "NA", "interventionModel": "SINGLE_GROUP"},
        ),
    ],
)
def test_only_an_actual_number_of_a_randomised_trial_is_n_randomised(
    import_text: Importer, enrollment: dict[str, Any], design: dict[str, Any]
) -> None:
    study = trial(**design)
    study["protocolSection"]["designModule"]["enrollmentInfo"] = enrollment
    (text,) = import_text("clinicaltrials", json.dumps(study)).files.values()
    written = yaml.safe_load(text)["studies"][0]
    assert "n_randomised" not in written
    assert written["n_note"].startswith("60 enrolled")


def test_a_masked_trial_without_random_allocation_is_rejected_with_its_design(
    import_text: Importer,
) -> None:
    result = import_text("clinicaltrials", json.dumps(trial(allocation="NON_RANDOMIZED")))
    assert result.files == {}
    (row,) = result.rows
    assert row.reason.endswith("describes: interventional, non randomized, parallel")


@pytest.mark.parametrize("text", ["", "[]", "NCT1", '{"studies": {}}', "[" * 100_000])
def test_a_file_of_another_form_is_refused(import_text: Importer, text: str) -> None:
    with pytest.raises(ImportSourceError):
        import_text("clinicaltrials", text)


def test_a_study_that_is_not_valid_is_rejected_and_the_others_are_imported(
    import_text: Importer,
) -> None:
    result = import_text("clinicaltrials", json.dumps([{"protocolSection": {}}, trial(), 7]))
    counts = result.counts()
    assert counts[ImportOutcome.ADDED] == 1
    assert next(r.place for r in result.rows if not r.slug) == "study 1"
    assert counts[ImportOutcome.REJECTED] == 3  # two studies, and the median
