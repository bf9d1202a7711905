"""Facts of studies: design, trials, laboratories and the published risk of bias."""

from collections import defaultdict
from collections.abc import Collection, Iterator, MutableMapping
from typing import Any

from sqlalchemy import bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.synthesis.facts import StudyFacts
from app.domain.vocabulary import BiasDomain, BiasJudgement
from app.kit.batching import batched
from app.kit.sessions import ReadSession

#: Studies of a statement, which names them six times: SQLite takes 250,000 parameters.
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
_STUDIES = (
    select(
        m.Study.id,
        m.Record.slug,
        m.Study.design,
        m.Study.year,
        m.Study.trial_group,
        m.Study.research_group,
        func.coalesce(m.Study.n_analysed, m.Study.n_randomised).label("participants"),
        m.Study.funding,
        m.Study.sponsor,
        m.Study.results_expected,
    )
    .join(m.Record, m.Record.id == m.Study.id)
    .where(m.Study.id.in_(bindparam("ids", expanding=True)))
)


def _links(kind: str, owner: Any, target: Any) -> Any:
    return (
        select(owner.label("study"), literal(kind).label("kind"), _RELATED.slug.label("value"))
        .join(_RELATED, _RELATED.id == target)
        .where(owner.in_(bindparam("ids", expanding=True)))
    )


#: Kind and slug of related records, and the overall judgements of the risk of bias.
_LINKS = union_all(
    _links("indication", m.StudyIndication.study_id, m.StudyIndication.indication_id),
    _links("compound", m.StudyCompound.study_id, m.StudyCompound.compound_id),
    _links("unit", m.StudyUnit.study_id, m.StudyUnit.unit_id),
    _links("trial", m.PooledTrial.study_id, m.PooledTrial.trial_id),
    _links("trial", m.StudySource.study_id, m.StudySource.source_id),
    select(m.RiskOfBias.study_id, literal("bias"), m.RiskOfBias.judgement).where(
        m.RiskOfBias.study_id.in_(bindparam("ids", expanding=True)),
        m.RiskOfBias.domain == BiasDomain.OVERALL,
    ),
)


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
        for key, study in _read_batch(session, {"ids": list(batch)})
    }
    if known is not None:
        known.update(read)
    return studies | read


def _read_batch(
    session: ReadSession, parameters: dict[str, list[int]]
) -> Iterator[tuple[int, StudyFacts]]:
    related: dict[tuple[int, str], set[str]] = defaultdict(set)
    for study, kind, value in session.execute(_LINKS, parameters).all():
        related[study, kind].add(value)
    for row in session.execute(_STUDIES, parameters).all():
        yield (
            row.id,
            StudyFacts(
                slug=row.slug,
                design=row.design,
                year=row.year,
                indications=frozenset(related[row.id, "indication"]),
                compounds=frozenset(related[row.id, "compound"]),
                trial_group=row.trial_group,
                group=row.research_group,
                unit_of=frozenset(related[row.id, "unit"]),
                trials_pooled=frozenset(related[row.id, "trial"]),
                participants=row.participants,
                funding=row.funding,
                sponsor=row.sponsor,
                bias=_worst(related[row.id, "bias"]),
                results_expected=bool(row.results_expected),
            ),
        )


def _worst(judgements: Collection[str]) -> BiasJudgement | None:
    return max(map(BiasJudgement, judgements), key=_SEVERITY.index, default=None)
