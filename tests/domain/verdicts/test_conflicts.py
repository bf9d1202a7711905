"""Conflicts: two sides on record, what separates them, and the study that would resolve them."""

from typing import Any

import pytest

from app.domain.synthesis.facts import NoteDirectness
from app.domain.verdicts.conflicts import RESOLVING_STUDY, ClaimNote, find_conflict
from app.domain.vocabulary import (
    CompoundDirectness,
    ConflictKind,
    Direction,
    Masking,
    OutcomeDirectness,
    PopulationDirectness,
    Species,
    StudyDesign,
)
from tests.domain.estimates import finding, study

FOR, AGAINST = Direction.SUPPORTS, Direction.DISPUTES
K = ConflictKind
Dose = tuple[float, float, str]


def note(name: str, direction: Direction, dose: Dose | None = None, **fields: Any) -> ClaimNote:
    return ClaimNote(finding(name, direction, **fields), dose)


def test_both_sides_on_record_are_a_conflict_and_one_side_is_none() -> None:
    assert find_conflict([]) is None
    assert find_conflict([note("a", FOR), note("b", FOR)]) is None
    assert find_conflict([note("a", FOR), note("b", Direction.NEUTRAL)]) is None
    assert find_conflict([note("a", AGAINST), note("b", Direction.MIXED)]) is None
    found = find_conflict([note("b", FOR), note("c", AGAINST), note("a", FOR)])
    assert found is not None
    assert (found.supporting, found.disputing) == (("a", "b"), ("c",))


def test_the_order_of_notes_makes_no_difference() -> None:
    notes = [note("a", FOR), note("b", AGAINST, species=Species.RAT), note("c", FOR)]
    assert find_conflict(notes) == find_conflict(notes[::-1])


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"species": Species.HUMAN}, K.OTHER_SPECIES),
        (
            {"directness": NoteDirectness(compound=CompoundDirectness.METABOLITE)},
            K.OTHER_COMPOUND,
        ),
        (
            {"directness": NoteDirectness(population=PopulationDirectness.OTHER_HUMAN)},
            K.OTHER_POPULATION,
        ),
        ({"directness": NoteDirectness(outcome=OutcomeDirectness.SURROGATE)}, K.OTHER_OUTCOME),
        ({"dose": (10.0, 10.0, "mg/kg")}, K.OTHER_DOSE),
        ({"design": StudyDesign.RCT_PARALLEL}, K.OPPOSITE_DIRECTION),
        ({"masking": Masking.UNMASKED}, K.OPPOSITE_DIRECTION),
    ],
)
def test_the_first_moderator_that_separates_the_sides_names_the_conflict(
    fields: dict[str, Any], kind: ConflictKind
) -> None:
    own = (0.5, 0.5, "mg/kg")
    found = find_conflict([note("a", FOR, own), note("b", AGAINST, **({"dose": own} | fields))])
    assert found is not None
    assert found.kind is kind
    assert found.would_settle == RESOLVING_STUDY[kind]


def test_a_moderator_with_a_value_on_both_sides_does_not_separate_them() -> None:
    found = find_conflict([note("a", FOR), note("b", FOR, species=Species.RAT), note("c", AGAINST)])
    assert found is not None
    (species,) = [m for m in found.moderators if m.name == "species"]
    assert (species.supporting, species.disputing) == ("mouse, rat", "mouse")
    assert not species.separates
    assert found.kind is K.OPPOSITE_DIRECTION


@pytest.mark.parametrize(
    ("dose", "separates"),
    [
        ((0.2, 0.5, "mg/kg"), False),
        ((10.0, 10.0, "mg/kg"), True),
        ((50.0, 50.0, "mg"), False),
        (None, False),
    ],
)
def test_overlapping_doses_and_doses_in_other_units_do_not_separate_the_sides(
    dose: Dose | None, separates: bool
) -> None:
    found = find_conflict([note("a", FOR, (0.5, 0.5, "mg/kg")), note("b", AGAINST, dose)])
    assert found is not None
    assert (found.kind is K.OTHER_DOSE) is separates


def test_later_studies_that_do_not_reproduce_earlier_ones_are_a_failed_replication() -> None:
    def of_year(name: str, direction: Direction, year: int | None) -> ClaimNote:
        found = finding(name, direction)
        published = study(name, StudyDesign.ANIMAL_EXPERIMENT, year=year)
        return ClaimNote(type(found)(**{**vars(found), "study": published}))

    early = [of_year("a", FOR, 2010), of_year("b", FOR, 2011)]
    cases = {
        (2012,): K.REPLICATION_FAILED,
        (2011,): K.OPPOSITE_DIRECTION,
        (None,): K.OPPOSITE_DIRECTION,
        (2009, 2012): K.OPPOSITE_DIRECTION,
    }
    for years, kind in cases.items():
        later = [of_year(f"z-{year}", AGAINST, year) for year in years]
        found = find_conflict([*early, *later])
        assert found is not None
        assert found.kind is kind, years
    # One study against three is too few to call it a failed replication.
    more = [*early, of_year("c", FOR, 2011), of_year("z", AGAINST, 2012)]
    found = find_conflict(more)
    assert found is not None
    assert found.kind is K.OPPOSITE_DIRECTION
