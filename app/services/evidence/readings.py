"""Telling: the readings of a claim, sentence by sentence, each bound to the notes it rests on."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app import models as m
from app.domain import readings as reading_format
from app.domain.vocabulary import Audience
from app.kit.sessions import ReadSession
from app.resources.claims import CLAIMS

Told = dict[str, Any]


def readings(session: ReadSession, slug: str) -> dict[Audience, Told | None] | None:
    """By audience: the text, its sentences with their notes, all notes; None: no such claim.

    An audience that nobody wrote for yet has None.
    """
    return readings_of(session, [slug]).get(slug)


def readings_of(
    session: ReadSession, slugs: Sequence[str]
) -> dict[str, dict[Audience, Told | None]]:
    """The readings of several claims, by slug."""
    found: dict[str, dict[Audience, Told | None]] = {}
    for slug, audience, text in session.execute(
        select(m.Record.slug, m.Reading.audience, m.Reading.text)
        .select_from(m.Record)
        .outerjoin(m.Reading, m.Reading.claim_id == m.Record.id)
        .where(m.Record.type == CLAIMS.kind, m.Record.slug.in_(slugs))
    ):
        told = found.setdefault(slug, dict.fromkeys(Audience))
        if audience is not None:
            told[audience] = tell(text)
    return found


def tell(text: str) -> Told:
    """A written reading, as the world sees it."""
    said = reading_format.sentences(text)
    return {
        "text": " ".join(sentence.text for sentence in said),
        "sentences": [{"text": s.text, "evidence": list(s.evidence)} for s in said],
        "evidence": list(dict.fromkeys(slug for s in said for slug in s.evidence)),
    }
