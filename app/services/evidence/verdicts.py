"""Verdicts of claims: the rule of `domain.verdicts`, applied to the dataset."""

from collections.abc import Iterable, Iterator
from typing import Any

from cachetools import LRUCache

from app.domain.synthesis.facts import StudyFacts
from app.domain.verdicts import conflicts
from app.kit.batching import batched
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.evidence.rendering import conflict_values, verdict_values
from app.services.evidence.synthesis.loader import SynthesisFacts, read_claim_facts, read_claims

VERDICTS, CONFLICTS = RESOURCES["verdicts"], RESOURCES["conflicts"]
#: Studies in memory while verdicts are computed: most have notes on several claims.
MAX_STUDIES = 20_000
CHUNK = 50  # claims whose verdicts are computed at a time, with all of their notes
#: The field values of derived records, each with its collection.
DerivedValues = list[tuple[Resource, dict[str, Any]]]


def derive(
    session: ReadSession, slugs: Iterable[str] | None = None
) -> Iterator[dict[str, DerivedValues]]:
    """Yield the verdict of each claim, and its conflict if notes disagree, by slug.

    The claims come in batches, in the order of the dataset files.

    Args:
        slugs: The claims; None for all.
    """
    batches = [None] if slugs is None else batched(slugs, 500)
    claims = [claim for batch in batches for claim in read_claims(session, batch)]
    claims.sort(key=lambda claim: (claim.source_file or "", claim.source_position or 0, claim.slug))
    studies: LRUCache[int, StudyFacts] = LRUCache(MAX_STUDIES)
    for batch in batched(claims, CHUNK):
        yield {claim.slug: _derived(read_claim_facts(session, claim, studies)) for claim in batch}


def _derived(facts: SynthesisFacts) -> DerivedValues:
    verdict = facts.default_verdict
    derived = [(VERDICTS, verdict_values(facts, verdict))]
    if conflict := conflicts.find_conflict(facts.notes):
        derived.append((CONFLICTS, conflict_values(facts, verdict, conflict)))
    return derived
