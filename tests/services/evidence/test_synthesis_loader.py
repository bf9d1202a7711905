"""The facts of a claim are those of its record, notes, studies and estimates, on both databases."""

import pytest
from sqlalchemy import select, text

from app import models as m
from app.domain.vocabulary import (
    BiasJudgement,
    ComparatorKind,
    Derivation,
    Direction,
    EstimateMetric,
    OutcomeDomain,
)
from app.kit.sessions import Store
from app.services.evidence.synthesis import studies
from app.services.evidence.synthesis.estimates import has_estimates
from app.services.evidence.synthesis.facts_cache import ClaimFactsCache
from app.services.evidence.synthesis.loader import SynthesisFacts, read_synthesis_facts
from app.services.evidence.synthesis.questions import with_narrower

SPRAY = "esketamine-relieves-treatment-resistant-depression"


def facts(store: Store, slug: str) -> SynthesisFacts:
    with store.read() as session:
        found = read_synthesis_facts(session, slug)
    assert found is not None
    return found


def test_an_estimate_has_the_figures_of_its_record(shipped_store: Store) -> None:
    found = facts(shipped_store, SPRAY)
    estimate = next(
        e for e in found.evidence.estimates if e.slug == "popova-2019-madrs--madrs-day-28"
    )
    assert (estimate.evidence, estimate.study.slug) == ("popova-2019-madrs", "popova-2019")
    assert (estimate.value, estimate.standard_error) == (4.0, 1.69)
    assert estimate.metric is EstimateMetric.MD
    assert estimate.outcome is OutcomeDomain.DEPRESSION_SEVERITY
    assert estimate.comparator_kind is ComparatorKind.ADD_ON_INACTIVE
    assert estimate.derivation is Derivation.REPORTED_SE
    assert (estimate.compound, estimate.time_hours) == ("esketamine", 672)
    assert estimate.bears_on_claim
    assert estimate.directness is not None


def test_estimates_of_the_question_are_found_without_a_link_to_the_claim(
    shipped_store: Store,
) -> None:
    found = facts(shipped_store, SPRAY)
    unlinked = [e for e in found.evidence.estimates if not e.bears_on_claim]
    assert unlinked
    assert found.evidence.question is not None
    for estimate in unlinked:
        assert estimate.compound in found.evidence.question.compounds
        assert estimate.outcome in found.evidence.question.outcomes
    slugs = [estimate.slug for estimate in found.evidence.estimates]
    assert slugs == sorted(set(slugs))


def test_studies_of_many_statements_are_those_of_one(
    shipped_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shipped_store.read() as session:
        ids = list(session.execute(select(m.Study.id)).scalars())
        whole = studies.read_studies(session, ids)
        monkeypatch.setattr(studies, "BATCH", 7)
        parts = studies.read_studies(session, ids)
        known = studies.read_studies(session, ids[:3])
        others = studies.read_studies(session, ids[2:], known)
    assert set(whole) == set(ids)
    assert parts == known == whole
    assert others == {key: whole[key] for key in ids[2:]}


def test_the_question_is_that_of_the_record_with_narrower_indications(
    shipped_store: Store,
) -> None:
    found = facts(shipped_store, "ketamine-rapidly-relieves-depression")
    assert found.evidence.question is not None
    assert "treatment-resistant-depression" in found.evidence.question.population
    assert found.evidence.question.window is not None
    assert found.question_fields is not None
    assert found.evidence.question.window.target == found.question_fields["window_hours"]["target"]
    with shipped_store.read() as session:
        assert with_narrower(session, []) == set()
        assert with_narrower(session, ["no-such"]) == set()


def test_studies_have_their_trials_and_their_worst_judgement(shipped_store: Store) -> None:
    with shipped_store.read() as session:
        rows = session.execute(
            text(
                "SELECT r.slug, b.judgement FROM risk_of_bias b JOIN record r ON r.id = b.study_id"
                " WHERE b.domain = 'overall'"
            )
        ).all()
    judged: dict[str, set[str]] = {}
    for slug, judgement in rows:
        judged.setdefault(slug, set()).add(judgement)
    for claim in (SPRAY, "ketamine-rapidly-relieves-depression"):
        for estimate in facts(shipped_store, claim).evidence.estimates:
            study = estimate.study
            values = judged.get(study.slug, set())
            assert (study.bias is None) is (not values)
            if "high" in values:
                assert study.bias is BiasJudgement.HIGH
            assert study.indications or study.compounds


def test_findings_and_acts_are_those_of_the_claim(shipped_store: Store) -> None:
    found = facts(shipped_store, "racemic-ketamine-fda-approved-for-depression").evidence
    assert found.question is not None
    assert found.question.outcomes == ()
    assert found.estimates == ()
    assert found.jurisdictions == ("US",)
    assert {act.jurisdiction for act in found.acts} == {"US"}
    recorded = [act for act in found.acts if act.is_recorded]
    assert {act.slug for act in recorded} >= {"us-ketamine-psychiatry-warning-2023"}
    assert all(act.direction is Direction.DISPUTES for act in recorded)
    assert len(found.findings) >= len(found.acts) - len(recorded) > 5
    assert not any(act.is_act for act in found.acts if "position" in act.slug)
    mechanism = facts(shipped_store, "ketamine-blocks-nmda-receptor").evidence
    assert mechanism.acts == ()
    assert any(finding.causal_test for finding in mechanism.findings)


def test_a_claim_that_is_not_there_has_no_facts(shipped_store: Store) -> None:
    with shipped_store.read() as session:
        assert read_synthesis_facts(session, "no-such-claim") is None
        assert has_estimates(session)


def test_the_question_of_every_claim_can_be_read(shipped_store: Store) -> None:
    with shipped_store.read() as session:
        slugs = session.execute(text("SELECT slug FROM record WHERE type = 'claim'")).scalars()
        for slug in list(slugs):
            found = read_synthesis_facts(session, slug)
            assert found is not None
            assert (found.evidence.question is None) is (found.question_fields is None)


def test_facts_are_read_once_for_each_state_of_the_store(shipped_store: Store) -> None:
    cache, states = ClaimFactsCache(), []
    for state in (None, "first", "first", "second"):
        with shipped_store.read() as session:
            session.state = state
            states.append(cache.get_or_read(session, SPRAY))
            assert cache.get_or_read(session, "no-such-claim") is None
    assert states[0] == states[1] == states[3]
    assert states[1] is states[2]
    assert len({id(found) for found in states}) == 3


def test_a_claim_with_too_many_estimates_is_not_cached(shipped_store: Store) -> None:
    cache = ClaimFactsCache(max_rows=20)
    with shipped_store.read() as session:
        session.state = "first"
        found = cache.get_or_read(session, SPRAY)
        assert found is not None
        assert found == cache.get_or_read(session, SPRAY)
        assert found is not cache.get_or_read(session, SPRAY)
