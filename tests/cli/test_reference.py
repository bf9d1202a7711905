"""`kkb reference add`, as a curator runs it, against the stand-ins."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from app.services.dataset.folder import read_folder
from tests import factories, fake_sources
from tests.fake_sources import DOI, PMID, TITLE, TRIAL, Sources, serving_sources
from tests.run_cli import kkb

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def server() -> Iterator[Sources]:
    with serving_sources() as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return factories.write_folder(tmp_path / "data", factories.dataset(3))


@pytest.fixture
def add(server: Sources, folder: Path, tmp_path: Path) -> Run:
    names = {"NCBI": "ncbi", "CROSSREF": "crossref", "EUROPEPMC": "europepmc"}
    names |= {"CLINICALTRIALS": "trials"}
    settings = {f"KKB_{name}_URL": f"{server.address}/{path}" for name, path in names.items()}
    settings |= {"KKB_DATASET": str(folder), "KKB_FETCH_INTERVAL_SECONDS": "0", "COLUMNS": "160"}

    def run(*arguments: str, said: str = "") -> CompletedProcess[str]:
        return kkb("reference", "add", *arguments, cwd=tmp_path, stdin=said, **settings)

    return run


def test_a_reference_is_shown_and_printed(add: Run) -> None:
    done = add(f"pmid:{PMID}")
    assert done.returncode == 0, done.stderr
    (printed,) = yaml.safe_load(done.stdout)["references"]
    assert (printed["slug"], printed["title"]) == ("lii-2023", TITLE)
    assert printed["retraction"] == "none_known"
    for word in ("PubMed", "Europe PMC", "Crossref", "result", "Retraction status: none known."):
        assert word in done.stderr
    assert "\x1b" not in done.stderr + done.stdout, "no colours in a pipe"


def test_a_file_is_written_only_after_a_yes(add: Run, folder: Path) -> None:
    path = folder / "lii-2023.yaml"
    no = add(f"doi:{DOI}", "--into", str(path), said="n\n")
    assert (no.returncode, path.exists()) == (1, False)
    assert "Add this to" in no.stderr
    nobody = add(f"doi:{DOI}", "--into", str(path))
    assert (nobody.returncode, path.exists()) == (1, False), "nobody answered"
    yes = add(f"doi:{DOI}", "--into", str(path), said="y\n")
    assert yes.returncode == 0, yes.stderr
    assert "kkb check" in yes.stdout
    slugs = {entry.slug for entry in read_folder(folder).entries_of("references")}
    assert "lii-2023" in slugs
    again = add(f"pmid:{PMID}", "--into", str(path), "--yes")
    assert again.returncode == 1
    assert "is already at lii-2023.yaml:2" in again.stderr


def test_doubt_stops_even_a_yes(add: Run, folder: Path, server: Sources) -> None:
    work = fake_sources.crossref_work(title=["A quite different paper on something else"])
    server.respond("/crossref/works/", fake_sources.json_response(work))
    done = add(f"pmid:{PMID}", "--into", str(folder / "new.yaml"), "--yes")
    assert done.returncode == 1
    assert "Conflict: title differs" in done.stderr
    assert "Nothing is written" in done.stderr
    assert not (folder / "new.yaml").exists()


def test_a_source_that_fails_is_named_and_a_retraction_too(add: Run, server: Sources) -> None:
    notice = {"updated-by": [{"DOI": "10.1000/n", "type": "retraction", "source": "publisher"}]}
    server.respond(
        "/crossref/works/", fake_sources.json_response(fake_sources.crossref_work(**notice))
    )
    server.respond(
        "/europepmc/search", fake_sources.busy(429, Retry_After="1"), fake_sources.html_response()
    )
    done = add(f"pmid:{PMID}")
    assert done.returncode == 0, done.stderr
    assert "retry in 1.0 s" in done.stderr.lower()
    assert "Europe PMC failed: it answered text/html" in done.stderr
    assert "Retraction status: retracted." in done.stderr
    assert "Crossref: retraction: 10.1000/n (as publisher says)" in done.stderr
    assert yaml.safe_load(done.stdout)["references"][0]["retraction"] == "retracted"


def test_a_trial_names_its_papers(add: Run) -> None:
    done = add(TRIAL)
    assert done.returncode == 0, done.stderr
    assert "A paper of this trial: pmid:2." in done.stderr
    assert yaml.safe_load(done.stdout)["references"][0]["slug"] == TRIAL.lower()


def test_what_is_no_identifier_is_refused_before_anybody_is_asked(
    add: Run, server: Sources
) -> None:
    done = add("zarate 2006")
    assert done.returncode == 2
    assert "pmid:16894061" in done.stderr
    assert add(f"pmid:{PMID}", "--kind", "poem").returncode == 2
    assert server.asked == []


def test_the_examples_of_the_document_run(add: Run, folder: Path) -> None:
    document = Path(__file__).parents[2] / "docs" / "enrichment.md"
    block = re.search(r"```sh\n(kkb reference add .+?)```", document.read_text("utf-8"), re.S)
    assert block
    (folder / "studies").mkdir()
    for line in block[1].strip().splitlines():
        command = line.replace("app/dataset", str(folder)).replace("NCT03861988", TRIAL)
        arguments = shlex.split(command)[3:]
        done = add(*arguments, said="y\n")
        assert done.returncode == 0, (line, done.stderr)
    assert "10.1038/s44220-023-00140-x" in (folder / "studies" / "lii-2023.yaml").read_text()
