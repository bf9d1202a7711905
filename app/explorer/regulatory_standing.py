"""Where a compound or an indication stands: the latest act of each kind, by jurisdiction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.vocabulary import RegulatoryActType
from app.explorer.labels import jurisdiction_label

Act = Mapping[str, Any]
#: Types of acts in the order in which they are shown.
TYPES = tuple(RegulatoryActType)
#: Fields that make an act of a jurisdiction comparable with another one of it.
SUBJECT = ("compound", "indication")


@dataclass(frozen=True)
class JurisdictionStanding:
    """A jurisdiction with its latest acts by type, marketing authorisations first."""

    jurisdiction: str
    acts: list[Act]


def latest_acts(acts: Iterable[Act]) -> list[JurisdictionStanding]:
    """Return the latest act for each jurisdiction, compound, indication and type of act.

    Types are apart, since a pending application does not end an approval. An act without a date
    cannot be the latest beside one with a date.
    """
    latest: dict[tuple[Any, ...], Act] = {}
    for act in sorted(acts, key=_date, reverse=True):
        subject = tuple((act.get(name) or {}).get("slug") for name in SUBJECT)
        latest.setdefault((act["jurisdiction"], *subject, act["act"]), act)
    by_jurisdiction: dict[str, list[Act]] = {}
    for act in latest.values():
        by_jurisdiction.setdefault(act["jurisdiction"], []).append(act)
    return [
        JurisdictionStanding(code, sorted(by_jurisdiction[code], key=_type))
        for code in sorted(by_jurisdiction, key=jurisdiction_label)
    ]


def _type(act: Act) -> int:
    """Return the place of the type of an act in the vocabulary; a new type is the last."""
    return TYPES.index(act["act"]) if act["act"] in TYPES else len(TYPES)


def _date(act: Act) -> tuple[str, str]:
    return act.get("date") or "", act["slug"]
