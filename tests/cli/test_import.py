"""`kkb import`, and `kkb check` and `kkb load` of what it wrote together with the dataset."""

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from app.cli.importing import SOURCE_NAMES
from app.services.importers.sources import SOURCES
from tests.run_cli import kkb
from tests.services.importers.test_clinicaltrials import trial


def test_the_help_names_every_source() -> None:
    assert list(SOURCE_NAMES) == list(SOURCES)


def test_an_imported_trial_is_checked_loaded_and_withdrawn_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "trial.json").write_text(json.dumps(trial()))
    imported = kkb("import", "clinicaltrials", "trial.json", cwd=tmp_path)
    assert imported.returncode == 0, imported.stderr
    assert "1 added" in imported.stdout
    report = (tmp_path / "clinicaltrials-import.report.csv").read_text()
    rows = list(csv.DictReader(report.splitlines()))
    assert [row["outcome"] for row in rows] == ["added", "rejected"]
    with_folder = ("--with", "clinicaltrials-import")
    checked = kkb("check", *with_folder, cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    loaded = "SELECT count(*) FROM study WHERE registration = 'NCT99999901'"
    for arguments, count in ((with_folder, 1), ((), 0)):
        assert not (tmp_path / "releases").exists(), "a supplement is no part of a release"
        done = kkb("load", *arguments, cwd=tmp_path, KKB_DATABASE_URL="sqlite:///kb.db")
        assert done.returncode == 0, done.stderr
        with closing(sqlite3.connect(tmp_path / "kb.db")) as database:
            assert database.execute(loaded).fetchone() == (count,)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "trial.json").write_text(json.dumps(trial()))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "reviewed.yaml").write_text("studies: []\n")
    done = kkb("import", "clinicaltrials", "trial.json", "--into", "mine", cwd=tmp_path)
    assert done.returncode == 1
    assert "mine exists already, and nothing is overwritten" in done.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["reviewed.yaml"]


def test_an_unknown_source_and_a_wrong_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "trial.json").write_text("no JSON")
    assert "The sources are" in kkb("import", "pubmed", "trial.json", cwd=tmp_path).stderr
    assert "is not a file" in kkb("import", "clinicaltrials", "no.json", cwd=tmp_path).stderr
    done = kkb("import", "clinicaltrials", "trial.json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be imported as clinicaltrials: it is not JSON" in done.stderr


def test_a_supplement_has_no_about_file(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "about.yaml").write_text('release: "2"\n')
    done = kkb("check", "--with", "more", cwd=tmp_path)
    assert done.returncode == 1
    assert "more/about.yaml: a supplement has no about.yaml" in done.stderr
