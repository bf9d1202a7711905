"""Killed while it publishes: `kkb release publish` gets kill -9 at moments spread over its work.

    python -m tests.reliability.crash_publish --kills 100

After each kill the release is there, every file as its SHA-256 says, or it is not there at all, for
a new reader of the folder and for one that was there before; then the same command publishes it.
"""

import time
from pathlib import Path
from typing import Any

from app.services.releases.archive import Archive
from app.services.releases.manifest import CHECKSUMS
from app.services.releases.publish import TEMPORARY_PREFIX
from tests import factories
from tests.helpers import fill_store
from tests.reliability import empty_store, integrity_check
from tests.reliability.crash import Child


def run(url: str, folder: Path, kills: int, size: int = 6) -> dict[str, int]:
    """Kill so many at work; how many had published, or had left files behind."""
    store = fill_store(url, factories.write_folder(folder / "data", factories.dataset(size)))
    own: dict[str, Any] = {"database_url": url, "releases": str(folder / "releases")}
    reader = Archive(folder / "releases")
    seconds, _ = Child(["release", "publish", "1"], **own).finish()
    names, found = ["1"], {"killed": 0, "published": 0, "left files": 0}
    while found["killed"] < kills:
        name = str(len(names) + 1)
        child = Child(["release", "publish", name], **own)
        child.wait_for_first_write()
        time.sleep(seconds * (found["killed"] % 20 + 0.5) / 20)
        killed = child.kill()
        found["killed"] += killed
        found["left files"] += killed and bool(leftover_files(reader))
        published = check_releases(reader, [*names, name])
        found["published"] += killed and published
        if not published:
            seconds, _ = Child(["release", "publish", name], **own).finish()
            assert check_releases(reader, [*names, name])
        assert not leftover_files(reader), "the next publisher removes what a killed one left"
        names.append(name)
    assert (faults := integrity_check.integrity_errors(store)) == [], faults[:5]
    return found


def leftover_files(archive: Archive) -> list[Path]:
    return list(archive.folder.glob(f"{TEMPORARY_PREFIX}*"))


def check_releases(reader: Archive, names: list[str]) -> bool:
    """Whether the last of these releases is there; what is there is whole, the others are there."""
    for archive in (reader, Archive(reader.folder)):
        there = [manifest.name for manifest in archive.all()]
        assert there in (names[::-1], names[-2::-1]), there
        assert list(archive.integrity_errors()) == []
    newest = reader.folder / there[0]
    summed = {line.split("  ")[1] for line in (newest / CHECKSUMS).read_text("utf-8").splitlines()}
    assert {file.name for file in newest.iterdir()} == summed | {CHECKSUMS}
    return there[0] == names[-1]


def main() -> None:
    parser = empty_store.parser(__doc__)
    parser.add_argument("--kills", type=int, default=100)
    asked = parser.parse_args()
    with empty_store.empty_store(asked.url) as (url, folder):
        found = run(url, folder, asked.kills)
    print(f"{found['killed']} publishers killed, 0 half releases")
    print(f"{found['published']} had published, {found['left files']} left files, which are gone")


if __name__ == "__main__":
    main()
