"""References: rispy, bibtexparser, pybtex, BibTeX, pandoc and citeproc-py read all of them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.clients.environments import python_environment, unavailable

pytestmark = pytest.mark.clients

PROGRAM = Path(__file__).parent / "programs" / "read_references.py"
LATEX = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{textcomp}
\begin{document}
\nocite{*}
\bibliographystyle{STYLE}
\bibliography{references}
\end{document}
"""


@pytest.fixture
def references(service_url: str, tmp_path: Path) -> Path:
    """A folder with all references in each format, as the service sends them."""
    for name, format_name in (("bib", "bib"), ("ris", "ris"), ("json", "csl.json")):
        answer = httpx.get(f"{service_url}/v1/references.{format_name}").raise_for_status()
        (tmp_path / f"references.{name}").write_bytes(answer.content)
    return tmp_path


def run(*command: str, cwd: Path) -> str:
    """Return the output of a tool of the system; skip the test where it is not installed."""
    if shutil.which(command[0]) is None:
        unavailable(f"{command[0]} is not installed")
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, errors="replace", timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_rispy_bibtexparser_and_pybtex_read_the_same_references(references: Path) -> None:
    environment = python_environment("rispy==0.10.0", "bibtexparser==2.1.0", "pybtex==0.26.1")
    printed = environment.run("python", PROGRAM, references, cwd=references)
    assert (
        printed == f"{len(json.loads((references / 'references.json').read_text()))} references\n"
    )


@pytest.mark.heavy
@pytest.mark.parametrize("style", ["plain", "abbrv", "alpha"])
def test_bibtex_and_pdflatex_print_every_reference(references: Path, style: str) -> None:
    (references / "paper.tex").write_text(LATEX.replace("STYLE", style))
    latex = ("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex")
    run(*latex, cwd=references)
    printed = run("bibtex", "paper", cwd=references)
    assert "error" not in printed.lower()
    bibliography = (references / "paper.bbl").read_text()
    assert bibliography.count(r"\bibitem") == len(
        json.loads((references / "references.json").read_text())
    )
    assert re.search(r"Zarate, Jr,?[\s~]+et~al\.", bibliography)
    run(*latex, cwd=references)


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["references.bib", "references.json"])
def test_pandoc_cites_from_bibtex_and_from_csl_json(references: Path, name: str) -> None:
    (references / "paper.md").write_text("@zarate-2006-trd\n")
    text = run(
        *("pandoc", "--citeproc", "--bibliography", name, "-t", "plain", "--wrap=none"),
        "paper.md",
        cwd=references,
    )
    assert "Zarate et al. (2006)" in text
    assert "Zarate, C. A., Jr et al. 2006." in text
    assert "63 (8): 856–64." in text
    if name == "references.bib":
        assert "N-methyl-D-aspartate" in text, "braces keep the small letters"


@pytest.mark.heavy
def test_citeproc_py_cites_from_csl_json(references: Path) -> None:
    environment = python_environment("citeproc-py==0.11.1")
    (references / "cite.py").write_text(
        "import json\n"
        "from citeproc import (Citation, CitationItem, CitationStylesBibliography,\n"
        "                      CitationStylesStyle, formatter)\n"
        "from citeproc.source.json import CiteProcJSON\n"
        "items = json.load(open('references.json'))\n"
        "bibliography = CitationStylesBibliography(\n"
        "    CitationStylesStyle('harvard-cite-them-right', validate=False),\n"
        "    CiteProcJSON(items), formatter.plain)\n"
        "for item in items:\n"
        "    bibliography.register(Citation([CitationItem(item['id'])]))\n"
        "print(*map(str, bibliography.bibliography()), sep='\\n')\n"
    )
    text = environment.run("python", "cite.py", cwd=references)
    items = json.loads((references / "references.json").read_text())
    assert len(text.splitlines()) == len(items)
    assert "Zarate, C.A., Jr" in text
