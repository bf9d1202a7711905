"""The calibration reads stored verdicts, and computes those that a store lacks."""

from contextlib import suppress

from sqlalchemy import update

from app import models as m
from app.kit.sessions import Store
from app.services.evidence.synthesis.calibration import calibration


class RollBackError(Exception):
    """Ends a transaction whose changes no other test may see."""


def test_stored_and_computed_verdicts_give_the_same_calibration(shipped_store: Store) -> None:
    with suppress(RollBackError), shipped_store.write() as session:
        from_stored = calibration(session)
        session.execute(update(m.Verdict).values(rule_version="2026", verdict="not_assessed"))
        assert calibration(session) == from_stored
        assert any(row["overlaps"] for row in from_stored["rows"])
        raise RollBackError
