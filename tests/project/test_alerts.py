"""The metrics, their documentation and the alerts name the same things."""

import re
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.params import ONE_STORE, needs

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "alerts.yaml"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
METRIC = re.compile(r"\b((?:kkb|process)_\w+)")
#: Names of a histogram are served with these endings; the documentation has the name alone.
HISTOGRAM_ENDINGS = r"_(bucket|count|sum)$"


def rules() -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def served_metrics(client: httpx.Client) -> set[str]:
    deadline = time.monotonic() + 20
    while "kkb_dataset_revision" not in (text := client.get("/metrics").text):
        assert time.monotonic() < deadline, "the revision watcher has not read the revision"
    lines = text.splitlines()
    return {line.split()[2] for line in lines if line.startswith("# TYPE")}


def named(text: str) -> set[str]:
    return {re.sub(HISTOGRAM_ENDINGS, "", name) for name in METRIC.findall(text)}


@ONE_STORE
def test_every_metric_of_an_alert_is_served(client: httpx.Client) -> None:
    served = served_metrics(client)
    for rule in rules():
        assert named(rule["expr"]) <= served, rule["alert"]


def test_the_documentation_names_the_alerts() -> None:
    alerts = [rule["alert"] for rule in rules()]
    assert len(alerts) == len(set(alerts)) > 15
    assert set(re.findall(r"`(Kkb\w+)`", OPERATIONS)) == set(alerts)


@ONE_STORE
def test_label_values_of_alerts_are_served(client: httpx.Client) -> None:
    """`reason="full"` of a rule is a value that the metric has from the start."""
    text = client.get("/metrics").text
    for rule in rules():
        for metric, label, values in re.findall(
            r"(\w+)\{(reason|file)=~?\"([^\"]+)\"", rule["expr"]
        ):
            for value in values.split("|"):
                assert re.search(rf'^{metric}\{{{label}="{value}"\}}', text, re.M), rule["alert"]


@needs("promtool")
def test_promtool_accepts_the_rules() -> None:
    command = ["promtool", "check", "rules", "--lint-fatal", str(RULES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
