"""Every part of a page with sample data, for tests and to look at.

python -m tests.explorer.gallery /tmp/gallery
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from app.domain.vocabulary import Direction, RegulatoryStatus, VerdictKind
from app.explorer import rendering
from app.explorer.json_ld_block import data_block
from app.explorer.links import PageLinks
from app.explorer.plots.balance import balance
from app.explorer.plots.tally import tally

EXPLORER = Path(__file__).parents[2] / "app" / "explorer"


def environment() -> Environment:
    """Return the environment of the explorer, with the templates of this folder."""
    return rendering.environment().overlay(
        loader=FileSystemLoader([rendering.TEMPLATES, Path(__file__).parent])
    )


def context(text: str = "") -> dict[str, Any]:
    """Return the variables of a page; `text` is added to each text that a record has."""
    links = PageLinks("/kb", (("release", "1"),))
    return {
        "title": f"Gallery{text}",
        "description": f"Every part of a page{text}",
        "path": "/claims/gallery",
        "base": "https://example.org/kb",
        "canonical": f"https://example.org/kb/claims/gallery{text}",
        "prefix": links.prefix,
        "api": f"/v1/claims/gallery{text}",
        "csv": "/v1/evidence.csv?claim=gallery",
        "bibtex": "/v1/claims/gallery.bib",
        "release": f"2{text}",
        "revision": 1,
        "licence": f"CC-BY-4.0{text}",
        "licence_url": "https://creativecommons.org/licenses/by/4.0/",
        "cite": f"ketamine-kb, release 2, revision 1. Licence: CC BY 4.0.{text}",
        "notice": f"A reference, not medical advice.{text}",
        "searched_to": "2026-09",
        "json_ld": data_block({"@context": "https://schema.org", "name": f"Gallery{text}"}),
        "report_url": "mailto:kb@example.org?subject=gallery",
        "urgent_notice": f"In an emergency, call your local emergency number.{text}",
        "search_text": f"rapamycin{text}",
        "release_params": links.release_params,
        "page_url": links.page_url,
        "api_url": links.api_url,
        "record_url": links.record_url,
        "asset_url": lambda name: name,
        "statuses": list(RegulatoryStatus),
        "directions": list(Direction),
        "verdicts": list(VerdictKind),
        "tally": tally({str(verdict): 7 * n for n, verdict in enumerate(VerdictKind, start=1)}),
        "counts": [(str(verdict), 7 * n) for n, verdict in enumerate(VerdictKind, start=1)],
        "balance": balance(21, 5, 2),
        **samples(text),
    }


def reference(record_type: str, name: str, text: str) -> dict[str, str]:
    """Return a reference to a record."""
    slug = name.lower().replace(" ", "-").replace(".", "")
    return {"type": record_type, "slug": slug + text, "name": name + text}


def samples(text: str) -> dict[str, Any]:
    """Return sample values as the API gives them."""
    claims = [
        {
            "slug": f"claim-{number}{text}",
            "name": name + text,
            "verdict": verdict,
            "certainty": certainty,
            "absence": absence,
            "title_question": question + text,
            "short_answer": answer + text,
        }
        for number, (name, verdict, certainty, absence, question, answer) in enumerate(_CLAIMS)
    ]
    return {
        "claims": claims,
        "related": [
            reference(kind, f"A {kind}", text) for kind in ("claim", "receptor", "process")
        ],
        "statements": [
            {
                "slug": f"statement-{number}{text}",
                "position": number,
                "statement": f"Racemic ketamine is approved for depression, they say.{text}",
                "claims": [claim, *claims[number : number + 1]][: 1 + (number == 2)],
            }
            for number, claim in enumerate(claims, start=1)
        ],
        "readings": [
            {
                "audience": audience,
                "sentences": [
                    {"text": sentence + text, "evidence": [f"note-1{text}", "note-2"]}
                    for sentence in (_READING, "The certainty is low.")
                ],
            }
            for audience in ("plain", "clinician", "researcher")
        ],
        "rungs": [
            {"rung": rung, "state": state, "notes": notes, "best": best}
            for rung, state, notes, best in (
                ("in_vitro", "supported", 3, reference("evidence", "Block of the pore", text)),
                ("slice", "mixed", 2, None),
                ("rodent", "contradicted", 12, None),
                ("primate", "untested", 0, None),
                ("human_biomarker", "open", 1, None),
                ("human_trial", "supported", 24, None),
            )
        ],
        "citations": [
            {
                "reference": reference("reference", "Abdallah et al. 2020", text),
                "text": f"Abdallah CG et al. (2020) Modulation of effects of ketamine.{text}",
                "url": url,
            }
            for url in ("https://doi.org/10.1038/s41386-020-0644-9", None)
        ],
        "facets": [
            {
                "name": "verdict",
                "title": "Verdict",
                "options": [
                    {
                        "text": kind.label,
                        "number": 3 * number,
                        "href": f"/claims?verdict={kind}",
                        "is_current": number == 3,
                        "verdict": kind,
                    }
                    for number, kind in enumerate(VerdictKind)
                    if not kind.superseded
                ],
            },
            {
                "name": "kind",
                "title": f"Kind{text}",
                "options": [
                    {
                        "text": f"Mechanism{text}",
                        "number": 1200,
                        "href": "/claims?kind=mechanism",
                        "is_current": False,
                        "verdict": None,
                    }
                ],
            },
        ],
        "forest_rows": [
            {
                "name": name + text,
                "href": "/studies/study",
                "detail": f"{outcome}{text}",
                "plot": _PLOT,
                "value": value,
                "hidden": "for the claim",
            }
            for name, outcome, value in (
                ("Wilkinson et al. 2019", "depression score, 24 h, n 367", "1.80 (1.40 to 2.20)"),
                ("Grunebaum et al. 2018", "Profile of Mood States, 24 h, n 80", "0.75"),
                ("Lii et al. 2023", "MADRS, 3 days, n 40", "−0.29 (−0.80 to 0.22)"),
            )
        ],
        "axis": _AXIS,
        "text": text,
    }


_PLOT = Markup(
    '<svg class="plot" width="100%" height="26" aria-hidden="true" focusable="false">'
    '<line class="null" x1="30%" x2="30%" y1="0" y2="100%"/>'
    '<line class="worthwhile" x1="38%" x2="38%" y1="0" y2="100%"/>'
    '<line class="interval for" x1="45%" x2="80%" y1="50%" y2="50%"/>'
    '<svg x="60%" y="50%" overflow="visible" class="mark square for">'
    '<rect x="-4.5" y="-4.5" width="9" height="9"/></svg></svg>'
)
_AXIS = Markup(
    '<svg class="axis" width="100%" height="27" aria-hidden="true" focusable="false">'
    '<line class="base" x1="0" x2="100%" y1="26" y2="26"/>'
    '<line class="tick" x1="30%" x2="30%" y1="21" y2="26"/>'
    '<text class="even" x="30%" y="15" text-anchor="middle">0</text></svg>'
)
_READING = (
    "In several trials people felt better within a day of one small dose of ketamine than after"
    " salt water or a calming drug, though most of them could tell which of the two they had."
)
_CLAIMS = [
    (
        "Racemic ketamine is FDA-approved for depression",
        "refuted",
        "high",
        None,
        "Is ketamine FDA-approved for depression?",
        "In the United States ketamine is approved as an anaesthetic and for nothing else.",
    ),
    (
        "Ketamine rapidly relieves depression",
        "supported",
        "low",
        None,
        "Does it lift depression within a day?",
        "One dose lowers depression within a day more than placebo or a calming drug does.",
    ),
    (
        "mTORC1 signalling is needed for ketamine's antidepressant effect",
        "contested",
        "low",
        None,
        "Is mTORC1 needed?",
        "Rapamycin abolished the effect in rats and prolonged it in people.",
    ),
    (
        "Health technology bodies recommend paying for esketamine",
        "mixed_by_jurisdiction",
        "moderate",
        None,
        "Is the spray paid for?",
        "Some countries pay for it, others advise against it.",
    ),
    (
        "Intravenous hydration treats depression",
        "not_assessed",
        None,
        "no_evidence_found",
        "Does hydration help?",
        "A search of the literature found no study.",
    ),
    (
        "Glutamate is the brain's main excitatory transmitter",
        "background",
        None,
        None,
        "Is glutamate the main excitatory transmitter?",
        "It is textbook knowledge.",
    ),
]


def render(text: str = "") -> str:
    """Return the gallery as HTML."""
    return environment().get_template("gallery.html.j2").render(context(text))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for asset in (EXPLORER / "static").iterdir():
        shutil.copy(asset, folder)
    (folder / "index.html").write_text(render(), encoding="utf-8")
