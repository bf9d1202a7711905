"""Facts of studies: design, trials, laboratories and the published risk of bias."""

from collections import defaultdict
from collections.abc import Collection, Iterator, MutableMapping
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.synthesis.facts import StudyFacts
from app.domain.vocabulary import BiasDomain, BiasJudgement, Funding, StudyDesign
from app.kit.batching import batched
from app.kit.prepared_statements import PreparedStatement
from app.kit.sessions import ReadSession

#: Studies of a statement: SQLite takes 250,000 parameters.
BATCH = 10_000
#: Judgements from the lowest to the highest risk of bias.
_SEVERITY = (
    BiasJudgement.LOW,
    BiasJudgement.MODERATE,
    BiasJudgement.UNCLEAR,
    BiasJudgement.SOME_CONCERNS,
    BiasJudgement.HIGH,
)


_RELATED = aliased(m.Record)


def _studies(ids: Any) -> Any:
    return (
        select(
            m.Study.id,
            m.Record.slug,
            m.Study.design,
            m.Study.year,
            m.Study.trial_group,
            m.Study.research_group,
            func.coalesce(m.Study.n_analysed, m.Study.n_randomised),
            m.Study.funding,
            m.Study.sponsor,
            m.Study.results_expected,
        )
        .join(m.Record, m.Record.id == m.Study.id)
        .where(m.Study.id.in_(ids))
    )


def _links(kind: str, owner: Any, target: Any, ids: Any) -> Any:
    return (
        select(owner.label("study"), literal(kind).label("kind"), _RELATED.slug.label("value"))
        .join(_RELATED, _RELATED.id == target)
        .where(owner.in_(ids))
    )


def _all_links(ids: Any) -> Any:
    """Return the kind and slug of related records, and the overall judgements of risk of bias."""
    return union_all(
        _links("indication", m.StudyIndication.study_id, m.StudyIndication.indication_id, ids),
        _links("compound", m.StudyCompound.study_id, m.StudyCompound.compound_id, ids),
        _links("unit", m.StudyUnit.study_id, m.StudyUnit.unit_id, ids),
        _links("trial", m.PooledTrial.study_id, m.PooledTrial.trial_id, ids),
        _links("trial", m.StudySource.study_id, m.StudySource.source_id, ids),
        select(m.RiskOfBias.study_id, literal("bias"), m.RiskOfBias.judgement).where(
            m.RiskOfBias.study_id.in_(ids), m.RiskOfBias.domain == BiasDomain.OVERALL
        ),
    )


_STUDIES, _LINKS = PreparedStatement(_studies), PreparedStatement(_all_links)


def read_studies(
    session: ReadSession,
    ids: Collection[int],
    known: MutableMapping[int, StudyFacts] | None = None,
) -> dict[int, StudyFacts]:
    """Return the facts of some studies by id, in two statements for each `BATCH` of them.

    Args:
        session: The transaction to read in.
        ids: Ids of the studies.
        known: Studies that were read in the same transaction; those that are read are added.
    """
    studies = {key: known[key] for key in ids if key in known} if known else {}
    read = {
        key: study
        for batch in batched(sorted(set(ids) - studies.keys()), BATCH)
        for key, study in _read_batch(session, list(batch))
    }
    if known is not None:
        known.update(read)
    return studies | read


def _read_batch(session: ReadSession, ids: list[int]) -> Iterator[tuple[int, StudyFacts]]:
    related: dict[tuple[int, str], set[str]] = defaultdict(set)
    for study, kind, value in _LINKS.rows(session, ids=ids):
        related[study, kind].add(value)
    for (
        key,
        slug,
        design,
        year,
        trial_group,
        group,
        participants,
        funding,
        sponsor,
        results_expected,
    ) in _STUDIES.rows(session, ids=ids):
        yield (
            key,
            StudyFacts(
                slug=slug,
                design=StudyDesign(design),
                year=year,
                indications=frozenset(related[key, "indication"]),
                compounds=frozenset(related[key, "compound"]),
                trial_group=trial_group,
                group=group,
                unit_of=frozenset(related[key, "unit"]),
                trials_pooled=frozenset(related[key, "trial"]),
                participants=participants,
                funding=funding and Funding(funding),
                sponsor=sponsor,
                bias=_worst(related[key, "bias"]),
                results_expected=bool(results_expected),
            ),
        )


def _worst(judgements: Collection[str]) -> BiasJudgement | None:
    return max(map(BiasJudgement, judgements), key=_SEVERITY.index, default=None)
