"""The steps of the Dockerfile, without a container engine: install, build, and run what is built.

The commands are those of the Dockerfile, with its folders moved. The result runs as its user on a
read-only view of the file system, in which only the data folder and `/tmp` can be written.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.clients.environments import TIMEOUT, unavailable
from tests.params import needs
from tests.reliability import mounts

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
BUILD, RUNTIME = re.split(r"^FROM .*$", DOCKERFILE, flags=re.MULTILINE)[1:]
pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(not mounts.may_mount(), reason="mounting file systems is not permitted"),
    needs("setpriv", "unshare"),
]


@dataclass(frozen=True)
class Image:
    """What the Dockerfile makes: the environment and the data folder, below one folder."""

    folder: Path

    @property
    def environment(self) -> Path:
        return self.folder / "kkb"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def moved(self, text: str) -> str:
        """A command of the Dockerfile with its folders replaced by those of the image."""
        return text.replace("/opt/kkb", str(self.environment)).replace("/data", str(self.data))

    def command(self, *words: str) -> list[str]:
        """A command as the image's user, on a read-only file system but for data and `/tmp`."""
        (uid,) = re.findall(r"^USER (\d+)$", RUNTIME, re.MULTILINE)
        view = (
            'mount --bind "$0" "$0" && mount -o remount,bind,ro / && mount -t tmpfs tmpfs /tmp'
            f' && exec setpriv --reuid={uid} --regid={uid} --clear-groups --no-new-privs "$@"'
        )
        return ["unshare", "--mount", "sh", "-c", view, str(self.data), *words]

    def variables(self) -> dict[str, str]:
        """The environment that the Dockerfile sets."""
        (line,) = re.findall(r"^ENV (.*)$", RUNTIME, re.MULTILINE)
        pairs = dict(word.split("=", 1) for word in self.moved(line).split())
        return {n: v.replace("$PATH", os.environ["PATH"]) for n, v in pairs.items()}

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.command(*words),
            cwd=self.data,
            env=self.variables(),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )


def base_python() -> str:
    """A Python of the image's version that every user can run."""
    (version,) = set(re.findall(r"^FROM python:(\d+\.\d+)-", DOCKERFILE, re.MULTILINE))
    for program in (f"/usr/bin/python{version}", f"/usr/local/bin/python{version}"):
        if Path(program).exists():
            return program
    pytest.skip(f"no Python {version} that every user can run")


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """Run the steps of the first stage, and copy what the second one copies."""
    with tempfile.TemporaryDirectory(prefix="kkb-image-", dir="/var/tmp") as name:
        made = Image(Path(name))
        made.folder.chmod(0o755)
        source = made.folder / "src"
        source.mkdir()
        made.data.mkdir()
        (uid,) = re.findall(r"^USER (\d+)$", RUNTIME, re.MULTILINE)
        os.chown(made.data, int(uid), int(uid))
        tools = made.folder / "bin"
        tools.mkdir()
        (tools / "python").symlink_to(base_python())
        path = f"{tools}{os.pathsep}{os.environ['PATH']}"
        for step, text in re.findall(r"^(RUN|COPY) (.*)$", BUILD, re.MULTILINE):
            if step == "COPY":
                copy(source, *text.split())
            else:
                build(made.moved(text), source, path)
        yield made


def copy(source: Path, *words: str) -> None:
    """Copy files of the checkout, as `COPY a b ./` and `COPY app app` do."""
    *names, target = words
    for name in names:
        place = source / (name if target == "./" else target)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, place)


def build(command: str, cwd: Path, path: str) -> None:
    """Run a step; what the registry refuses is a reason to skip, unless `CI` is set."""
    # tests/conftest.py takes the certificates away, which tests over plain HTTP do not need.
    environment = {k: v for k, v in os.environ.items() if k not in ("SSL_CERT_DIR", "VIRTUAL_ENV")}
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=cwd,
        env=environment | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    if done.returncode and "--require-hashes" in command:
        unavailable(f"{command} failed: {done.stderr.strip()[-1000:]}")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def base(image: Image) -> Iterator[str]:
    """The image's command, on a free port; ended as a container engine ends it."""
    loaded = image.run("kkb", "load")
    assert loaded.returncode == 0, loaded.stderr
    assert "records loaded" in loaded.stderr
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (command,) = re.findall(r"^CMD (\[.*\])$", RUNTIME, re.MULTILINE)
    words = [*json.loads(command), "--port", str(port)]
    with (image.folder / "log").open("w") as log:
        process = subprocess.Popen(
            image.command(*words), cwd=image.data, env=image.variables(), stdout=log, stderr=log
        )
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz")
            break
        except httpx.TransportError:
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


def test_the_built_service_answers_with_the_loaded_dataset(base: str, image: Image) -> None:
    assert httpx.get(f"{base}/healthz").status_code == 200, (image.folder / "log").read_text()
    assert httpx.get(f"{base}/readyz").status_code == 200
    assert httpx.get(f"{base}/v1/claims?limit=1").json()["page"]["total"] > 100
    assert httpx.get(f"{base}/docs").status_code == 200
    assert httpx.get(f"{base}/v1/graph.svg?pathway=mtor").status_code == 200
    assert httpx.get(f"{base}/v1/claims.parquet").status_code == 200, "a file in /tmp"


def test_the_health_check_succeeds_and_fails(base: str, image: Image) -> None:
    (check,) = re.findall(r"^HEALTHCHECK .*CMD\s+(\[.*\])$", RUNTIME, re.MULTILINE)
    words = [word.replace(":8000", f":{base.rpartition(':')[2]}") for word in json.loads(check)]
    assert image.run(*words).returncode == 0
    closed = [word.replace(":8000", ":1") for word in json.loads(check)]
    assert image.run(*closed).returncode == 1


def test_the_image_writes_to_its_data_folder_alone(base: str, image: Image) -> None:
    for folder in (image.environment, image.folder, Path("/var/tmp"), Path("/etc")):
        refused = image.run("touch", str(folder / "kkb-was-here"))
        assert refused.returncode == 1
        assert "Read-only file system" in refused.stderr
    doctor = image.run("kkb", "doctor", "--json")
    levels = {r["check"]: r["level"] for r in json.loads(doctor.stdout)["results"]}
    assert doctor.returncode == 0, doctor.stdout
    assert levels["permissions"] != "error"
    assert (image.data / "kkb.db").stat().st_uid == 10001


def test_nothing_of_the_build_is_left(image: Image) -> None:
    installed = {path.name.partition("-")[0] for path in image.environment.rglob("*.dist-info")}
    assert "ketamine_kb" in installed
    assert not {"pip", "hatchling", "pytest", "ruff"} & installed
    assert not list(image.environment.rglob("__editable__*"))


def test_the_version_is_that_of_the_checkout(image: Image) -> None:
    done = image.run("kkb", "--version")
    own = subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == own.stdout
