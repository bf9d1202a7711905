"""`kkb new study` and `kkb schema`: what they write fits the shipped dataset."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from app.services.dataset.folder import read_folder
from app.services.dataset.json_schema import about_file_schema, dataset_file_schema
from app.services.dataset.study_skeleton import study_skeleton
from tests.helpers import SHIPPED
from tests.run_cli import kkb


def test_every_shipped_file_fits_the_schema() -> None:
    validators = [
        jsonschema_rs.validator_for(schema)
        for schema in (dataset_file_schema(), about_file_schema())
    ]
    files = sorted(Path(SHIPPED).rglob("*.yaml"))
    assert len(files) > 200
    for path in files:
        content = yaml.safe_load(path.read_text("utf-8"))
        errors = list(validators[path.name == "about.yaml"].iter_errors(content))
        assert not errors, (path.name, errors[0].message, errors[0].instance_path)


@pytest.mark.parametrize(
    "content",
    [
        {"studie": []},
        {"studies": [{"slug": "a-2020"}]},
        {"studies": {"slug": "a-2020"}},
        {"pathways": [{"slug": "A 2020", "name": "A", "summary": "A."}]},
    ],
)
def test_a_wrong_file_does_not_fit_the_schema(content: dict[str, object]) -> None:
    assert not jsonschema_rs.validator_for(dataset_file_schema()).is_valid(content)


def test_the_schema_is_printed(tmp_path: Path) -> None:
    assert json.loads(kkb("schema", cwd=tmp_path).stdout) == dataset_file_schema()
    assert json.loads(kkb("schema", "--about", cwd=tmp_path).stdout) == about_file_schema()


def test_the_check_names_each_required_field_of_a_new_study(tmp_path: Path) -> None:
    (tmp_path / "new-2031.yaml").write_text(study_skeleton("new-2031"))
    messages = " ".join(error.message for error in read_folder(tmp_path).errors)
    for field in ("name", "summary", "design", "species", "blinding", "kind", "finding"):
        assert f"{field}:" in messages, (field, messages)
    assert "unknown" not in messages


def test_the_skeleton_names_the_values_of_each_field() -> None:
    text = " ".join(study_skeleton("new-2031").replace("#", " ").split())
    assert "One of: rct_parallel, rct_crossover" in text
    assert "claim (required), direction (required)" in text


def test_a_new_study_is_written_once(tmp_path: Path) -> None:
    command = ("new", "study", "new-2031", "--into", "new-2031.yaml")
    assert kkb(*command, cwd=tmp_path).returncode == 0
    assert (tmp_path / "new-2031.yaml").read_text() == study_skeleton("new-2031")
    again = kkb(*command, cwd=tmp_path)
    assert (again.returncode, "nothing is overwritten" in again.stderr) == (1, True)
    assert "is no slug" in kkb("new", "study", "New 2031", cwd=tmp_path).stderr
