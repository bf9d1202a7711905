"""The report of the benchmark as Markdown."""

from pathlib import Path

from benchmarks import report
from benchmarks.run import ResultRow


def test_results_as_markdown(tmp_path: Path) -> None:
    rows = [
        ResultRow("cached record", 1.234, "17 000/s", "13 000/s", "load | bound"),
        ResultRow("page css bytes", 13, "13 kB"),
    ]
    report.write(tmp_path / "figures.md", rows, {"machine": "2 cores"})
    about, _, _, _, *lines = (tmp_path / "figures.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    assert about == "machine: 2 cores"
    assert cells[0][:5] == [
        "cache hit: record",
        "17 000/s",
        "raw ASGI, same bytes",
        "13 000/s",
        "1.23 × (load / bound)",
    ]
    assert [row[-1] for row in cells] == ["yes", "**no**"]
