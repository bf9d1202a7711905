"""Resolve many names or identifiers, with a time limit for the correction of misspelt ones."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from app.kit.sessions import ReadSession
from app.services.search.identifier_resolution import (
    Match,
    ResolvedText,
    find_matches,
    render_matches,
    resolved_text,
)
from app.services.search.similar_names import SimilarNames

#: Seconds for the similar names of all ids of a batch, usually enough for 500.
CORRECTION_SECONDS = 0.5


@dataclass(frozen=True)
class BatchResolution:
    """What one id of a batch means.

    Args:
        resolved: The records that it names.
        similar: Records with similar names, if it names none.
        not_corrected: They were not looked for, since the time was used up.
    """

    resolved: ResolvedText
    similar: list[dict[str, Any]]
    not_corrected: bool = False


def resolve_batch(
    session: ReadSession, texts: Sequence[str], correction_seconds: float = CORRECTION_SECONDS
) -> list[BatchResolution]:
    """Resolve each text, and look for names similar to the unknown ones.

    Texts with the same beginning are compared with the same names, one after another.

    Args:
        session: The transaction to read in.
        texts: Names or identifiers.
        correction_seconds: Seconds after which no more similar names are looked for.
    """
    matches_by_text = [find_matches(session, text) for text in texts]
    similar: list[list[Match]] = [[] for _ in texts]
    not_corrected = [False for _ in texts]
    by_beginning: dict[str, list[int]] = {}
    for at, matches in enumerate(matches_by_text):
        if not matches:
            by_beginning.setdefault(SimilarNames.beginning(texts[at]), []).append(at)
    similar_names = SimilarNames(session)
    spent = 0.0
    for at in chain.from_iterable(by_beginning.values()):
        not_corrected[at] = spent >= correction_seconds
        if not not_corrected[at]:
            began = time.monotonic()
            similar[at] = similar_names.find(texts[at])
            spent += time.monotonic() - began
    rendered = render_matches(session, [*matches_by_text, *similar])
    return [
        BatchResolution(
            resolved_text(text, matches_by_text[at], rendered[at]),
            rendered[len(texts) + at],
            not_corrected[at],
        )
        for at, text in enumerate(texts)
    ]
