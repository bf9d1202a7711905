"""What a page says of a claim: its readings, its figures, its reasons, its ladder, its conflict."""

from typing import Any

from app.domain.verdicts import ladder, points
from app.services.evidence import readings as claim_readings
from app.services.evidence import verdicts
from app.services.pages.claims import claim_of
from app.services.pages.context import Section, Subject, links, section

#: The key figures of a verdict.
FIGURES = (
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
REASONS = ("rules_fired", "would_change_if")


def verdict(subject: Subject) -> list[Section]:
    """The figures of a claim's verdict, the reasons for it, and the studies it hangs on."""
    slug = claim_of(subject)
    row = subject.other("verdicts", slug)
    assert row is not None, "every claim has a verdict"
    url = f"/v1/verdicts/{slug}"
    items = [{"name": name, "value": row[name]} for name in FIGURES]
    said = [_saying("summary", row["summary"])]
    said += [_saying(name, text) for name in REASONS for text in row[name]]
    decisive = [
        {**(links("studies", ref) or {}), "relation": "decisive"} for ref in row["decisive"]
    ]
    shown = decisive[:8]
    hangs = "Studies that it hangs on"
    return [
        section("figures", "verdict", "The verdict", items, len(items), url),
        section("sentences", "reasons", "Why, and what would move it", said, len(said), url),
        section("records", "decisive", hangs, shown, len(decisive), f"{url}?fields=decisive"),
    ]


def _saying(name: str, text: str, evidence: list[str] | None = None) -> dict[str, Any]:
    return {"name": name, "text": text, "evidence": evidence or []}


def readings(subject: Subject) -> list[Section]:
    """The claim told for each audience that it was written for."""
    items = [
        {
            "audience": reading["audience"],
            "sentences": [
                _saying("sentence", one["text"], one["evidence"])
                for one in claim_readings.parse_reading(reading["text"])["sentences"]
            ],
        }
        for reading in subject.row["readings"]
    ]
    url = f"{subject.url}/readings"
    return [section("readings", "readings", "The claim in words", items, len(items), url)]


def rungs(subject: Subject) -> list[Section]:
    """From the dish to the trial: what each rung has shown."""
    asked = verdicts.claims_and_notes(subject.session, subject.slug)[subject.slug]
    climbed = ladder.notes_by_rung([points.score_note(note, asked.claim) for note in asked.notes])
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
    return [section("rungs", "ladder", "From the dish to the trial", items, len(items), url)]


def conflict(subject: Subject) -> list[Section]:
    """What differs between the sides, where they clash."""
    slug = claim_of(subject)
    row = subject.other("conflicts", slug)
    if row is None:
        return []
    url, moderators = f"/v1/conflicts/{slug}", row["moderators"]
    told = [_saying(name, row[name]) for name in ("resolution", "would_settle") if row[name]]
    title = "What differs between the sides"
    settle = "What would settle the conflict"
    return [
        section("moderators", "moderators", title, moderators, len(moderators), url),
        section("sentences", "settling", settle, told, len(told), url),
    ]
