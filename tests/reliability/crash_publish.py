"""Crash test of publishing: `kkb release publish` is killed with SIGKILL at different times.

    python -m tests.reliability.crash_publish --kills 100

After each kill the release is either complete, with valid SHA-256 checksums, or absent, both for a
new `Archive` and for one that was open before; then the same command publishes it.
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
    """Kill publishers; return how many had published, and how many left temporary files."""
    store = fill_store(url, factories.write_folder(folder / "data", factories.dataset(size)))
    settings: dict[str, Any] = {"database_url": url, "releases": str(folder / "releases")}
    reader = Archive(folder / "releases")
    seconds, _ = Child(["release", "publish", "1"], **settings).finish()
    published_names, counts = ["1"], {"killed": 0, "published": 0, "left files": 0}
    while counts["killed"] < kills:
        name = str(len(published_names) + 1)
        child = Child(["release", "publish", name], **settings)
        child.wait_for_first_write()
        time.sleep(seconds * (counts["killed"] % 20 + 0.5) / 20)
        was_killed = child.kill()
        counts["killed"] += was_killed
        counts["left files"] += was_killed and bool(leftover_files(reader))
        is_published = check_releases(reader, [*published_names, name])
        counts["published"] += was_killed and is_published
        if not is_published:
            seconds, _ = Child(["release", "publish", name], **settings).finish()
            assert check_releases(reader, [*published_names, name])
        assert not leftover_files(reader), "the next publisher removes the files of a killed one"
        published_names.append(name)
    assert (errors := integrity_check.integrity_errors(store)) == [], errors[:5]
    return counts


def leftover_files(archive: Archive) -> list[Path]:
    return list(archive.folder.glob(f"{TEMPORARY_PREFIX}*"))


def check_releases(reader: Archive, names: list[str]) -> bool:
    """Return whether the last release is published; check that all published ones are complete."""
    for archive in (reader, Archive(reader.folder)):
        listed = [manifest.name for manifest in archive.all()]
        assert listed in (names[::-1], names[-2::-1]), listed
        assert list(archive.integrity_errors()) == []
    newest = reader.folder / listed[0]
    checksummed_names = {
        line.split("  ")[1] for line in (newest / CHECKSUMS).read_text("utf-8").splitlines()
    }
    assert {file.name for file in newest.iterdir()} == checksummed_names | {CHECKSUMS}
    return listed[0] == names[-1]


def main() -> None:
    parser = empty_store.parser(__doc__)
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args()
    with empty_store.empty_store(options.url) as (url, folder):
        counts = run(url, folder, options.kills)
    print(f"{counts['killed']} publishers killed, 0 half releases")
    print(f"{counts['published']} had published, {counts['left files']} left files, which are gone")


if __name__ == "__main__":
    main()
