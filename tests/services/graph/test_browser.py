"""The shipped drawings in a real browser: with its own fonts, nothing runs out of its box."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --virtual-time-budget=3000 --dump-dom"
)
MEASURE = """<script>
const seen = [...document.querySelectorAll('svg > g > a')].map(a => ({
  href: a.getAttribute('href'), box: a.querySelector('.box').getBoundingClientRect(),
  texts: [...a.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()])}));
const out = {count: seen.length, over: [], overlaps: []};
for (const {box, texts} of seen) for (const [text, r] of texts)
  if (r.left < box.left || r.right > box.right || r.top < box.top || r.bottom > box.bottom)
    out.over.push(text);
seen.forEach((one, i) => seen.slice(0, i).forEach(other => {
  const a = one.box, b = other.box;
  if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
    out.overlaps.push([one.href, other.href]); }));
document.body.insertAdjacentHTML('beforeend', '<pre id=out>' + JSON.stringify(out) + '</pre>');
</script>"""


def measured(svg: str, folder: Path) -> dict[str, Any]:
    page = folder / "page.html"
    page.write_text(f'<!doctype html><meta charset="utf-8"><body>{svg}{MEASURE}', "utf-8")
    command = [str(CHROMIUM), *FLAGS.split(), f"--user-data-dir={folder}/profile", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.S)
    assert found, done.stderr[-500:]
    read: dict[str, Any] = json.loads(html.unescape(found[1]))
    return read


@pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: Debian's package `chromium`"
)
@pytest.mark.parametrize("part", ["pathway=mtor", "pathway=ampa-bdnf", "compound=ketamine", ""])
def test_in_a_browser_nothing_overlaps_and_no_text_leaves_its_box(
    shipped_client: httpx.Client, tmp_path: Path, part: str
) -> None:
    found = measured(shipped_client.get(f"/v1/graph.svg?{part}").text, tmp_path)
    assert found["count"] > 5
    assert found["over"] == found["overlaps"] == []
