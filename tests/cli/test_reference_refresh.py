"""`kkb reference refresh`, as a curator runs it, against a local server."""

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from app.services.dataset.folder import read_folder
from tests import factories, fake_sources
from tests.fake_sources import Paper, Sources, serving_sources
from tests.run_cli import kkb

Run = Callable[..., CompletedProcess[str]]
SIZE = 7
PAPERS = [Paper(number) for number in range(SIZE)]
REPORT = "reference-refresh.jsonl"
RETRACTION = {"DOI": "10.1000/n", "type": "retraction", "updated": {"date-parts": [[2030, 5, 6]]}}


@pytest.fixture
def server() -> Iterator[Sources]:
    with serving_sources() as sources:
        sources.respond_with_papers(*PAPERS)
        yield sources


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dataset with a reference for each paper, known by its title and PubMed id."""
    content = factories.dataset(1)
    content["references"] = [
        factories.record_input("references", n, title=paper.title, pmid=paper.pmid)
        for n, paper in enumerate(PAPERS)
    ]
    content["studies"][0]["references"] = [f"reference-{n}" for n in range(SIZE)]
    return factories.write_folder(tmp_path / "data", content)


@pytest.fixture
def settings(server: Sources, folder: Path) -> dict[str, str]:
    names = {"NCBI": "ncbi", "CROSSREF": "crossref", "EUROPEPMC": "europepmc"}
    urls = {f"KKB_{name}_URL": f"{server.address}/{path}" for name, path in names.items()}
    return urls | {
        "KKB_DATASET": str(folder),
        "KKB_FETCH_INTERVAL_SECONDS": "0",
        "COLUMNS": "160",
    }


@pytest.fixture
def refresh(settings: dict[str, str], tmp_path: Path) -> Run:
    def run(*arguments: str) -> CompletedProcess[str]:
        return kkb("reference", "refresh", *arguments, cwd=tmp_path, **settings)

    return run


def stored(folder: Path) -> list[dict[str, Any]]:
    assert read_folder(folder).errors == []
    listed: list[dict[str, Any]] = yaml.safe_load((folder / "all.yaml").read_text())["references"]
    return listed


def reported(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / REPORT).read_text().splitlines()]


def test_references_are_completed_and_the_rest_of_the_file_stays(
    refresh: Run, folder: Path, tmp_path: Path
) -> None:
    before = (folder / "all.yaml").read_bytes()
    done = refresh()
    assert done.returncode == 0, done.stderr
    for paper, found in zip(PAPERS, stored(folder), strict=True):
        assert (found["doi"], found["pmcid"], found["year"]) == (paper.doi, paper.pmcid, 2023)
        assert found["authors"] == [f"Family{paper.number} AB", "Second C"]
        assert found["retraction"] == "none_known"
        assert found["notices_checked_on"] == datetime.now(UTC).date().isoformat()
    marker = b"pharmacokinetics:"
    assert (folder / "all.yaml").read_bytes().endswith(before[before.index(marker) :])
    assert "reference-0: journal, year, volume, issue, pages, doi, pmcid, authors" in done.stdout
    assert "7 updated" in done.stderr
    assert "\x1b" not in done.stderr + done.stdout, "no progress bar in a pipe"
    first = reported(tmp_path)[0]
    assert (first["slug"], first["outcome"]) == ("reference-0", "updated")
    assert first["changes"]["year"] == {"before": None, "after": 2023}


def test_a_second_run_checks_what_is_older(refresh: Run, server: Sources, folder: Path) -> None:
    assert refresh("--limit", "3").returncode == 0
    assert [("doi" in found) for found in stored(folder)] == [True] * 3 + [False] * 4
    asked = len(server.asked)
    assert "3 checked since" in refresh("--limit", "2").stderr
    assert len(server.asked) == asked * 5 / 3
    assert "5 updated" not in refresh("reference-0", "reference-6").stderr
    assert len(server.asked) == asked * 6 / 3, "reference-0 has been checked"
    again = refresh("reference-0", "--max-age", "0")
    assert "1 unchanged" in again.stderr
    assert len(server.asked) == asked * 7 / 3


def test_what_differs_is_printed_and_a_retraction_is_recorded(
    refresh: Run, server: Sources, folder: Path
) -> None:
    server.respond_with_papers(Paper(1, (RETRACTION,)), *PAPERS[:1], *PAPERS[2:])
    path = folder / "all.yaml"
    path.write_text(path.read_text().replace(PAPERS[2].title, "A title of another paper"))
    done = refresh("reference-1", "reference-2")
    assert done.returncode == 0, done.stderr
    assert "reference-1: notice: Crossref: retraction: 10.1000/n" in done.stdout
    assert "reference-2: conflict: title is A title of another paper here" in done.stdout
    assert "1 in doubt" in done.stderr
    found = stored(folder)
    assert (found[1]["retraction"], found[1]["notice_published_on"]) == ("retracted", "2030-05-06")
    assert set(found[2]) == {"slug", "name", "summary", "title", "pmid", "kind"} | {
        "citation_confidence"
    }


def test_a_source_that_fails_in_a_row_ends_the_run_and_the_next_one_goes_on(
    refresh: Run, server: Sources, folder: Path
) -> None:
    normal = server.acts["/europepmc/search"]
    server.respond("/europepmc/search", fake_sources.busy(429, Retry_After="86400"))
    done = refresh()
    assert done.returncode == 1
    assert "asks to wait 86400 s" in done.stdout
    assert "Stopped: Europe PMC failed for 5 references in a row" in done.stderr
    assert len(server.requests_to("/europepmc")) == 5
    assert "retraction" not in stored(folder)[0], "one source has not answered"
    server.respond("/europepmc/search", *normal)
    done = refresh()
    assert (done.returncode, "7 to check" in done.stderr) == (0, True), done.stderr
    assert {found["retraction"] for found in stored(folder)} == {"none_known"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_abort_loses_nothing(
    server: Sources, settings: dict[str, str], folder: Path, tmp_path: Path, number: int
) -> None:
    """On a terminal, which also shows the progress bar."""
    answer = server.acts["/crossref/works/"][0]
    server.respond("/crossref/works/", answer, answer, fake_sources.delay(30))
    terminal, child = pty.openpty()
    command = [str(Path(sys.executable).with_name("kkb")), "reference", "refresh"]
    environment = {**os.environ, **settings, "TERM": "xterm"}
    # A process inherits that SIGINT is ignored, as it is for jobs in the background of a shell.
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=child
    )
    signal.signal(signal.SIGINT, previous)
    os.close(child)
    for _ in range(600):
        if len(server.requests_to("/crossref")) == 3:
            break
        time.sleep(0.05)
    process.send_signal(number)
    assert process.wait(30) != 0
    shown = os.read(terminal, 100_000)
    assert b"/7" in shown, "the progress bar"
    assert b"Traceback" not in shown
    os.close(terminal)
    assert [("doi" in found) for found in stored(folder)] == [True] * 2 + [False] * 5
    assert [entry["slug"] for entry in reported(tmp_path)] == ["reference-0", "reference-1"]
    with (tmp_path / REPORT).open("a") as file:
        file.write('{"slug": "reference-2", "check')  # as of a write that was interrupted
    server.respond("/crossref/works/", answer)
    done = kkb("reference", "refresh", cwd=tmp_path, **settings)
    assert "5 to check" in done.stderr, done.stderr
    assert all("doi" in found for found in stored(folder))
    assert len(reported(tmp_path)) == SIZE


def test_wrong_arguments_are_refused_before_any_request(
    refresh: Run, server: Sources, folder: Path, tmp_path: Path
) -> None:
    unknown = refresh("nobody-2020")
    assert (unknown.returncode, "no reference nobody-2020" in unknown.stderr) == (2, True)
    for text in ("A page of notes.\n", '{"slug": "a"}\n', "[]\n", "not\nfinished"):
        (tmp_path / REPORT).write_text(text)
        other = refresh()
        assert other.returncode == 1
        assert "is not of a report: name another file with --report" in other.stderr
        assert (tmp_path / REPORT).read_text() == text
    (tmp_path / REPORT).unlink()
    (folder / "all.yaml").write_text("references: [{}]\n")
    broken = refresh()
    assert (broken.returncode, "kkb check" in broken.stderr) == (1, True)
    assert server.asked == []


def test_the_examples_of_the_document_run(refresh: Run) -> None:
    document = (Path(__file__).parents[2] / "docs" / "enrichment.md").read_text("utf-8")
    block = re.search(r"```sh\n(kkb reference refresh .+?)```", document, re.S)
    assert block
    examples = block[1].replace("lii-2023", "reference-0").replace("popova-2019", "reference-1")
    for line in examples.strip().splitlines():
        done = refresh(*shlex.split(line)[3:])
        assert done.returncode == 0, (line, done.stderr)
