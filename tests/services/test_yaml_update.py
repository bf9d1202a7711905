"""Replacing a record in a file of the dataset: every other byte stays, or nothing happens."""

from pathlib import Path
from typing import Any

import pytest

from app.resources import RESOURCES
from app.services.dataset.yaml_update import CannotUpdateError, update_record
from app.services.records.input_models import RecordInput, input_model
from tests import factories

REFERENCES = RESOURCES["references"]
BEFORE = """# By hand.
studies:
  - slug: a   # a comment

references:
  # The first.
  - slug: one
    name: One
    summary: It is 'one'.
    kind: article
    citation_confidence: high

  # The second.
  - slug: two
    name: "Two"
    summary: >-
      It is
      two.
    kind: article
    citation_confidence: high
  # The last.

evidence: []   # none
"""
AFTER = BEFORE.replace(
    """    name: "Two"
    summary: >-
      It is
      two.
    kind: article
""",
    """    name: Two
    summary: It is two.
    title: On two
    pmid: '7'
    kind: article
""",
)


def reference(**more: Any) -> RecordInput:
    values = factories.record_input("references", 5, **more)
    return input_model(REFERENCES).model_validate(values)


TWO = reference(slug="two", name="Two", summary="It is two.")
TITLED = reference(slug="two", name="Two", summary="It is two.", title="On two", pmid="7")


def test_a_record_is_indented_as_the_one_that_it_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    for indent in ("", "    "):
        path.write_text(BEFORE.replace("\n  ", f"\n{indent}"), "utf-8")
        update_record(path, REFERENCES, TWO, TITLED)
        assert path.read_text("utf-8") == AFTER.replace("\n  ", f"\n{indent}")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_record_is_replaced_and_every_other_byte_stays(tmp_path: Path, newline: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(BEFORE.replace("\n", newline).encode())
    path.chmod(0o640)
    update_record(path, REFERENCES, TWO, TITLED)
    assert path.read_bytes().decode().replace("\r\n", "\n") == AFTER
    assert path.read_bytes().count(b"\r\n") == (0 if newline == "\n" else BEFORE.count("\n") - 7)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BEFORE.replace("It is\n", "It was\n"), "has changed since"),
        (BEFORE.replace("slug: two", "slug: three"), "has changed since"),
        ("references: []\n", "has changed since"),
        ("a: [", "line"),
        ("- a list\n", "has changed since"),
        (
            "references: [{slug: two, name: Two, summary: It is two., kind: article,"
            " citation_confidence: high}]\n",
            "layout",
        ),
    ],
)
def test_what_cannot_be_replaced_stays(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(CannotUpdateError, match=words):
        update_record(path, REFERENCES, TWO, TITLED)
    assert path.read_text("utf-8") == text
    assert [file.name for file in tmp_path.iterdir()] == ["a.yaml"]
