"""The commands, each in a process of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from app import __version__
from app.services.bootstrap import migrate_and_rebuild
from app.services.store.opening import open_store
from tests import factories
from tests.params import ONE_STORE
from tests.run_cli import kkb

KKB = [str(Path(sys.executable).with_name("kkb"))]


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return factories.write_folder(tmp_path / "data", factories.dataset(3))


def test_check_reports_faults_and_counts(tmp_path: Path, folder: Path) -> None:
    good = kkb("check", str(folder), cwd=tmp_path)
    assert good.returncode == 0, good.stderr
    assert "3 claims" in good.stdout
    factories.write_folder(folder, {"claims": [{"slug": "Bad Slug"}]}, "bad.yaml")
    bad = kkb("check", str(folder), cwd=tmp_path)
    assert bad.returncode == 1
    assert "bad.yaml:2" in bad.stderr
    assert "errors found; nothing was written" in bad.stderr


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (
            ["export", "claims"],
            {"KKB_DATABASE_URL": "sqlite:///nowhere/kkb.db"},
            "There is no store at sqlite:///nowhere/kkb.db.",
        ),
        (
            ["load", "data"],
            {"KKB_DATABASE_URL": "sqlite:///nowhere/kkb.db"},
            "The store sqlite:///nowhere/kkb.db (KKB_DATABASE_URL) cannot be used: there is no"
            " folder nowhere.",
        ),
        (
            ["key", "list"],
            {"KKB_DATABASE_URL": "postgresql+psycopg://kkb:secret@127.0.0.1:1/kkb"},
            "The store postgresql+psycopg://kkb:***@127.0.0.1:1/kkb (KKB_DATABASE_URL) cannot be"
            " used: ",
        ),
        (
            ["release", "list"],
            {"KKB_RELEASES": "data/all.yaml"},
            "data/all.yaml is a file, not a folder of releases (KKB_RELEASES).",
        ),
        (
            ["settings"],
            {"KKB_DATABSE_URL": "sqlite:///kkb.db"},
            "KKB_DATABSE_URL is not a setting: did you mean KKB_DATABASE_URL?",
        ),
        (["serve", "--release", "none.sqlite"], {}, "none.sqlite does not exist (--release)."),
        (["check", "none"], {}, "none: no such folder"),
    ],
)
def test_an_error_names_what_is_wrong(
    tmp_path: Path, folder: Path, arguments: list[str], settings: dict[str, str], message: str
) -> None:
    if arguments[0] == "serve":
        arguments = [*arguments, "--port", str(free_port())]
    done = kkb(*arguments, cwd=tmp_path, **settings)
    assert done.returncode == 1
    first, *others = done.stderr.splitlines()
    assert first.startswith(message)
    assert "secret" not in done.stderr
    assert others in ([], ["1 error found; nothing was written."])


def test_a_port_in_use_is_named_before_anything_is_loaded(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = kkb("serve", "--port", str(port), cwd=tmp_path)
    assert done.returncode == 1
    words = f"Port {port} of 127.0.0.1 is in use; choose another one with --port.\n"
    assert done.stderr == words
    assert not (tmp_path / "kkb.db").exists()


def test_load_then_export_gives_the_rows(tmp_path: Path, folder: Path, address: str) -> None:
    own = {"KKB_DATABASE_URL": address}
    first = kkb("load", str(folder), cwd=tmp_path, **own)
    assert first.returncode == 0, first.stderr
    assert f"{3 * len(factories.FACTORIES)} records loaded" in first.stderr
    assert "\x1b" not in first.stderr, "no progress bar in a pipe"
    assert "nothing to do" in kkb("load", str(folder), cwd=tmp_path, **own).stderr
    export = kkb("export", "claims", "--format", "ndjson", cwd=tmp_path, **own)
    lines = export.stdout.splitlines()
    assert len([json.loads(line)["slug"] for line in lines]) == 3
    wrong = kkb("export", "claim", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "there are" in wrong.stderr


def test_serve_creates_fills_and_serves_and_starts_again_at_once(
    tmp_path: Path, folder: Path, database: str, address: str
) -> None:
    port = free_port()
    env = {**os.environ, "KKB_DATASET": str(folder)}
    if database == "sqlite":
        env.pop("KKB_DATABASE_URL", None)  # a file where it is started, without a word said
    else:
        env["KKB_DATABASE_URL"] = address
    for attempt in range(2):
        process = subprocess.Popen(
            [*KKB, "serve", "--port", str(port)],
            cwd=tmp_path,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    ready = httpx.get(f"http://127.0.0.1:{port}/readyz").status_code
                    break
                except httpx.TransportError:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            assert ready == 200
            total = httpx.get(f"http://127.0.0.1:{port}/v1/claims").json()["page"]["total"]
            assert total == 3
        finally:
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=20)
        assert f"http://127.0.0.1:{port}" in out
        assert out.count("curl '") == 3
        assert ("records loaded" in err) == (attempt == 0)
    assert (tmp_path / "kkb.db").exists() == (database == "sqlite")


def test_settings_and_routes_describe_themselves(tmp_path: Path) -> None:
    assert kkb("--version", cwd=tmp_path).stdout == f"kkb {__version__}\n"
    said = kkb("settings", cwd=tmp_path, KKB_DATABASE_URL="postgresql+psycopg://u:secret@h/d")
    assert "KKB_DATABASE_URL=" in said.stdout
    assert "secret" not in said.stdout
    postgresql = {
        "KKB_DATABASE_URL": "postgresql+psycopg://u:secret@h/d",
        "KKB_READ_DATABASE_URL": "postgresql+psycopg://u:secret@/d?host=a&host=b",
    }
    printed = kkb("settings", cwd=tmp_path, **postgresql).stdout
    assert "host=a&host=b" in printed
    assert "secret" not in printed
    routes = kkb("routes", cwd=tmp_path).stdout
    assert "/v1/receptors/{slug}" in routes


@pytest.mark.parametrize("command", ["serve", "load", "check", "settings", "openapi", "routes"])
def test_a_removed_setting_is_refused_with_the_name_of_its_successor(
    tmp_path: Path, command: str
) -> None:
    done = kkb(command, cwd=tmp_path, KKB_REPLICA_URLS="postgresql+psycopg://h/d")
    assert done.returncode == 1
    assert done.stderr == "KKB_REPLICA_URLS was removed: set KKB_READ_DATABASE_URL instead.\n"
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("url", "read_url", "message"),
    [
        ("sqlite:///kb.db", "postgresql+psycopg://h/d", "KKB_DATABASE_URL is SQLite"),
        ("postgresql+psycopg://h/d", "sqlite:///kb.db", "this URL is SQLite"),
        ("postgresql+psycopg://h/d", "mysql://h/d", "mysql is not supported"),
    ],
)
def test_a_read_address_is_for_postgresql_alone(
    tmp_path: Path, url: str, read_url: str, message: str
) -> None:
    own = {"KKB_DATABASE_URL": url, "KKB_READ_DATABASE_URL": read_url}
    done = kkb("settings", cwd=tmp_path, **own)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("KKB_READ_DATABASE_URL: ")
    assert message in line


@ONE_STORE
def test_a_key_is_shown_once_listed_and_revoked(tmp_path: Path, folder: Path, address: str) -> None:
    own = {"KKB_DATABASE_URL": address}
    absent = kkb("key", "create", "anna", "--scope", "propose", cwd=tmp_path, **own)
    assert absent.returncode == 1
    assert "There is no store at" in absent.stderr
    assert not (tmp_path / "kkb.db").exists()
    assert kkb("load", str(folder), cwd=tmp_path, **own).returncode == 0
    made = kkb("key", "create", "anna", "--scope", "propose", "--days", "7", cwd=tmp_path, **own)
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip()
    assert re.fullmatch(r"kkb_[A-Za-z0-9_-]{43}", token)
    assert "Key 1 of anna, for propose" in made.stderr
    listed = kkb("key", "list", cwd=tmp_path, **own).stdout
    assert "anna: propose" in listed
    assert token not in listed
    assert kkb("key", "revoke", "1", cwd=tmp_path, **own).returncode == 0
    assert "revoked" in kkb("key", "list", cwd=tmp_path, **own).stdout
    for wrong in (
        ["revoke", "9"],
        ["create", "x", "--scope", "all"],
        ["create", " ", "--scope", "review"],
        ["create", "Anna", "--scope", "review"],
        ["create", "an\u202ena", "--scope", "review"],
    ):
        refused = kkb("key", *wrong, cwd=tmp_path, **own)
        assert refused.returncode == 2, refused.stderr


def test_a_mirror_is_not_emptied_from_an_empty_store(tmp_path: Path, folder: Path) -> None:
    own = {"KKB_DATABASE_URL": f"sqlite:///{tmp_path}/kkb.db"}
    before = sorted(folder.rglob("*.yaml"))
    assert kkb("export", "--dataset", str(folder), cwd=tmp_path, **own).returncode == 1
    store = open_store(own["KKB_DATABASE_URL"])
    migrate_and_rebuild(store)
    store.engine.dispose()
    done = kkb("export", "--dataset", str(folder), cwd=tmp_path, **own)
    assert (done.returncode, done.stderr) == (1, "The store is empty: nothing was written.\n")
    assert sorted(folder.rglob("*.yaml")) == before != []


def test_what_is_set_or_named_wrong_is_told_in_words(tmp_path: Path, folder: Path) -> None:
    own = {"KKB_DATABASE_URL": f"sqlite:///{tmp_path}/kkb.db"}
    assert kkb("load", str(folder), cwd=tmp_path, **own).returncode == 0
    for arguments, settings, words in (
        (["export", "claims", "--output", "nowhere/c.csv"], own, "nowhere/c.csv: No such file"),
        (["key", "list"], {"KKB_DATABASE_URL": "nonsense"}, "KKB_DATABASE_URL: this is not a"),
        (["load"], {"KKB_DATABASE_URL": "mysql://x/y"}, "KKB_DATABASE_URL: mysql is not"),
        (["load"], {"KKB_DATABASE_URL": f"sqlite:///{folder}/all.yaml"}, "The store sqlite:///"),
        (["serve"], own | {"KKB_PUBLIC_URL": "kb.org"}, "KKB_PUBLIC_URL: not valid."),
        (["serve"], own | {"KKB_POOL_SIZE": "abc"}, "KKB_POOL_SIZE: Input should be"),
    ):
        done = kkb(*arguments, cwd=tmp_path, **settings)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(words), done.stderr


@ONE_STORE
def test_a_folder_is_brought_to_its_form_and_a_store_comes_back_as_one(
    tmp_path: Path, folder: Path, address: str
) -> None:
    (folder / "about.yaml").write_text("release: '3'\n")
    assert kkb("format", str(folder), "--check", cwd=tmp_path).returncode == 1
    assert kkb("format", str(folder), cwd=tmp_path).returncode == 0
    assert kkb("format", str(folder), "--check", cwd=tmp_path).returncode == 0
    own = {"KKB_DATABASE_URL": address}
    assert kkb("load", str(folder), cwd=tmp_path, **own).returncode == 0
    done = kkb("export", "--dataset", "mirror", cwd=tmp_path, **own)
    assert done.returncode == 0, done.stderr
    mirror = tmp_path / "mirror"
    files = sorted(path.relative_to(folder) for path in folder.rglob("*.yaml"))
    assert sorted(path.relative_to(mirror) for path in mirror.rglob("*.yaml")) == files
    for path in files:
        assert (mirror / path).read_bytes() == (folder / path).read_bytes(), path
    assert kkb("format", str(mirror), "--check", cwd=tmp_path).returncode == 0
