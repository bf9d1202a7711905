"""Style sheet, script and icon: small, immutable, at addresses that follow their content."""

from pathlib import Path

import pytest

from app.explorer import assets
from app.kit.source_digest import source_digest
from tests.explorer.conftest import Explorer

MAX_BYTES = {".css": 12_000, ".js": 4_000, ".svg": 2_000}


@pytest.fixture
def loaded(explorer: Explorer) -> list[str]:
    """Paths of the files that the home page loads."""
    return [href for href in explorer.get("/").hrefs if href.startswith("/assets/")]


def test_what_a_page_loads_is_small_and_never_changes(
    explorer: Explorer, loaded: list[str]
) -> None:
    assert {Path(path).suffix for path in loaded} == {".css", ".js", ".svg"}
    for path in loaded:
        name = f"{Path(path).name.split('.')[0]}{Path(path).suffix}"
        response = explorer.client.get(path)
        assert response.status_code == 200
        assert response.content == (assets.FOLDER / name).read_bytes()
        assert response.num_bytes_downloaded <= MAX_BYTES[Path(path).suffix], path
        assert response.headers["content-type"] == assets.MEDIA_TYPES[Path(path).suffix]
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        tag = {"If-None-Match": response.headers["etag"]}
        assert explorer.client.get(path, headers=tag).status_code == 304


def test_a_page_of_another_version_has_its_style(explorer: Explorer, loaded: list[str]) -> None:
    """During an upgrade, pages and their files come from different versions."""
    for path in loaded:
        stem, digest, suffix = Path(path).name.split(".")
        other = explorer.client.get(f"/assets/{stem}.{'0' * len(digest)}.{suffix}")
        assert other.content == explorer.client.get(path).content
        assert other.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["..%2f__init__.py", "explorer.css", "other.0123456789ab.css"])
def test_no_other_file_is_found(explorer: Explorer, name: str) -> None:
    assert explorer.status(f"/assets/{name}") == 404


def test_the_address_of_a_file_follows_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    names = []
    for content in ("a {}", "b {}", "a {}"):
        (tmp_path / "explorer.css").write_text(content)
        names.append(assets.assets.__wrapped__()["explorer.css"].file_name)
    assert names[0] == names[2] != names[1]


@pytest.mark.parametrize("name", ["page.html.j2", "explorer.css", "explorer.js", "icon.svg"])
def test_a_new_template_changes_the_code_version(tmp_path: Path, name: str) -> None:
    """The code version is part of each ETag."""
    versions = set()
    for content in ("a", "b"):
        (tmp_path / name).write_text(content)
        versions.add(source_digest(tmp_path))
    assert len(versions) == 2
