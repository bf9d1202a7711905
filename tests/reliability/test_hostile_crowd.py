"""A node stays responsive while sixteen clients request the slowest addresses."""

import os
from pathlib import Path

from tests.reliability.hostile_clients import shipped_node
from tests.reliability.hostile_crowd import measure

CALLERS = 16
#: Seconds within which 95% of the reads of a record are answered, where nothing else runs.
MAX_SECONDS = 0.25


def test_records_and_health_checks_are_served_in_time_among_hostile_callers(tmp_path: Path) -> None:
    # The limit grows with the load of the machine.
    load_factor = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    with shipped_node(tmp_path) as node:
        times = measure(node, CALLERS, seconds=6)
    assert {name: set(measured.statuses) for name, measured in times.items()} == {
        "record": {200},
        "/readyz": {200},
        "/healthz": {200},
    }
    assert times["record"].percentile(0.95) <= MAX_SECONDS * load_factor, str(times["record"])
