"""Adding a draft to a file of the dataset: its other lines stay as they are, or nothing happens."""

from pathlib import Path
from typing import Any

import pytest

from app.resources import RESOURCES
from app.services.dataset.folder import read_folder
from app.services.dataset.yaml_append import (
    CannotAppendError,
    append_record,
    find_duplicates,
    record_as_yaml,
    with_distinct_name,
)
from app.services.records.input_models import RecordInput, input_model
from tests import factories
from tests.helpers import SHIPPED

REFERENCES = RESOURCES["references"]
OLD = """# By hand.
studies:
  - slug: a   # a comment

references:
  - slug: one
    pmid: '7'

# About the evidence.
evidence: []
"""


def draft(**more: Any) -> RecordInput:
    return input_model(REFERENCES).model_validate(factories.record_input("references", 5, **more))


def test_a_block_says_what_is_known_and_no_more() -> None:
    made = draft(pmid="12345", volume="63", authors=["Zarate CA Jr"], doi="10.1000/x")
    assert record_as_yaml(made) == (
        "  - slug: reference-5\n"
        "    name: Reference-5\n"
        "    summary: What it is.\n"
        "    authors:\n"
        "    - Zarate CA Jr\n"
        "    volume: '63'\n"
        "    doi: 10.1000/x\n"
        "    pmid: '12345'\n"
        "    kind: article\n"
        "    citation_confidence: high\n"
    )


def test_a_draft_joins_its_section_and_every_other_line_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(OLD, "utf-8")
    path.chmod(0o640)
    append_record(path, REFERENCES, draft())
    text = path.read_text("utf-8")
    assert text.replace(record_as_yaml(draft()), "") == OLD
    assert text.index("pmid: '7'") < text.index("reference-5") < text.index("# About the evidence")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["a.yaml"], "nothing else is left behind"


@pytest.mark.parametrize("old", ["", "studies:\n  - slug: a\n", "studies:\n  - slug: a"])
def test_a_file_without_the_section_gets_one(tmp_path: Path, old: str) -> None:
    path = tmp_path / "a.yaml"
    if old:
        path.write_text(old, "utf-8")
    append_record(path, REFERENCES, draft())
    (entry,) = read_folder(tmp_path).entries_of("references")
    assert entry.slug == "reference-5"
    assert path.read_text("utf-8").startswith(old)


@pytest.mark.parametrize(
    "old",
    [
        "references: []\n",
        "references:\n- slug: one\n",
        "references: {}\n",
        "- one\n",
        "a: [\n",
        "references: # here\n  - slug: one\n",
    ],
)
def test_a_file_of_another_form_is_left_alone(tmp_path: Path, old: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(old, "utf-8")
    with pytest.raises(CannotAppendError):
        append_record(path, REFERENCES, draft())
    assert path.read_text("utf-8") == old
    assert [p.name for p in tmp_path.iterdir()] == ["a.yaml"]


def test_only_yaml_files_in_folders_that_exist_are_written(tmp_path: Path) -> None:
    for path in (tmp_path / "a.txt", tmp_path / "no" / "a.yaml"):
        with pytest.raises(CannotAppendError):
            append_record(path, REFERENCES, draft())
        assert not path.exists()


def test_what_the_dataset_holds_already_is_found_by_slug_and_by_identifier(tmp_path: Path) -> None:
    content = {"references": [factories.record_input("references", 1, doi="10.1000/a", pmid="9")]}
    factories.write_folder(tmp_path, content)
    assert list(find_duplicates(tmp_path, REFERENCES, draft())) == []
    (found,) = find_duplicates(tmp_path, REFERENCES, draft(doi="10.1000/A"))
    assert found.startswith("doi 10.1000/a is already at all.yaml:")
    assert (
        len(list(find_duplicates(tmp_path, REFERENCES, draft(slug="reference-1", pmid="9")))) == 2
    )


def test_a_name_that_the_dataset_has_gets_the_next_letter() -> None:
    for name, expected in (
        ("Zarate et al. 2006", "Zarate et al. 2006c"),
        ("Abbar et al. 2022", "Abbar et al. 2022b"),
        ("Nobody et al. 2022", "Nobody et al. 2022"),
    ):
        named = draft(name=name)
        assert with_distinct_name(SHIPPED, REFERENCES, named).model_dump()["name"] == expected
