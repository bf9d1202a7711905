"""README and docs: examples run, addresses answer, links lead somewhere, tables are complete."""

import json
import re
import shlex
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.main import get_command

from app import cli
from app.resources import RESOURCES
from app.services.records.input_models import input_model, is_input
from tests.params import ONE_STORE

ROOT = Path(__file__).parents[2]
BASE = "http://127.0.0.1:8000"
#: Decision records describe the past: what they name may be gone.
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
#: Run as whole scripts by tests/curation/test_docs.py and tests/releases/test_docs.py; measured
#: by hand.
RUN_ELSEWHERE = {"curation.md", "releases.md", "scaling.md"}
EXAMPLE = re.compile(r"```sh\n([^`]+?)```(?:\s*```json\n(.+?)```)?", re.S)
ADDRESS = re.compile(r"`(/v1[^`{…]*)`(?: is a (\d{3}))?")
FILE = re.compile(r"`((?:app|tests|benchmarks|docs|deploy|migrations)/[\w./-]*)`")
MODULE = re.compile(r"`((?:api|services|kit|domain)/[\w/]+\.py)`")  # below app/
CODE = re.compile(r"```python\n# (app/[\w/]+\.py).*\n([^`]+)```")
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([\w-]+))?\)")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def curls(page: Path) -> Iterator[tuple[str, Any]]:
    """Every curl command of a page, and the JSON that the page shows as its response."""
    for commands, shown in EXAMPLE.findall(page.read_text("utf-8")):
        for line in commands.strip().splitlines():
            if line.startswith("curl"):
                yield line, json.loads(shown) if shown else None


def matches(shown: Any, actual: Any) -> bool:
    """Whether a shortened example agrees with a response; `…` stands for any text."""
    if isinstance(shown, dict):
        return all(key in actual and matches(shown[key], actual[key]) for key in shown)
    if isinstance(shown, list):
        return len(shown) <= len(actual) and all(map(matches, shown, actual))
    return bool(shown == actual or (shown == "…" and isinstance(actual, str)))


def request(client: httpx.Client, command: str) -> httpx.Response:
    """Send what a curl command sends; understands -I, --json and the address."""
    words = shlex.split(command.partition(" | ")[0])
    address = next(word for word in words if word.startswith(BASE)).removeprefix(BASE)
    if "--json" in words:
        return client.post(address, json=json.loads(words[words.index("--json") + 1]))
    return client.request("HEAD" if "-sI" in words else "GET", address)


@ONE_STORE
def test_every_curl_example_answers_as_shown(shipped_client: httpx.Client) -> None:
    commands = 0
    for page in (p for p in PAGES if p.name not in RUN_ELSEWHERE):
        for command, shown in curls(page):
            response = request(shipped_client, command)
            status = shown["status"] if shown and "status" in shown else 200
            assert response.status_code == status, (name(page), command, response.text[:300])
            assert shown is None or matches(shown, response.json()), (command, response.text)
            commands += 1
    assert commands > 10


@ONE_STORE
def test_every_address_in_the_text_answers(shipped_client: httpx.Client) -> None:
    addresses = {
        (address, int(status or 200), name(page))
        for page in PAGES
        if page.name != "CHANGELOG.md"
        for address, status in ADDRESS.findall(page.read_text("utf-8"))
    }
    assert len(addresses) > 40
    for address, status, page in sorted(addresses):
        response = shipped_client.get(address)
        # Some need parameters or another method: without a query they only have to exist.
        exists = "?" not in address and response.status_code != 404
        assert exists or response.status_code == status, (page, address, response.text[:300])


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_and_file_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    for target, anchor in LINK.findall(text):
        if target.startswith("http"):
            continue
        linked = (page.parent / target).resolve() if target else page
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text("utf-8"), re.M)
            slugs = [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings]
            assert anchor in slugs, (target, anchor)
    if page.name != "CHANGELOG.md":
        for file in FILE.findall(text):
            assert (ROOT / file).exists(), file
        for module in MODULE.findall(text):
            assert (ROOT / "app" / module).exists(), module


def test_code_in_the_recipes_is_in_the_source() -> None:
    examples = CODE.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert examples
    for file, code in examples:
        source = (ROOT / file).read_text("utf-8")
        assert re.sub(r"\s+", "", code) in re.sub(r"\s+", "", source), file


def test_the_index_of_decisions_lists_every_record() -> None:
    folder = ROOT / "docs" / "decisions"
    records = {path.name for path in folder.glob("0*.md")}
    assert records == set(re.findall(r"\]\((0[\w-]+\.md)\)", (folder / "README.md").read_text()))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_exists(page: Path) -> None:
    commands = get_command(cli.app).commands  # type: ignore[attr-defined]
    text = page.read_text("utf-8")
    if page.name != "CHANGELOG.md":
        assert set(re.findall(r"\bkkb ([a-z]+)\b", text)) <= set(commands)


@ONE_STORE
def test_the_counts_of_the_readme_are_those_of_the_dataset(shipped_client: httpx.Client) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    shown = {row[0]: int(row[1]) for row in re.findall(r"^\| `([\w-]+)` \| (\d+) \|", text, re.M)}
    counts = {row["name"]: row["count"] for row in shipped_client.get("/v1").json()["collections"]}
    assert len(shown) > 10
    assert shown == counts


@ONE_STORE
def test_the_counts_of_the_calibration_are_those_of_the_api(shipped_client: httpx.Client) -> None:
    text = (ROOT / "docs" / "calibration.md").read_text("utf-8")
    data = shipped_client.get("/v1/calibration").json()["data"]
    direction, certainty = data["direction"], data["certainty"]
    kappa = certainty["weighted_kappa"]
    shown = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", sections(text)["Counts"], re.M)
    assert dict(shown[1:]) == {
        "rows": str(len(data["rows"])),
        "direction: compared": str(direction["compared"]),
        "direction: the same": str(direction["same"]),
        "certainty: compared": str(certainty["compared"]),
        "certainty: exactly the same": str(certainty["exact"]),
        "certainty: within one level": str(certainty["within_one_level"]),
        "weighted kappa, with its 95% interval": "none"
        if kappa is None
        else f"{kappa['value']:.2f} ({kappa['lower']:.2f} to {kappa['upper']:.2f})",
    }


@ONE_STORE
def test_every_metric_is_documented_under_its_name(shipped_client: httpx.Client) -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    lines = shipped_client.get("/metrics").text.splitlines()
    served = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert set(re.findall(r"`((?:kkb|process)_\w+)`", text)) == {
        n for n in served if "created" not in n
    }


def sections(text: str) -> dict[str, str]:
    """Heading → text below it, for the headings of the second level."""
    parts = re.split(r"^## (.+)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_dataset_document_marks_required_fields_and_names_every_value() -> None:
    found = sections((ROOT / "docs" / "dataset.md").read_text("utf-8"))
    for resource in (r for r in RESOURCES.values() if not r.derived):
        text = found["Fields of every record"] + found[resource.name]
        for field, info in input_model(resource).model_fields.items():
            required = f"`{info.alias or field}` *" in text
            assert required == info.is_required(), (resource.name, field)
    document = "".join(found.values())
    for resource in (r for r in RESOURCES.values() if not r.derived):
        mappings = [resource.mapping, *resource.mapping.nested.values()]
        for part in (f for mapping in mappings for f in mapping.fields if is_input(f)):
            if isinstance(part.scalar, type) and issubclass(part.scalar, StrEnum):
                for value in part.scalar:
                    assert re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", document), value
