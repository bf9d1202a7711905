"""Environments with tools from PyPI and npm, which are installed once and kept between runs.

They lie in the folder that `KKB_CLIENTS_CACHE` names, by default in the user's cache folder. A tool
that cannot be installed skips its test with the reason; with `CI` set, the test fails.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

TIMEOUT = 600  # seconds, for an installation and for each command


@dataclass(frozen=True)
class Environment:
    """Folder with installed tools, and the folder of their commands."""

    folder: Path
    bin: Path

    def run(self, command: str, *arguments: str | Path, cwd: Path, stdin: str | None = None) -> str:
        """Run a command of the environment; return its output, or fail the test with it."""
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            [shutil.which(command, path=path) or command, *arguments],
            cwd=cwd,
            env=os.environ | {"PATH": path, "NO_COLOR": "1"},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        if done.returncode:
            output = done.stdout[-8000:] + done.stderr[-8000:]
            pytest.fail(f"{command} exited with {done.returncode}:\n{output}", pytrace=False)
        return done.stdout


def python_environment(*requirements: str) -> Environment:
    """Return a virtual environment with exact requirements, such as `rispy==0.10.0`."""
    assert all("==" in requirement for requirement in requirements), requirements

    def install(folder: Path) -> None:
        from uv import find_uv_bin

        uv: list[str | Path] = [find_uv_bin(), "--quiet", "--system-certs"]
        run_installer([*uv, "venv", "--python", sys.executable, folder], folder)
        python = folder / "bin" / "python"
        run_installer([*uv, "pip", "install", "--python", python, *requirements], folder)

    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = _environment(name, requirements, install)
    return Environment(folder, folder / "bin")


def npm_environment(*packages: str) -> Environment:
    """Return a folder with `node_modules` of exact packages, such as `orval@8.38.0`."""
    assert all("@" in package[1:] for package in packages), packages
    npm = shutil.which("npm")
    if npm is None:
        unavailable("npm is not installed")

    def install(folder: Path) -> None:
        # `type`: the scripts of the tests are ECMAScript modules.
        (folder / "package.json").write_text(json.dumps({"private": True, "type": "module"}))
        options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
        run_installer([npm, "install", *options, *packages], folder)

    folder = _environment("npm", packages, install)
    return Environment(folder, folder / "node_modules" / ".bin")


def source_archive(requirement: str) -> Path:
    """Return the source archive of a package that is not installed, such as `scConnect==1.0.3`."""
    assert "==" in requirement, requirement
    pip = python_environment("pip==26.3").bin / "python"

    def download(folder: Path) -> None:
        options = ["--no-deps", "--no-binary", ":all:", "--quiet", "--dest", "."]
        run_installer([pip, "-m", "pip", "download", *options, requirement], folder)

    (archive,) = _environment("archives", (requirement,), download).glob("*.tar.gz")
    return archive


def unavailable(reason: str) -> NoReturn:
    """Skip the test for a reason; fail it where `CI` is set, which has all that it runs."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def run_installer(command: list[str | Path], cwd: Path, **variables: str) -> None:
    """Run a command that needs a registry; where it fails, the test is skipped."""
    # tests/conftest.py takes the certificates away, which tests over plain HTTP do not need.
    environment = {k: v for k, v in os.environ.items() if k not in ("SSL_CERT_DIR", "VIRTUAL_ENV")}
    environment |= variables
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        unavailable(f"not installed within {TIMEOUT} s: {' '.join(map(str, command))}")
    if done.returncode:
        unavailable(f"{' '.join(map(str, command))} failed: {done.stderr.strip()[-1000:]}")


def _environment(kind: str, requirements: tuple[str, ...], install: Callable[[Path], None]) -> Path:
    """Return the folder of some requirements; install them on first use, one process at a time."""
    digest = hashlib.sha256("\n".join(sorted(requirements)).encode()).hexdigest()[:16]
    root = _cache_folder() / kind
    root.mkdir(parents=True, exist_ok=True)
    folder, complete = root / digest, root / f"{digest}.complete"
    with (root / f"{digest}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            install(folder)
            complete.write_text("\n".join(requirements))
    return folder


def _cache_folder() -> Path:
    own = os.environ.get("KKB_CLIENTS_CACHE")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(own) if own else Path(cache, "ketamine-kb", "clients")
