"""Resolve many names or identifiers, with a time limit for the correction of misspelt ones."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.kit.sessions import ReadSession
from app.services.search.identifier_resolution import ResolvedText, resolve_text, similar_names

#: Seconds for the similar names of all ids of a batch: those of some hundred ids.
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
    """Resolve each text, in order, and look for names similar to the unknown ones.

    Args:
        session: The transaction to read in.
        texts: Names or identifiers.
        correction_seconds: Seconds after which no more similar names are looked for.
    """
    resolutions, spent = [], 0.0
    for text in texts:
        resolved = resolve_text(session, text)
        if resolved.matches:
            resolutions.append(BatchResolution(resolved, []))
        elif spent >= correction_seconds:
            resolutions.append(BatchResolution(resolved, [], not_corrected=True))
        else:
            began = time.monotonic()
            resolutions.append(BatchResolution(resolved, similar_names(session, text)))
            spent += time.monotonic() - began
    return resolutions
