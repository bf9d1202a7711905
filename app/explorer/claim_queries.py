"""Reads of the pages of a claim, of its verdict and of its conflict."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.api.deps import ServiceContext
from app.domain.verdicts.judgement import JurisdictionAnswer
from app.domain.verdicts.rule import RULE_VERSION, judge_claim
from app.explorer import queries
from app.explorer.claim_effect import effect_view
from app.explorer.claim_page import EVIDENCE_SECTIONS, ClaimPage, EvidenceGroup, Record
from app.kit.sessions import ReadOnlyStore, ReadSession
from app.resources import RESOURCES
from app.resources.claims import CLAIMS
from app.services.evidence.synthesis.loader import SynthesisFacts
from app.services.records import history

#: Items that a page shows of each section; what is left out is counted and linked.
MAX_ITEMS = 60
MAX_CHANGES = 10


def read_claim_page(
    session: ReadSession, service: ServiceContext, slug: str, *, with_synthesis: bool = True
) -> ClaimPage:
    """Return a claim with all that its pages show.

    Args:
        with_synthesis: Whether the page shows what the verdict is computed from.

    Raises:
        NotFoundError: There is no such claim.
        GoneError: The claim was withdrawn.
    """
    claim = queries.get_record(session, service, "claims", slug)
    verdict = queries.get_record(session, service, "verdicts", slug)
    payload = queries.get_page_payload(session, service, CLAIMS, slug, MAX_ITEMS)
    sections = queries.sections_by_key(payload)
    conflict = queries.get_records(session, service, "conflicts", [slug]).get(slug)
    statements = [ref["slug"] for ref in claim["statements"]]
    facts = effect = None
    jurisdictions: list[Record] = []
    by_compound: list[Record] = []
    if with_synthesis and verdict["rule_version"] == RULE_VERSION:
        facts = service.claim_facts.get_or_read(session, slug)
        assert facts is not None, "the record was read in this transaction"
        judgement = judge_claim(facts.evidence)
        intervention = claim["compound"]["name"] if claim["compound"] else "the treatment"
        effect = effect_view(session, service, facts, judgement, intervention)
        jurisdictions = _jurisdictions(facts, judgement.jurisdictions)
        compounds = queries.get_records(
            session, service, "compounds", sorted(judgement.by_compound)
        )
        by_compound = [
            {"compound": compounds[compound], "judgement": judgement.by_compound[compound]}
            for compound in sorted(compounds)
        ]
    return ClaimPage(
        claim=claim,
        verdict=verdict,
        sections=sections,
        conflict=conflict,
        evidence=list(_evidence(sections, verdict)),
        facts=facts,
        effect=effect,
        jurisdictions=jurisdictions,
        by_compound=by_compound,
        statements=list(queries.get_records(session, service, "statements", statements).values()),
        changes=read_changes(session, service, slug),
    )


def read_changes(session: ReadSession, service: ServiceContext, slug: str) -> list[Record]:
    """Return the newest changes of a claim and its verdict; none in a release, which has no log."""
    if service.release_params or isinstance(service.store, ReadOnlyStore):
        return []
    changes = [
        change
        for collection in ("claims", "verdicts")
        for change in history.changes(
            session,
            history.for_record(RESOURCES[collection], slug),
            MAX_CHANGES,
            newest_first=True,
        )
    ]
    return sorted(changes, key=lambda change: -change["id"])[:MAX_CHANGES]


def _evidence(
    sections: Mapping[str, Record], verdict: Mapping[str, Any]
) -> Iterable[EvidenceGroup]:
    """Yield the findings by direction, with what the ledger of the verdict says of each."""
    ledger = {line["note"]["slug"]: line for line in verdict["ledger"]}
    for key in EVIDENCE_SECTIONS:
        section = sections[key]
        by_direction: dict[str, list[Record]] = {}
        for item in section["items"]:
            line = ledger.get(item["note"]["slug"], {})
            row = item | {name: line.get(name) for name in ("reason", "rung", "points")}
            by_direction.setdefault(item["direction"], []).append(row)
        for direction, items in by_direction.items():
            is_whole = section["total"] == section["shown"]
            total = len(items) if is_whole else section["total"]
            yield EvidenceGroup(direction, items, total, section["url"])


def _jurisdictions(facts: SynthesisFacts, answers: Iterable[JurisdictionAnswer]) -> list[Record]:
    """Return the answers of jurisdictions, each with the path of the record of its act."""
    recorded = {act.slug for act in facts.evidence.acts if act.is_recorded}
    return [
        vars(answer)
        | {
            "path": answer.act
            and f"/{'regulatory-acts' if answer.act in recorded else 'evidence'}/{answer.act}"
        }
        for answer in answers
    ]
