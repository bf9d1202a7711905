"""Make the stores of earlier versions that the upgrade tests open.

    python -m tests.upgrades.make_stores                  # those that are missing
    python -m tests.upgrades.make_stores --schema main    # of a commit, before a new migration

Each is made by the code of its version: `kkb load` of a small dataset, then a curator's changes
over that version's own API. The files are committed, so that the tests need no older code. The
versions up to schema 0006 import `snowballstemmer`: have it on PYTHONPATH to make them.
"""

import argparse
import lzma
import os
import socket
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx

from tests.upgrades.small_dataset import write_small_dataset

ROOT = Path(__file__).parents[2]
STORES = Path(__file__).parent / "stores"
#: Store → the commit that makes it: released versions, and three older states of the schema.
COMMITS = {
    "0.1.0": "1a7e205^",
    "0.2.0": "39062cc",
    "0.3.0": "b20801a",
    "schema-0004": "1e52c58",
    "schema-0006": "ba1b10d",
    "schema-0008": "e65b6e4",
}
#: Stores with a file of their release, whose verdicts are of an older rule.
WITH_RELEASE = ("schema-0008", "schema-0020")
#: A curator's changes: accepted, but for the last.
CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("claims/esketamine-is-safe-long-term", {"summary": "Changed by a curator."}),
    ("receptors/grin2b", {"name": "GluN2B (renamed)"}),
    ("indications/treatment-resistant-depression", {"synonyms": ["TRD", "changed synonym"]}),
    ("claims/ketamine-relieves-crps-pain", {"name": "A name that nobody has accepted"}),
)


def make_store(name: str, commit: str) -> None:
    """Make the store of a commit, and write it to its file."""
    with tempfile.TemporaryDirectory(prefix="kkb-old-") as folder:
        version = OldVersion(commit, Path(folder))
        version.run("load", str(version.dataset))
        if (version.tree / "app" / "services" / "curation").is_dir() or version.has("key"):
            _curate(version)
        _write_compressed(version.store, STORES / f"{name}.db.xz")
        if name in WITH_RELEASE:
            for file in (version.folder / "releases").rglob("*.sqlite"):
                _write_compressed(file, STORES / f"{name}-release.sqlite.xz", vacuum=False)


class OldVersion:
    """The code of a commit in a folder, with a small dataset and an empty store."""

    def __init__(self, commit: str, folder: Path) -> None:
        self.folder, self.tree = folder, folder / "tree"
        self.store, self.dataset = folder / "kkb.db", folder / "dataset"
        archive = subprocess.run(
            ["git", "archive", commit], cwd=ROOT, capture_output=True, check=True
        )
        with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
            files.extractall(self.tree, filter="data")
        write_small_dataset(self.tree / "app" / "dataset", self.dataset)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `kkb` of this version."""
        code = (
            f"import sys; sys.path.insert(0, {str(self.tree)!r}); from app.cli import main; main()"
        )
        settings = {
            "KKB_DATABASE_URL": f"sqlite:///{self.store}",
            "KKB_DATASET": str(self.dataset),
            "KKB_RELEASES": str(self.folder / "releases"),
        }
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=self.tree,
            env=os.environ | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        """Run `kkb` of this version to its end, and return what it prints."""
        process = self.start(*arguments)
        out, err = process.communicate()
        if process.returncode:
            raise SystemExit(f"kkb {' '.join(arguments)} failed: {err}")
        return out

    def has(self, command: str) -> bool:
        """Return whether this version has a command."""
        process = self.start(command, "--help")
        process.communicate()
        return process.returncode == 0

    @contextmanager
    def serving(self) -> Iterator[httpx.Client]:
        """Serve the store, and give a client."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = self.start("serve", "--port", str(port))
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                for _ in range(600):
                    try:
                        client.get("/v1")
                        break
                    except httpx.TransportError:
                        time.sleep(0.1)
                yield client
        finally:
            process.terminate()
            process.communicate()


def _curate(version: OldVersion) -> None:
    keys = {
        name: version.run("key", "create", name, "--scope", scope).split()[0]
        for name, scope in (("anna", "propose"), ("ben", "review"))
    }
    anna, ben = ({"Authorization": f"Bearer {keys[name]}"} for name in ("anna", "ben"))
    with version.serving() as client:
        for number, (record, patch) in enumerate(CHANGES, 1):
            tag = client.get(f"/v1/{record}", headers=anna).headers["etag"]
            headers = anna | {"If-Match": tag}
            why = {"why": "A test of upgrades."}
            proposed = client.patch(f"/v1/{record}", params=why, json=patch, headers=headers)
            proposed.raise_for_status()
            if number < len(CHANGES):
                path = proposed.headers["location"]
                tag = client.get(path, headers=ben).headers.get("etag", "*")
                accepted = client.post(f"{path}/accept", headers=ben | {"If-Match": tag})
                accepted.raise_for_status()


def _write_compressed(file: Path, target: Path, *, vacuum: bool = True) -> None:
    """Write a SQLite file as a single compressed one."""
    if vacuum:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("VACUUM")
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(lzma.compress(file.read_bytes(), preset=9))
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size} bytes")


def head_schema(commit: str) -> str:
    """Return the schema version of a commit."""
    command = ["git", "ls-tree", "--name-only", commit, "migrations/versions/"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return max(Path(line).name.partition("_")[0] for line in listed.split() if "/0" in line)


def main() -> None:
    """Make the missing stores, or the one of a commit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schema", metavar="COMMIT", help="make the store of this commit")
    if commit := parser.parse_args().schema:
        make_store(f"schema-{head_schema(commit)}", commit)
        return
    for name, commit in COMMITS.items():
        if not (STORES / f"{name}.db.xz").exists():
            make_store(name, commit)


if __name__ == "__main__":
    main()
