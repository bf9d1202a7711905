"""The modules that a process imports, with the one that imported each: `python -X importtime`."""

import re
import subprocess
import sys
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

#: What the programs print between their parts, and before the names of all loaded modules.
MARKS = "(?m)^(?:first request|loaded modules:)"
#: Programs, by what they measure.
AT_EXIT = """
import atexit, sys
atexit.register(lambda: print("loaded modules:", *sys.modules, file=sys.stderr))
"""
START = """
import app.main
print("first request", file=sys.stderr, flush=True)
import asyncio
from app.main import create_app
from app.settings import Settings

async def receive():
    await asyncio.Event().wait()  # a client that stays, without a body

async def send(message):
    assert message.get("status", 200) == 200, message

path = "/v1/compounds/ketamine"
scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode()}
scope |= {"headers": [], "query_string": b"", "http_version": "1.1", "root_path": ""}
scope |= {"scheme": "http", "server": ("localhost", 80), "client": ("localhost", 1)}
app = create_app(Settings(database_url=sys.argv[1], cache_bytes=0))
asyncio.run(app(scope, receive, send))
"""
HELP = """
sys.argv = ["kkb", "--help"]
from app.cli import main
main()
"""
_LINE = re.compile(r"import time:\s+\d+ \|\s+\d+ \|( +)(\S+)")


@dataclass(frozen=True)
class Imports:
    """The modules of one start.

    Attributes:
        modules: Number of modules, those of the standard library included.
        packages: Packages of others, each with the chain of modules that imported it first.
    """

    modules: int
    packages: dict[str, str]


def measure_imports(database_url: str) -> dict[str, Imports]:
    """Return the imports of the starts, and what the first request of a record adds."""
    start, request, loaded = re.split(MARKS, _run(START, database_url))
    command, command_loaded = re.split(MARKS, _run(HELP))
    before, after = (imports_in(output, {*loaded.split()}) for output in (start, request))
    added = {name: by for name, by in after.packages.items() if name not in before.packages}
    return {
        "import app.main": before,
        "first record": Imports(after.modules, added),
        "kkb --help": imports_in(command, {*command_loaded.split()}),
    }


def _run(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", AT_EXIT + program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stderr


def imports_in(output: str, loaded: Set[str]) -> Imports:
    """Read the output: a module follows those that it imports, which are indented more.

    It has imports that failed as well; `loaded` are the modules that there are in the end.
    """
    lines = (_LINE.match(line) for line in output.splitlines())
    modules = [(len(found[1]), found[2]) for found in lines if found and found[2] in loaded]
    numbers = {name: number for number, (_, name) in enumerate(modules)}
    packages: dict[str, str] = {}
    for name in numbers:
        package = name.partition(".")[0]
        if _is_of_others(package) and package not in packages:
            first = package if package in numbers else name
            importers = _importers(modules, numbers[first])
            packages[package] = " → ".join([*reversed(importers), first])
    return Imports(len(modules), packages)


def _importers(modules: list[tuple[int, str]], number: int) -> list[str]:
    """Return the modules that led to an import, up to the nearest one of the application."""
    depth, _ = modules[number]
    found: list[str] = []
    for indent, name in modules[number + 1 :]:
        if indent < depth:
            depth = indent
            found.append(name)
            if name.startswith("app."):
                break
    return found


def _is_of_others(package: str) -> bool:
    """Return whether a package is a dependency; compiled helpers of packages have `_` or digits."""
    ours = {"app", "tests", "migrations", "sitecustomize", "usercustomize"}
    return (
        package not in sys.stdlib_module_names
        and package not in ours
        and not package.startswith("_")
        and "__" not in package
    )
