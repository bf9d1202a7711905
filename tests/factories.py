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
    return f"{resource.record_type.replace('_', '-')}-{number}"


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
                "label": "a against b",
                "metric": "mean_difference",
                "value": -4.0,
                "unit": "points",
            }
        ],
        "arms": [{"name": "a", "n": 10, "events": 4, "percent": 40.0}],
        "limitations": ["small"],
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
    }
