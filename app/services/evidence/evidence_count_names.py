"""The totals of pages that are stored: of notes by side and group of claims, and of references."""

from typing import Any

from sqlalchemy import case, literal

from app.domain.vocabulary import ClaimKind, Direction

#: Side of a claim → the directions of its notes.
SIDES = {
    "for": (Direction.SUPPORTS,),
    "against": (Direction.DISPUTES,),
    "open": (Direction.MIXED, Direction.NEUTRAL),
}
#: Group of claims → their kinds.
CLAIM_GROUPS = {
    "efficacy": (ClaimKind.EFFICACY, ClaimKind.COMPARATIVE),
    "safety": (ClaimKind.SAFETY,),
    "mechanism": (ClaimKind.MECHANISM, ClaimKind.BACKGROUND),
    "regulatory": (ClaimKind.REGULATORY,),
}
#: Filter of notes by which the notes of each side are counted → whether by group of claims, too.
COUNTED_BY = {"claim": False, "entity": True, "pathway": True}
#: Name of the number of references of the notes on claims about an entity.
CITED_BY_ENTITY = "references.cited_by_entity"


def count_name(filter_name: Any, group: Any, side: Any) -> Any:
    """Return the name by which a number of notes is stored, from text or SQL.

    `group` is empty where all claims are counted together.
    """
    return "evidence." + filter_name + "." + group + "." + side


def side_of_direction(direction: Any) -> Any:
    """Return the side of a direction, as SQL."""
    return case(*((direction.in_(of), literal(name)) for name, of in SIDES.items()))


def group_of_kind(kind: Any) -> Any:
    """Return the group of a kind of claims, as SQL."""
    return case(*((kind.in_(of), literal(name)) for name, of in CLAIM_GROUPS.items()))
