"""Scopes: the filters under which a list gives what surrounds a record."""

from app.services.pages.claims import claim_of
from app.services.pages.subject import Filters, Found, Subject


def by_slug(name: str) -> Filters:
    """A filter that takes this record's slug."""
    return lambda subject: {name: [subject.slug]}


def by_key(name: str, **more: list[str]) -> Filters:
    """A filter that takes this record's type and slug."""
    return lambda subject: {name: [subject.key], **more}


def of_claim(subject: Subject) -> Found:
    """Of the claim that this record is, or is about."""
    return {"claim": [claim_of(subject)]}


def of_its_claims(subject: Subject) -> Found:
    """Of the claims that a note bears on."""
    return {"claim": [finding["claim"]["slug"] for finding in subject.row["claims"]]}


def of_pair(subject: Subject) -> Found:
    """Of an affinity's compound at its receptor."""
    return {part: [subject.row[part]["slug"]] for part in ("compound", "receptor")}


def from_compound_to_receptor(subject: Subject) -> Found:
    """Claims that lead from an affinity's compound to its receptor."""
    row = subject.row
    return {
        "subject": [f"compound:{row['compound']['slug']}"],
        "object": [f"receptor:{row['receptor']['slug']}"],
    }


def meeting(mine: str, theirs: str) -> Filters:
    """Claims whose one end is this claim's other end; none where it is not causal."""

    def filters(subject: Subject) -> Found | None:
        end = subject.row[mine]
        return end and {theirs: [f"{end['type']}:{end['slug']}"]}

    return filters
