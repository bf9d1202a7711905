"""Run `kgx validate` and the Biolink Model's own classes on a KGX export.

    python kgx_validate.py nodes.tsv edges.tsv

It runs in an environment with kgx and biolink-model. kgx fetches the model and the prefix map from
GitHub; here both come from the package `biolink-model`, so that the result depends on exact
versions and not on the network. The prefix of the export is declared beside those of the model, as
every graph with identifiers of its own has to.
"""

import csv
import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

MODEL = files("biolink_model") / "schema" / "biolink_model.yaml"
PREFIXES = files("biolink_model") / "prefixmaps" / "biolink_model_prefix_map.json"
#: Classes or slots of the schema by name.
Elements = dict[str, dict[str, Any]]
OWN_PREFIX = {"ketamine-kb": "https://kb.example.org/v1/"}


def main(nodes: str, edges: str) -> int:
    """Print all faults; return the exit code."""
    faults = [*kgx_faults(nodes, edges), *model_faults(nodes, edges)]
    print(*faults, sep="\n")
    return 1 if faults else 0


def kgx_faults(nodes: str, edges: str) -> list[str]:
    """Return what `kgx validate` reports."""
    import bmt

    bmt.Toolkit.__init__.__defaults__ = (str(MODEL), {"predicate mappings": []})
    import kgx.config

    prefixes = json.loads(PREFIXES.read_text()) | OWN_PREFIX
    kgx.config.jsonld_context_map["biolink"] = prefixes
    from kgx.cli.cli_utils import validate

    errors = validate([nodes, edges], "tsv", None, "/dev/null")
    return [json.dumps(errors, indent=1)] if errors else []


def model_faults(nodes: str, edges: str) -> list[str]:
    """Return what the model says against each row, as an instance of the class it names."""
    from biolink_model.datamodel import pydanticmodel_v2 as model

    schema = yaml.load(MODEL.read_text(), Loader=yaml.CSafeLoader)
    classes, faults = schema["classes"], []
    category_of = {row["id"]: row["category"] for row in read(nodes)}
    for row in [*read(nodes), *read(edges)]:
        cls = getattr(model, row["category"].removeprefix("biolink:"))
        known = {name: cell(cls, name, value) for name, value in row.items() if value}
        own = {name for name in known if name not in cls.model_fields}
        # A column that is no slot of this class may be one of ours, but no slot of another class.
        if slots := sorted(name for name in own if name.replace("_", " ") in schema["slots"]):
            faults.append(f"{row['id']}: {cls.__name__} has no slot {', '.join(slots)}")
        try:
            cls(**{name: value for name, value in known.items() if name not in own})
        except ValueError as error:
            faults.append(f"{row['id']}: {error}")
        if "predicate" in row:
            faults += edge_faults(classes, schema["slots"], row, category_of)
    return faults


def edge_faults(
    classes: Elements, slots: Elements, row: dict[str, str], category_of: dict[str, str]
) -> list[str]:
    """Return subject, predicate and object that are outside of the ranges of the class."""
    usage: Elements = {}
    for ancestor in reversed(ancestors(classes, sentence(row["category"]))):
        for slot, rule in (classes[ancestor].get("slot_usage") or {}).items():
            usage.setdefault(slot, {}).update(rule or {})
    faults = []
    predicate = row["predicate"].removeprefix("biolink:").replace("_", " ")
    above = usage.get("predicate", {}).get("subproperty_of")
    if above and above not in ancestors(slots, predicate):
        faults.append(f"{row['id']}: {predicate} is not below {above}")
    for end, bound in (("subject", "domain"), ("object", "range")):
        category = ancestors(classes, sentence(category_of[row[end]]))
        allowed = {usage.get(end, {}).get("range"), slots[predicate].get(bound)} - {None}
        faults += [f"{row['id']}: {end} is no {name}" for name in allowed - set(category)]
    return faults


def ancestors(elements: Elements, name: str) -> list[str]:
    """Return an element of the schema, its parents and its mixins."""
    names = [name]
    for parent in [elements[name].get("is_a"), *(elements[name].get("mixins") or [])]:
        names += ancestors(elements, parent) if parent else []
    return names


def sentence(category: str) -> str:
    """Return the name of a class in the schema: `biolink:GeneToGeneAssociation` has spaces."""
    camel = category.removeprefix("biolink:")
    return "".join(f" {char.lower()}" if char.isupper() else char for char in camel).strip()


def cell(cls: Any, name: str, value: str) -> object:
    """Return a cell as the type of its slot: a list, a boolean or text."""
    field = cls.model_fields.get(name)
    if field and "list[" in str(field.annotation).lower():
        return value.split("|")
    return value == "true" if name == "negated" else value


def read(file: str) -> list[dict[str, str]]:
    """Read a table as KGX does: tabs, no quotes."""
    with Path(file).open(newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
