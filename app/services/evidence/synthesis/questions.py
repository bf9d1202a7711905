"""The question of a claim, from its record to the facts that the rule uses."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.synthesis.questions import EffectBound, QuestionFacts, TimeWindow
from app.domain.vocabulary import (
    ComparatorKind,
    EffectMeasure,
    EstimateRegimen,
    Masking,
    OutcomeDomain,
    QuestionRelation,
    Route,
    ThresholdSide,
)
from app.kit.sessions import ReadSession


def question_facts(question: Mapping[str, Any], population: Iterable[str]) -> QuestionFacts:
    """Return the question of a claim as the rule uses it.

    Args:
        question: `question` of the claim's record.
        population: Its indications with all that are narrower; see `with_narrower`.
    """
    intervention = question["intervention"]
    window, threshold = question.get("window_hours"), question.get("threshold")

    def listed(name: str, fields: Mapping[str, Any] = question) -> list[Any]:
        # A release that was published before a field was added does not have it.
        return fields.get(name) or []

    return QuestionFacts(
        relation=QuestionRelation(question["relation"]),
        outcomes=tuple(OutcomeDomain(domain) for domain in listed("outcomes")),
        population=frozenset(population),
        compounds=frozenset(listed("compounds", intervention)),
        routes=frozenset(Route(route) for route in listed("routes", intervention)),
        regimens=frozenset(
            EstimateRegimen(regimen) for regimen in listed("regimens", intervention)
        ),
        comparators=frozenset(ComparatorKind(kind) for kind in listed("comparators")),
        comparator_compounds=frozenset(listed("comparator_compounds")),
        comparator_treatments=frozenset(listed("comparator_treatments")),
        window=window and TimeWindow(window["target"], window["earliest"], window["latest"]),
        masking_accepted=frozenset(Masking(level) for level in listed("masking_accepted")),
        masking_wanted=frozenset(Masking(level) for level in listed("masking_wanted")),
        dose_higher=question.get("dose_higher"),
        dose_lower=question.get("dose_lower"),
        proportion=threshold and threshold["proportion"],
        side=threshold and ThresholdSide(threshold["side"]),
        margin=_bound(question.get("margin")),
        worthwhile=_bound(question.get("worthwhile")),
    )


def _bound(bound: Mapping[str, Any] | None) -> EffectBound | None:
    if bound is None:
        return None
    measure = EffectMeasure(bound["measure"])
    return EffectBound(measure, bound["value"], bound["source"], bound["note"])


_NAMED, _CHILD, _FOUND = aliased(m.Record), aliased(m.Indication), aliased(m.Record)
_ROOTS = (
    select(m.Indication.id)
    .join(_NAMED, _NAMED.id == m.Indication.id)
    .where(_NAMED.type == "indication", _NAMED.slug.in_(bindparam("indications", expanding=True)))
    .cte("narrower", recursive=True)
)
_NARROWER = _ROOTS.union(select(_CHILD.id).join(_ROOTS, _CHILD.parent_id == _ROOTS.c.id))
_WITH_NARROWER = select(_FOUND.slug).join(_NARROWER, _NARROWER.c.id == _FOUND.id)


def with_narrower(session: ReadSession, indications: Iterable[str]) -> set[str]:
    """Return indications, by slug, with all that are narrower."""
    rows = session.execute(_WITH_NARROWER, {"indications": list(indications)})
    return set(rows.scalars())
