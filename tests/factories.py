"""Factories: the smallest valid draft of each collection; a test says only what it is about.

A collection has one factory, registered with `@factory`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.kit.resource import Resource
from app.resources import RESOURCES

Fields = dict[str, Any]
Varied = Callable[[int], Fields]


@dataclass(frozen=True)
class Factory:
    """What makes a draft valid, and what makes the n-th differ, so that filters and sorts work."""

    minimal: Fields
    varied: Varied


FACTORIES: dict[str, Factory] = {}


def factory(collection: str, minimal: Fields) -> Callable[[Varied], Varied]:
    """Register a function as the factory of a collection."""

    def register(varied: Varied) -> Varied:
        FACTORIES[collection] = Factory(minimal, varied)
        return varied

    return register


def slug(resource: Resource, number: int = 1) -> str:
    """The slug of the n-th made-up record; a verdict or conflict has its claim's."""
    if resource.derived and not resource.rows:
        return f"claim-{number}"
    name = f"{resource.record_type.replace('_', '-')}-{number}"
    return (
        resource.rows.slug(f"evidence-{number}", {"slug": name, "key": "a"})
        if resource.rows
        else name
    )


def record_input(collection: str, number: int = 0, **more: Any) -> Fields:
    """A valid draft, with what the test is about laid over it."""
    name = slug(RESOURCES[collection], number)
    shared = {"slug": name, "name": name.title(), "summary": "What it is."}
    return {**shared, **FACTORIES[collection].minimal, **more}


def dataset(size: int) -> dict[str, list[Fields]]:
    """`size` records of every collection that curators write, linked to each other."""
    content = {
        name: [record_input(name, n, **FACTORIES[name].varied(n)) for n in range(size)]
        for name, resource in RESOURCES.items()
        if not resource.derived
    }
    if size > 2:  # so that every claim has a note on either side
        for n, note in enumerate(content["evidence"]):
            for step, direction in ((1, "supports"), (2, "disputes")):
                claim = f"claim-{(n + step) % size}"
                finding = {**FINDING, "claim": claim, "direction": direction}
                note["claims"] = [*note["claims"], finding]
    return content


def write_folder(root: Path, content: dict[str, Any], name: str = "all.yaml") -> Path:
    """A dataset folder with one file."""
    root.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (root / name).write_text(text, "utf-8")
    return root


FINDING: Fields = {
    "claim": "claim-0",
    "direction": "supports",
    "population_directness": "same",
    "compound_directness": "same",
    "outcome_directness": "same",
}


@factory("compounds", {"kind": "comparator"})
def compound(number: int) -> Fields:
    return {
        "kind": ["racemate", "metabolite", "comparator"][number % 3],
        "molecular_mass_g_per_mol": [None, 200.5, 300.25][number % 3],
        "synonyms": [f"Café {number}", "=formula"],
        "xrefs": [{"curie": f"chembl.compound:CHEMBL{1000 + number}"}],
        "relations": [{"relation": "metabolite_of", "compound": "compound-0"}] if number else [],
    }


@factory("receptors", {"class": "gpcr", "kind": "single_protein"})
def receptor(number: int) -> Fields:
    return {
        "class": ["gpcr", "lgic", "enzyme"][number % 3],
        "hgnc_symbol": f"GENE{number}" if number % 2 else None,
        "subunits": ["receptor-0"] if number else [],
    }


@factory("processes", {"kind": "cellular"})
def process(number: int) -> Fields:
    return {
        "kind": ["cellular", "circuit"][number % 2],
        "regions": ["region-0"],
        "receptors": [f"receptor-{number}"],
    }


@factory("regions", {"kind": "region"})
def region(number: int) -> Fields:
    return {"parent": "region-0" if number else None}


@factory("indications", {"kind": "disorder"})
def indication(number: int) -> Fields:
    return {
        "parent": "indication-0" if number else None,
        "outcome_scales": ["MADRS"],
        "regulatory_status": [
            {
                "slug": f"regulatory-act-{number}",
                "jurisdiction": "US",
                "agency": "FDA",
                "act": "marketing_authorisation",
                "compound": "compound-0",
                "status": ["approved", "refused"][number % 2],
                "date": "2019-03",
                "date_precision": "month",
                "reference": f"reference-{number}",
            }
        ],
    }


@factory(
    "affinities",
    {
        "compound": "compound-0",
        "receptor": "receptor-0",
        "reference": "reference-0",
        "parameter": "Ki",
        "relation": "=",
        "published_value": 1.5,
        "published_unit": "uM",
        "species": "rat",
        "state": "measured",
        "source": "primary",
        "citation_confidence": "high",
    },
)
def affinity(number: int) -> Fields:
    return {
        "compound": f"compound-{number % 2}",
        "receptor": f"receptor-{number % 5}",
        "reference": f"reference-{number}",
        "published_value": 0.5 + number,
        "source_database": "PDSP",
        "source_record": f"{number}",
        "relation": ">" if number % 4 == 3 else "=",
        "state": "none_up_to_bound" if number % 4 == 3 else "measured",
    }


@factory("pathways", {"steps": ["claim-0"]})
def pathway(number: int) -> Fields:
    return {"steps": [f"claim-{number}", "claim-0"][: 2 if number else 1]}


@factory("claims", {"statement": "It does.", "kind": "mechanism"})
def claim(number: int) -> Fields:
    return {
        "subject": "compound:compound-0",
        "predicate": "blocks",
        "object": f"receptor:receptor-{number}",
        "sign": -1,
        "region": "region-0",
        "indication": "indication-0",
        "compound": "compound-0",
        "article_claim": number % 24 + 1,
        "title_question": "Does it block it?",
        "short_answer": "It blocks it.",
        "question": {
            "relation": "superior",
            "population": [f"indication-{number}"],
            "intervention": {"compounds": ["compound-0"], "routes": ["intravenous"]},
            "comparators": ["inactive"],
            "outcomes": ["pain"],
            "window_hours": {"target": 24, "earliest": 4, "latest": 72},
        },
        "searched_to": "2026-11-01",
        "reviewed_on": "2026-11-02",
        "readings": [
            {
                "audience": "plain",
                "text": f"It works [evidence-{number}].\nIn 10 people [evidence-{number}].",
            },
            {"audience": "clinician", "text": "It works."},
        ],
    }


@factory(
    "studies",
    {
        "design": "rct_parallel",
        "species": "human",
        "blinding": "double",
        "masking": "not_stated",
        "comparator": "placebo",
        "references": ["reference-0"],
    },
)
def study(number: int) -> Fields:
    return {
        "year": [None, 2006, 2013, 2023][number % 4],
        "registration": f"NCT{number:08d}",
        "n_randomised": [None, 18, 72][number % 3],
        "design": ["rct_parallel", "cohort", "animal_experiment"][number % 3],
        "species": ["human", "human", "mouse"][number % 3],
        "compounds": ["compound-0"],
        "indications": ["indication-0"],
        "references": [f"reference-{number}"],
        "draws_on": ["study-0"] if number else [],
        "jurisdiction": "US" if number % 2 else None,
        "group": f"laboratory-{number % 3}",
        "trial_group": "trial-0" if number == 1 else f"trial-{number}",
        "unit_of": ["study-0"] if number == 1 else [],
        "trials_pooled": ["study-0"] if number else [],
        "results_expected": [None, True, False][number % 3],
        "funding": ["public", "industry"][number % 2],
        "risk_of_bias": [
            {
                "tool": "rob_2",
                "domain": "overall",
                "judgement": ["low", "high"][number % 2],
                "reference": f"reference-{number}",
            }
        ],
    }


@factory(
    "evidence",
    {
        "study": "study-0",
        "reference": "reference-0",
        "finding": "It did.",
        "citation_confidence": "high",
        "claims": [FINDING],
    },
)
def note(number: int) -> Fields:
    finding = {**FINDING, "claim": f"claim-{number}"}
    finding["direction"] = ["supports", "disputes", "neutral", "mixed"][number % 4]
    finding["causal_test"] = [None, "rescue", "occlusion"][number % 3]
    return {
        "study": f"study-{number}",
        "reference": f"reference-{number}",
        "compound": "compound-0",
        "dose_value": [None, 0.5][number % 2],
        "dose_unit": [None, "mg/kg"][number % 2],
        "route": "intravenous",
        "timepoint_absence": "not_stated",
        "claims": [finding],
        "effects": [
            {
                "key": "a",
                "label": "a against b",
                "metric": "mean_difference",
                "value": -4.0,
                "standard_error": [1.5, None][number % 2],
                "lower": [None, -7.0][number % 2],
                "upper": [None, -1.0][number % 2],
                "interval_percent": [None, 95.0][number % 2],
                "favours": "intervention",
                "larger_is": "worse",
                "unit": "points",
            }
        ],
        "arms": [{"key": "a", "name": "a", "role": "drug", "n": 10, "events": 4, "percent": 40.0}],
        "estimates": [
            {
                "key": "a",
                "outcome_domain": ["depression_severity", "pain"][number % 2],
                "instrument": ["MADRS", "NRS"][number % 2],
                "metric": "MD",
                "effect": "a",
                "intervention_arm": "a",
                "comparator_kind": ["inactive", "active_placebo"][number % 2],
                "time_hours": 24.0 * number,
                "regimen": "single",
                "claims": [f"claim-{number}"],
            }
        ],
        "limitations": ["small"],
        "tested_um": 1.0,
        "tested_upper_um": 10.0,
    }


@factory("references", {"kind": "article", "citation_confidence": "high"})
def reference(number: int) -> Fields:
    return {
        "doi": f"10.1000/x{number}",
        "pmid": str(1000 + number),
        "pmcid": f"PMC{1000 + number}",
        "year": [None, 2006, 2013][number % 3],
        "journal": ["Nature", "Science"][number % 2],
        "title": f"On {number} & more",
        "authors": ["Zarate CA Jr", "US FDA"],
        "volume": "63",
        "pages": "856-864",
        "retraction": "corrected",
        "notice_published_on": "2018-03-22",
        "notices_checked_on": "2026-11-30",
    }


@factory(
    "pharmacokinetics",
    {
        "compound": "compound-0",
        "parameter": "half_life_terminal",
        "relation": "=",
        "value": 186,
        "unit": "min",
        "species": "human",
        "source": "primary",
        "reference": "reference-0",
        "citation_confidence": "high",
    },
)
def pharmacokinetic_value(number: int) -> Fields:
    return {
        "compound": f"compound-{number % 2}",
        "parameter": ["half_life_terminal", "cmax", "bioavailability"][number % 3],
        "value": 30.0 + number,
        "unit": ["min", "ng/mL", "%"][number % 3],
        "statistic": "mean",
        "dispersion_value": 4.5,
        "dispersion_kind": "sd",
        "enzymes": [f"receptor-{number}"],
        "route": ["intravenous", "rectal"][number % 2],
        "dose_value": 0.5,
        "dose_unit": "mg/kg",
        "n": 10 + number,
        "matrix": "plasma",
        "study": f"study-{number}",
        "reference": f"reference-{number}",
        "source_keys": [f"pk{number}"],
    }


@factory(
    "interactions",
    {
        "compound": "compound-0",
        "interactant": "rifampicin",
        "interactant_kind": "drug",
        "kind": "pharmacokinetic",
        "effect": "It lowers the exposure.",
        "change": "decreased",
        "evidence_kind": "product_label",
        "species": "human",
        "source": "primary",
        "reference": "reference-0",
        "citation_confidence": "high",
    },
)
def interaction(number: int) -> Fields:
    return {
        "interactant": f"rifampicin {number}",
        "other_compound": f"compound-{number}",
        "receptors": [f"receptor-{number}"],
        "change": ["decreased", "no_change"][number % 2],
        "effects": [
            {
                "outcome": "AUC",
                "metric": "fold_change",
                "value": 0.14,
                "lower": 0.1,
                "upper": 0.2,
                "interval_kind": "confidence",
                "interval_percent": 90,
                "unit": "fold",
                "p_value": 0.001,
                "p_relation": "<",
                "events": 3,
                "n": 11,
            }
        ],
        "n": 11,
        "dose_value": 0.3,
        "dose_unit": "mg/kg",
        "management": "avoid",
        "jurisdiction": "US",
        "claims": [f"claim-{number}"],
        "study": f"study-{number}",
        "reference": f"reference-{number}",
    }


@factory(
    "regimens",
    {
        "compound": "compound-0",
        "route": "intranasal",
        "dose_value": 56,
        "dose_unit": "mg",
        "source_kind": "label",
        "source": "primary",
        "reference": "reference-0",
        "citation_confidence": "high",
    },
)
def regimen(number: int) -> Fields:
    return {
        "indication": f"indication-{number}",
        "dose_value": 56.0 + number,
        "dose_upper_value": 84.0 + number,
        "maintenance_dose_value": 0.1,
        "maintenance_dose_upper_value": 0.5,
        "maintenance_dose_unit": "mg/min",
        "duration_value": 40,
        "duration_upper_value": 60,
        "duration_unit": "minute",
        "doses_per_week": 2,
        "course_value": 4,
        "course_upper_value": 8,
        "course_unit": "week",
        "product": f"Spravato {number}",
        "off_label": [None, True, False][number % 3],
        "jurisdictions": ["US", "EU"][: 1 + number % 2],
        "reference": f"reference-{number}",
    }


@factory(
    "adverse-effects",
    {
        "compound": "compound-0",
        "kind": "warning",
        "effect": "sedation",
        "measure": "not_quantified",
        "finding": "Monitor for two hours.",
        "species": "human",
        "source": "primary",
        "reference": "reference-0",
        "citation_confidence": "high",
    },
)
def adverse_effect(number: int) -> Fields:
    return {
        "kind": "adverse_effect",
        "effect": f"sedation {number}",
        "process": f"process-{number}",
        "measure": "incidence",
        "relation": "=",
        "value": 20.0 + number,
        "unit": "%",
        "events": 2,
        "n": 10,
        "comparator_value": 10,
        "comparator_events": 1,
        "comparator_n": 10,
        "dose_value": 56,
        "dose_unit": "mg",
        "jurisdiction": "US",
        "claims": [f"claim-{number}"],
        "reference": f"reference-{number}",
    }


@factory(
    "assessments",
    {
        "body": "Cochrane",
        "kind": "systematic_review",
        "conclusion": "It may work.",
        "claims": ["claim-0"],
        "reference": "reference-0",
        "citation_confidence": "high",
    },
)
def assessment(number: int) -> Fields:
    return {
        "year": 2000 + number % 25,
        "jurisdiction": "GB",
        "claims": [f"claim-{number}"],
        "certainty": ["low", "very_low"][number % 2],
        "estimates": [
            {
                "outcome": "Response",
                "metric": "odds_ratio",
                "value": 3.9,
                "lower": 1.5,
                "upper": 10.1,
                "interval_percent": 95,
                "p_value": 0.01,
                "p_relation": "<",
                "timepoint_value": 24,
                "timepoint_unit": "hour",
                "studies": 7,
                "participants": 185,
                "i_squared_percent": 20,
            }
        ],
        "reference": f"reference-{number}",
    }


@factory(
    "statements",
    {"text": "A popular article", "position": 1, "statement": "It works.", "claims": ["claim-0"]},
)
def statement(number: int) -> Fields:
    return {
        "position": number + 1,
        "claims": [f"claim-{number}"],
        "correction": "It works for a short time.",
    }
