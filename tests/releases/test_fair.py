"""The signals of docs/fair.md, and the metadata with which a release is deposited."""

import datetime
import json
import re
from pathlib import Path

import pytest
import yaml

from app.domain.citation import LICENCE, dataset_reference
from app.services.releases.deposit_metadata import (
    DATACITE,
    ZENODO,
    datacite_metadata,
    licence_names,
    zenodo_metadata,
)
from tests.helpers import SHIPPED
from tests.releases.conftest import Published

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([FAIR]\S+) [^|]*\|[^|]*\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|$", re.M)
SIGNALS = ROW.findall((ROOT / "docs" / "fair.md").read_text("utf-8"))


def test_every_row_is_read() -> None:
    text = (ROOT / "docs" / "fair.md").read_text("utf-8")
    assert len(SIGNALS) == len(re.findall(r"^\| [FAIR]\d", text, re.M)) > 15
    assert {principle[0] for principle, *_ in SIGNALS} == set("FAIR")


def test_the_signals_are_there(published: Published) -> None:
    for principle, path, accept, expected in SIGNALS:
        address = path.format(record="region-1", release="2026.7")
        response = published.client.get(address, headers={"Accept": accept})
        assert response.status_code == 200, (principle, address)
        headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        assert expected in response.text + headers, (principle, address, expected)


def test_each_release_has_its_metadata(published: Published) -> None:
    manifest = published.archive.get("2026.7").manifest
    folder = published.archive.folder / "2026.7"
    datacite = json.loads((folder / DATACITE).read_text("utf-8"))
    zenodo = json.loads((folder / ZENODO).read_text("utf-8"))
    assert {DATACITE, ZENODO} <= {file.name for file in manifest.files}
    assert (datacite["version"], datacite["publicationYear"]) == ("2026.7", "2026")
    assert datacite["titles"][0]["title"] == zenodo["title"]
    assert zenodo["publication_date"] == "2026-07-31"
    # The properties that DataCite requires, except for the DOI.
    for name in ("creators", "titles", "publisher", "publicationYear", "types", "schemaVersion"):
        assert datacite[name], name
    assert str(sum(manifest.counts.values())) in zenodo["description"]


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        (LICENCE, [LICENCE]),
        (f"{LICENCE} AND CC-BY-SA-3.0", [LICENCE, "CC-BY-SA-3.0"]),
        (f"{LICENCE} AND (CC0-1.0 OR MIT)", [LICENCE, "CC0-1.0", "MIT"]),
    ],
)
def test_the_metadata_names_every_licence(
    published: Published, expression: str, names: list[str]
) -> None:
    manifest = published.archive.get("1").manifest.model_copy(update={"licence": expression})
    rights = datacite_metadata(manifest)["rightsList"]
    assert licence_names(expression) == names
    assert [right["rightsIdentifier"] for right in rights] == [name.lower() for name in names]
    zenodo = zenodo_metadata(manifest)
    assert zenodo["license"] == "cc-by-4.0"
    assert (expression in zenodo.get("notes", "")) == (expression != LICENCE)


def test_the_citation_file_is_of_the_shipped_release() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    about = yaml.safe_load((SHIPPED / "about.yaml").read_text("utf-8"))
    reference = dataset_reference("", 0, None, "")
    assert (cited["cff-version"], cited["type"], cited["license"]) == ("1.2.0", "dataset", LICENCE)
    assert cited["title"] == reference["title"]
    assert [author["name"] for author in cited["authors"]] == reference["authors"]
    assert cited["version"] == str(about["release"])
    date = about["date"]
    published = date if isinstance(date, datetime.date) else datetime.date.fromisoformat(date)
    assert cited["date-released"] == published
