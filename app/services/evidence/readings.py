"""Readings of claims, sentence by sentence, with the notes that they cite."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app import models as m
from app.domain import readings as reading_format
from app.domain.vocabulary import Audience
from app.kit.sessions import ReadSession
from app.resources.claims import CLAIMS

ReadingDict = dict[str, Any]


def claim_readings(session: ReadSession, slug: str) -> dict[Audience, ReadingDict | None] | None:
    """Return the readings of a claim by audience; None if there is no such claim.

    An audience without a reading has None.
    """
    return readings_of(session, [slug]).get(slug)


def readings_of(
    session: ReadSession, slugs: Sequence[str]
) -> dict[str, dict[Audience, ReadingDict | None]]:
    """Return the readings of several claims, by slug."""
    by_claim: dict[str, dict[Audience, ReadingDict | None]] = {}
    for slug, audience, text in session.execute(
        select(m.Record.slug, m.Reading.audience, m.Reading.text)
        .select_from(m.Record)
        .outerjoin(m.Reading, m.Reading.claim_id == m.Record.id)
        .where(m.Record.type == CLAIMS.record_type, m.Record.slug.in_(slugs))
    ):
        by_audience = by_claim.setdefault(slug, dict.fromkeys(Audience))
        if audience is not None:
            by_audience[audience] = parse_reading(text)
    return by_claim


def parse_reading(text: str) -> ReadingDict:
    """Return a reading as the API shows it: text, sentences with their notes, all notes."""
    sentences = reading_format.sentences(text)
    return {
        "text": " ".join(sentence.text for sentence in sentences),
        "sentences": [{"text": s.text, "evidence": list(s.evidence)} for s in sentences],
        "evidence": list(dict.fromkeys(slug for s in sentences for slug in s.evidence)),
    }
