"""Page sections on a claim's verdict, readings, ladder and conflict."""

from typing import Any

from app.domain.verdicts import ladder, points
from app.services.evidence import readings as claim_readings
from app.services.evidence import verdicts
from app.services.pages.claims import claim_of
from app.services.pages.context import PageContext, Section, links, section

#: The key figures of a verdict.
FIGURE_FIELDS = (
    "verdict",
    "certainty",
    "in_people",
    "in_animals",
    "share_for",
    "points_for",
    "points_against",
    "studies_for",
    "studies_against",
    "studies_neutral",
    "participants_for",
    "participants_against",
    "participants_neutral",
)
REASON_FIELDS = ("rules_fired", "would_change_if")


def verdict_sections(subject: PageContext) -> list[Section]:
    """The figures of a claim's verdict, the reasons for it, and the studies it hangs on."""
    slug = claim_of(subject)
    row = subject.fetch_related("verdicts", slug)
    assert row is not None, "every claim has a verdict"
    url = f"/v1/verdicts/{slug}"
    items = [{"name": name, "value": row[name]} for name in FIGURE_FIELDS]
    sentences = [_sentence_item("summary", row["summary"])]
    sentences += [_sentence_item(name, text) for name in REASON_FIELDS for text in row[name]]
    decisive = [
        {**(links("studies", ref) or {}), "relation": "decisive"} for ref in row["decisive"]
    ]
    shown = decisive[:8]
    hangs = "Studies that it hangs on"
    return [
        section("figures", "verdict", "The verdict", items, len(items), url),
        section(
            "sentences", "reasons", "Why, and what would move it", sentences, len(sentences), url
        ),
        section("records", "decisive", hangs, shown, len(decisive), f"{url}?fields=decisive"),
    ]


def _sentence_item(name: str, text: str, evidence: list[str] | None = None) -> dict[str, Any]:
    return {"name": name, "text": text, "evidence": evidence or []}


def reading_sections(subject: PageContext) -> list[Section]:
    """The claim told for each audience that it was written for."""
    items = [
        {
            "audience": reading["audience"],
            "sentences": [
                _sentence_item("sentence", sentence["text"], sentence["evidence"])
                for sentence in claim_readings.parse_reading(reading["text"])["sentences"]
            ],
        }
        for reading in subject.row["readings"]
    ]
    url = f"{subject.url}/readings"
    return [section("readings", "readings", "The claim in words", items, len(items), url)]


def ladder_section(subject: PageContext) -> list[Section]:
    """From the dish to the trial: what each rung has shown."""
    evidence = verdicts.claims_and_notes(subject.session, subject.slug)[subject.slug]
    climbed = ladder.notes_by_rung(
        [points.score_note(note, evidence.claim) for note in evidence.notes]
    )
    items = [
        {
            "rung": rung,
            "state": ladder.state_of(lines),
            "best": lines[0].note.slug if lines else None,
            "notes": len(lines),
        }
        for rung, lines in climbed.items()
    ]
    url = f"{subject.url}/ladder"
    return [section("rungs", "ladder", "Evidence ladder", items, len(items), url)]


def conflict_sections(subject: PageContext) -> list[Section]:
    """What differs between the sides, where they clash."""
    slug = claim_of(subject)
    row = subject.fetch_related("conflicts", slug)
    if row is None:
        return []
    url, moderators = f"/v1/conflicts/{slug}", row["moderators"]
    sentences = [
        _sentence_item(name, row[name]) for name in ("resolution", "would_settle") if row[name]
    ]
    title = "What differs between the sides"
    settle = "What would settle the conflict"
    return [
        section("moderators", "moderators", title, moderators, len(moderators), url),
        section("sentences", "settling", settle, sentences, len(sentences), url),
    ]
