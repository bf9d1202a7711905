"""Files that are written appear whole, or not at all."""

import os
from pathlib import Path

import pytest

from app.kit.atomic_file import atomic_write


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    for failing in (path, tmp_path / "b.csv"):
        with pytest.raises(TypeError), atomic_write(failing) as file:
            file.writelines([b"new", None])  # type: ignore[list-item]
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with atomic_write(path) as file:
        file.write(b"new")
        file.flush()
        assert not path.exists()
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def test_mode_and_link_of_a_file_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "a.csv", tmp_path / "link.csv"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    with atomic_write(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_directly() -> None:
    with atomic_write(Path(os.devnull)) as file:
        file.write(b"x")
    assert not Path(os.devnull).is_file()


def test_an_error_names_the_path(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "a.csv"
    with pytest.raises(FileNotFoundError) as refused, atomic_write(path):
        pass
    assert refused.value.filename == str(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
