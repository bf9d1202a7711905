"""A part of the shipped dataset of any version: some claims, with all that they refer to.

The layout of the folder has been the same in every version: YAML files of lists of records.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

#: Some that an older rule decided otherwise, one without evidence, and those of a pathway.
CLAIMS = (
    "esketamine-is-safe-long-term",
    "half-of-a-nasal-dose-reaches-the-blood",
    "esketamine-iv-relieves-depression",
    "ketamine-relieves-crps-pain",
    "iv-hydration-treats-depression",
    "ketamine-blocks-nmda-receptor",
    "ketamine-blocks-nmda-receptor-at-rest",
    "ketamine-is-trapped-in-nmda-channel",
    "ketamine-slows-nmda-receptor-gating",
)
PATHWAY = "nmda"
AFFINITIES = 3
#: Fields that are left out: a synthesis names dozens of trials, each with its references.
LEFT_OUT = ("trials_pooled",)
#: Sections whose records are included where an included record refers to them.
REFERRED_TO = (
    "compounds",
    "receptors",
    "processes",
    "regions",
    "indications",
    "studies",
    "references",
)

Record = dict[str, Any]


def write_small_dataset(dataset: Path, folder: Path) -> None:
    """Write the part of a dataset folder to another folder.

    Args:
        dataset: The dataset folder of a version.
        folder: The folder to write, which need not exist.
    """
    sections = {
        path.relative_to(dataset): yaml.safe_load(path.read_text("utf-8"))
        for path in sorted(dataset.rglob("*.yaml"))
        if path.name != "about.yaml"
    }
    included = _included(sections)
    for path, content in sections.items():
        kept = {
            section: [r for r in records if (section, r["slug"]) in included]
            for section, records in content.items()
        }
        if any(kept.values()):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            text = yaml.safe_dump({k: v for k, v in kept.items() if v}, allow_unicode=True)
            (folder / path).write_text(text, "utf-8")
    about = yaml.safe_load((dataset / "about.yaml").read_text("utf-8"))
    about["coverage"] = []
    (folder / "about.yaml").write_text(yaml.safe_dump(about), "utf-8")


def _included(sections: dict[Path, dict[str, list[Record]]]) -> set[tuple[str, str]]:
    """Return the section and slug of each included record; remove what names any other."""
    known = {
        (section, record["slug"]): record
        for content in sections.values()
        for section, records in content.items()
        for record in records
    }
    for record in known.values():
        for field in LEFT_OUT:
            record.pop(field, None)
    affinities = [key for key in known if key[0] == "affinities"][:AFFINITIES]
    todo = [("claims", slug) for slug in CLAIMS] + [("pathways", PATHWAY), *affinities]
    todo += [
        key
        for key, record in known.items()
        if key[0] == "evidence" and any(line["claim"] in CLAIMS for line in record["claims"])
    ]
    available = {slug for section, slug in known if section in REFERRED_TO}
    excluded = {slug for _, slug in known} - available - {slug for _, slug in todo}
    included: set[tuple[str, str]] = set()
    while todo:
        key = todo.pop()
        if key in included:
            continue
        included.add(key)
        _remove_items(known[key], excluded)
        for text in _texts(known[key]):
            slug = text.rpartition(":")[2]
            todo += [(name, slug) for name in REFERRED_TO if (name, slug) in known]
    return included


def _remove_items(value: Any, excluded: set[str]) -> None:
    """Remove the items of all lists in a record that are, or name in a field, an excluded slug."""
    if isinstance(value, list):
        value[:] = [item for item in value if excluded.isdisjoint(_own_texts(item))]
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _remove_items(item, excluded)


def _own_texts(item: Any) -> list[str]:
    """Return an item of a list, or the values of its fields, if they are texts."""
    values = item.values() if isinstance(item, dict) else [item]
    return [value for value in values if isinstance(value, str)]


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts in a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
