"""axe-core in a page: violations of WCAG 2.2 A and AA, and of best practice."""

import json
from typing import TYPE_CHECKING, Any

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: The rules whose result depends on colours: the others need no second run in a dark page.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
ALL: dict[str, Any] = {"runOnly": {"type": "tag", "values": TAGS}}
COLOURS: dict[str, Any] = {"runOnly": {"type": "rule", "values": COLOUR_RULES}}
OTHERS = ALL | {"rules": {rule: {"enabled": False} for rule in COLOUR_RULES}}


def violations(page: "Page", rules: dict[str, Any]) -> list[str]:
    """Return the violations in the page as it is now: rule, element and reason."""
    if not page.evaluate("Boolean(globalThis.axe)"):
        page.evaluate(AXE_SCRIPT)
    options = json.dumps({**rules, "resultTypes": ["violations"]})
    found = page.evaluate(f"axe.run({options}).then(result => result.violations)")
    return [
        f"{rule['id']}: {node['target']}: {' '.join(node['failureSummary'].split())}"
        for rule in found
        for node in rule["nodes"]
    ]
