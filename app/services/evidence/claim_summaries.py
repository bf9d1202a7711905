"""Claims in short: question, answer, verdict and result, the first ones of each group.

One statement serves the lists of claims on pages: it reads columns, not documents, and its rows are
bounded by the number of groups.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, case, exists, func, literal, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.vocabulary import VerdictKind
from app.kit.filter_clauses import run_cached_statement, where_clauses
from app.kit.repository import Repository
from app.kit.sessions import ReadSession
from app.resources.claims import CLAIMS

ClaimSummary = dict[str, Any]

OWN, RESULT = aliased(m.Record), aliased(m.Record)
FIELDS = {
    "slug": OWN.slug,
    "name": OWN.name,
    "kind": m.Claim.kind,
    "title_question": m.Claim.title_question,
    "short_answer": m.Claim.short_answer,
    "indication_id": m.Claim.indication_id,
    "verdict": m.Verdict.verdict,
    "certainty": m.Verdict.certainty,
    "absence": m.Verdict.absence,
    "size": m.Verdict.size,
    "studies_for": m.Verdict.studies_for,
    "studies_against": m.Verdict.studies_against,
    "participants_for": m.Verdict.participants_for,
    "participants_against": m.Verdict.participants_against,
    "trials": m.Verdict.trials,
    "participants": m.Verdict.participants,
    "result": RESULT.summary,
}
STUDIES = m.Verdict.studies_for + m.Verdict.studies_against
MADE_BY_A_STATEMENT = exists().where(m.StatementClaim.claim_id == m.Claim.id).correlate(m.Claim)
#: Verdicts by what they say of the claim; the others say neither.
OUTCOMES = {
    "holds_up": (VerdictKind.ESTABLISHED, VerdictKind.SUPPORTED),
    "disputed": (VerdictKind.CONTESTED,),
    "does_not_hold_up": (VerdictKind.REFUTED, VerdictKind.OPPOSITE),
}


class Grouping(StrEnum):
    """What claims are grouped by, and with it their order within a group."""

    #: The kind of claim; those that most studies bear on first.
    KIND = "kind"
    #: What the verdict says of the claim; those of popular statements first, then by certainty.
    OUTCOME = "outcome"


def claim_summaries(
    session: ReadSession,
    repository: Repository,
    grouping: Grouping,
    limit: int,
    **filters: Sequence[str] | bool,
) -> dict[str, list[ClaimSummary]]:
    """Return the first claims of each group that match filters of the list of claims.

    Args:
        session: The transaction to read in.
        repository: Reads the records that filters name.
        grouping: What claims are grouped by.
        limit: Maximum number of claims in each group.
        filters: Filters of `/v1/claims` by name.

    Returns:
        Group → claims in order, each with `total`, the number of claims in its group.

    Raises:
        UnknownSlugError: A filter names a record that does not exist.
    """
    conditions = repository.conditions(session, CLAIMS, CLAIMS.unvalidated_query(**filters))

    def build(limit: Any, **bound: Any) -> Select[Any]:
        return _statement(grouping, where_clauses(conditions, bound), limit)

    def read() -> list[Any]:
        shape = ("claim summaries", grouping)
        return list(run_cached_statement(session, shape, build, conditions, limit=limit))

    key = ("claim summaries", repository.release, grouping, limit, repr(sorted(filters.items())))
    groups: dict[str, list[ClaimSummary]] = {}
    # All claims that match are ranked: once per state of the store, if that takes long.
    for group, total, *values in repository.counts.get_or_compute_rows(session, key, read):
        summary = dict(zip(FIELDS, values, strict=True))
        groups.setdefault(group, []).append({**summary, "total": total})
    return groups


def _statement(grouping: Grouping, where: Sequence[Any], limit: Any) -> Select[Any]:
    """Select the first claims of each group; ranks are found before the columns are read."""
    group: Any = m.Claim.kind
    order = [STUDIES.desc(), OWN.slug]
    if grouping is Grouping.OUTCOME:
        group = case(
            *((m.Verdict.verdict.in_(kinds), literal(name)) for name, kinds in OUTCOMES.items())
        )
        order[:0] = [
            MADE_BY_A_STATEMENT.desc(),
            func.coalesce(m.Verdict.certainty_rank, -1).desc(),
        ]
        where = [*where, m.Verdict.verdict.in_([kind for of in OUTCOMES.values() for kind in of])]
    ranked = (
        select(
            m.Claim.id,
            group.label("group"),
            func.row_number().over(partition_by=group, order_by=order).label("place"),
            func.count().over(partition_by=group).label("total"),
        )
        .join(OWN, OWN.id == m.Claim.id)
        .join(m.Verdict, m.Verdict.claim_id == m.Claim.id)
        .where(*where)
        .subquery()
    )
    return (
        select(ranked.c.group, ranked.c.total, *FIELDS.values())
        .select_from(ranked)
        .join(m.Claim, m.Claim.id == ranked.c.id)
        .join(OWN, OWN.id == ranked.c.id)
        .join(m.Verdict, m.Verdict.claim_id == ranked.c.id)
        .join(RESULT, RESULT.id == m.Verdict.id)
        .where(ranked.c.place <= limit)
        .order_by(ranked.c.group, ranked.c.place)
    )
