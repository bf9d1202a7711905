"""The recorded counts: how they are written, read, and compared with the measured ones."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.performance.imports import Imports
from tests.performance.measurement import Cost

COSTS = Path(__file__).with_name("costs.txt")
IMPORTS = Path(__file__).with_name("imports.txt")
RENEW = (
    "If that is meant, renew the figures in a commit that says why: `make budgets`, which is"
    " `WRITE_BUDGETS=1 pytest tests/performance`."
)
#: A count may grow by this share of what is recorded.
TOLERANCE = 0.1
#: Bytes that a response may grow by in any case: dates and versions differ in length.
SLACK_BYTES = 64
_HEAD_OF_COSTS = """\
# What one request of each address costs on the shipped dataset in SQLite with empty caches: SQL
# statements, bytes of the body, bytes with brotli. Written by `make budgets`.
"""
_HEAD_OF_IMPORTS = """\
# Modules that a start imports, and the packages of others among them. Written by `make budgets`.
"""


def write_costs(costs: Mapping[str, Cost], file: Path = COSTS) -> None:
    """Write the costs, a line for each address."""
    lines = (
        f"{cost.statements:4} {cost.plain:8} {cost.brotli:7}  {address}\n"
        for address, cost in sorted(costs.items())
    )
    file.write_text(_HEAD_OF_COSTS + "".join(lines), encoding="utf-8")


def read_costs(file: Path = COSTS) -> dict[str, Cost]:
    """Read the recorded costs."""
    costs: dict[str, Cost] = {}
    for line in _lines(file):
        statements, plain, brotli, address = line.split(maxsplit=3)
        costs[address] = Cost(int(statements), int(plain), int(brotli))
    return costs


def excess_costs(recorded: Mapping[str, Cost], measured: Mapping[str, Cost]) -> Iterator[str]:
    """Yield a line for each count that grew too much, and for each address of one side only."""
    for address in sorted(measured.keys() - recorded.keys()):
        yield f"{address} has no figures in {COSTS.name}"
    for address in sorted(recorded.keys() - measured.keys()):
        yield f"{address} is in {COSTS.name}, but no route has it"
    yield from (f"{name}: {old} → {new}" for name, old, new in _growth(recorded, measured))


def lower_costs(recorded: Mapping[str, Cost], measured: Mapping[str, Cost]) -> Iterator[str]:
    """Yield a line for each count that is much smaller than recorded."""
    yield from (f"{name}: {old} → {new}" for name, new, old in _growth(measured, recorded))


def _growth(
    before: Mapping[str, Cost], after: Mapping[str, Cost]
) -> Iterator[tuple[str, int, int]]:
    for address in sorted(before.keys() & after.keys()):
        old, new = before[address], after[address]
        for name, first, second, slack in (
            ("statements", old.statements, new.statements, 0),
            ("bytes", old.plain, new.plain, SLACK_BYTES),
            ("bytes with brotli", old.brotli, new.brotli, SLACK_BYTES),
        ):
            if second > first + max(slack, first * TOLERANCE):
                yield f"{address}, {name}", first, second


def write_imports(starts: Mapping[str, Imports], file: Path = IMPORTS) -> None:
    """Write the imports, a line for each package."""
    lines: list[str] = []
    for name, imports in sorted(starts.items()):
        lines.append(f"{name}: {imports.modules} modules\n")
        lines += (f"  {package}\n" for package in sorted(imports.packages))
    file.write_text(_HEAD_OF_IMPORTS + "".join(lines), encoding="utf-8")


def read_imports(file: Path = IMPORTS) -> dict[str, tuple[int, set[str]]]:
    """Read the number of modules and the packages of each start."""
    starts: dict[str, tuple[int, set[str]]] = {}
    packages: set[str] = set()
    for line in _lines(file):
        if line.startswith(" "):
            packages.add(line.strip())
        else:
            name, _, number = line.removesuffix(" modules").partition(": ")
            packages = set()
            starts[name] = int(number), packages
    return starts


def excess_imports(
    recorded: Mapping[str, tuple[int, set[str]]], measured: Mapping[str, Imports]
) -> Iterator[str]:
    """Yield a line for each package beyond the recorded ones, and each number that grew."""
    for start, imports in measured.items():
        modules, packages = recorded.get(start, (0, set()))
        for package in sorted(imports.packages.keys() - packages):
            yield f"{start} imports {package}: {imports.packages[package]}"
        if imports.modules > modules * (1 + TOLERANCE):
            yield f"{start}: {modules} → {imports.modules} modules"


def _lines(file: Path) -> Iterator[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line
