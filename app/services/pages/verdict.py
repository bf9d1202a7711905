"""Page sections on a claim's verdict, readings, ladder and conflict."""

from typing import Any

from app.domain.verdicts import ladder
from app.resources import RESOURCES
from app.resources.claims import CLAIMS
from app.services.evidence import readings as claim_readings
from app.services.evidence.synthesis.loader import read_findings
from app.services.pages.claims import claim_of
from app.services.pages.context import PageContext, Section, link, reference_link

#: The key figures of a verdict.
FIGURE_FIELDS = (
    "verdict",
    "certainty",
    "in_people",
    "in_animals",
    "size",
    "basis",
    "metric",
    "estimate",
    "lower",
    "upper",
    "trials",
    "participants",
    "studies_for",
    "studies_against",
    "studies_neutral",
    "participants_for",
    "participants_against",
    "participants_neutral",
)
ASSESSMENT_FIELDS = ("body", "year", "direction", "certainty", "recommendation", "conclusion")
MAX_ASSESSMENTS = 15
REASON_FIELDS = ("rules_fired", "would_change_if")


def verdict_sections(page: PageContext) -> list[Section]:
    """Build the sections of a verdict: its figures, the reasons, and the decisive studies."""
    slug = claim_of(page)
    row = page.fetch_related("verdicts", slug)
    assert row is not None, "every claim has a verdict"
    url = f"/v1/verdicts/{slug}"
    items = [{"name": name, "value": row[name]} for name in FIGURE_FIELDS]
    sentences = [_sentence_item("summary", row["summary"])]
    sentences += [_sentence_item(name, text) for name in REASON_FIELDS for text in row[name]]
    decisive = [
        {**(reference_link("studies", ref) or {}), "relation": "decisive"}
        for ref in row["decisive"]
    ]
    return [
        page.section("figures", "verdict", "Verdict", items, url),
        page.section("sentences", "reasons", "Reasons, and what would change it", sentences, url),
        page.section(
            "records", "decisive", "Decisive studies", decisive, f"{url}?fields=decisive", shown=8
        ),
    ]


def assessment_sections(page: PageContext) -> list[Section]:
    """Build the section of what other bodies concluded on a claim, newest first."""
    slug = claim_of(page)
    claim = page.row if page.slug == slug and page.resource is CLAIMS else None
    claim = claim or page.fetch_related("claims", slug)
    assert claim is not None, "a verdict and a conflict have a claim"
    slugs = [ref["slug"] for ref in claim["assessments"]]
    records = page.repository.get_parsed(page.session, RESOURCES["assessments"], slugs)
    rows = [row for _, row in records.values()]
    rows.sort(key=lambda row: (-(row["year"] or 0), row["slug"]))
    items = [
        {"assessment": link("assessment", row["slug"], row["name"])}
        | {name: row[name] for name in ASSESSMENT_FIELDS}
        for row in rows
    ]
    title, url = "Assessments by other bodies", f"/v1/assessments?claim={slug}"
    return [page.section("assessments", "assessments", title, items, url, shown=MAX_ASSESSMENTS)]


def _sentence_item(name: str, text: str, evidence: list[str] | None = None) -> dict[str, Any]:
    return {"name": name, "text": text, "evidence": evidence or []}


def reading_sections(page: PageContext) -> list[Section]:
    """Build the section with the readings of a claim, one per audience."""
    items = [
        {
            "audience": reading["audience"],
            "sentences": [
                _sentence_item("sentence", sentence["text"], sentence["evidence"])
                for sentence in claim_readings.parse_reading(reading["text"])["sentences"]
            ],
        }
        for reading in page.row["readings"]
    ]
    url = f"{page.url}/readings"
    return [page.section("readings", "readings", "Readings", items, url)]


def ladder_section(page: PageContext) -> list[Section]:
    """Build the section of evidence by level, from in vitro studies to clinical trials."""
    findings = read_findings(page.session, page.slug) or []
    items = [
        {
            "rung": rung,
            "state": ladder.state_of(on_rung),
            "best": on_rung[0].evidence if on_rung else None,
            "notes": len(on_rung),
        }
        for rung, on_rung in ladder.findings_by_rung(findings).items()
    ]
    url = f"{page.url}/ladder"
    return [page.section("rungs", "ladder", "Evidence ladder", items, url)]


def conflict_sections(page: PageContext) -> list[Section]:
    """Build the sections of a conflict: moderators and resolution; none without a conflict."""
    slug = claim_of(page)
    row = page.fetch_related("conflicts", slug)
    if row is None:
        return []
    url, moderators = f"/v1/conflicts/{slug}", row["moderators"]
    sentences = [
        _sentence_item(name, row[name]) for name in ("resolution", "would_settle") if row[name]
    ]
    title, settle = "Differences between the sides", "Resolution of the conflict"
    return [
        page.section("moderators", "moderators", title, moderators, url),
        page.section("sentences", "settling", settle, sentences, url),
    ]
