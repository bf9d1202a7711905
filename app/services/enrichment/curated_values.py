"""Compare the values of a curated reference with those of public sources."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rapidfuzz import fuzz

from app.services.enrichment import EnrichedReference, reconciliation
from app.services.enrichment.identifier import IdentifierKind
from app.services.enrichment.reconciliation import ReconciledField
from app.services.enrichment.source_record import full_pages

IDENTIFIERS = ("doi", "pmid", "pmcid")
SIMILAR_TITLE = 90  # per cent of characters; spelling and punctuation differ between sources
#: Fields that a source can fill in, and when a curated value agrees with a source's.
AGREES: Mapping[str, Callable[[Any, Any], bool]] = {
    "title": reconciliation.same_title,
    "journal": lambda curated, names: reconciliation.same_journal([curated], names),
    "year": lambda curated, year: bool(curated == year),
    "volume": reconciliation.same_text,
    "issue": reconciliation.same_text,
    "pages": lambda curated, pages: reconciliation.same_text(full_pages(curated), pages),
    **dict.fromkeys(IDENTIFIERS, lambda curated, value: curated.lower() == str(value).lower()),
    "url": lambda _curated, _url: True,  # a publication has several addresses
}


def identity_doubts(curated: Mapping[str, Any], enriched: EnrichedReference) -> Iterator[str]:
    """Yield reasons why the sources' publication may not be the curated one.

    Its identifiers must not contradict the sources. Then the title must agree or, without one,
    first author, year and journal. Without title and author, two sources must agree on both.
    """
    fields = enriched.fields
    for name in IDENTIFIERS:
        if curated[name] and contradicts(name, curated[name], fields[name]):
            yield difference(name, curated[name], fields[name])
    if curated["title"] and fields["title"].value:
        if not _similar_titles(curated["title"], fields["title"].value):
            yield difference("title", curated["title"], fields["title"])
    elif enriched.identifier.kind is not IdentifierKind.TRIAL:
        yield from _doubts_without_title(curated, enriched)


def _doubts_without_title(curated: Mapping[str, Any], enriched: EnrichedReference) -> Iterator[str]:
    """Yield reasons for doubt about a publication of which no curated title can be compared."""
    fields = enriched.fields
    first_author = fields["first author"]
    if curated["authors"] and first_author.value:
        if not reconciliation.same_author(curated["authors"][0], first_author.value):
            yield difference("first author", curated["authors"][0], first_author)
    elif min(len(fields["title"].confirmed_by), len(first_author.confirmed_by)) < 2:
        names = " and ".join(record.source for record in enriched.sources)
        yield (
            "neither title nor first author is curated, and two sources must agree on them:"
            f" {names} has {fields['title'].value!r} by {first_author.value}"
        )
    if not _near_years(curated["year"], fields["year"].value):
        yield difference("year", curated["year"], fields["year"])
    if curated["journal"] and contradicts("journal", curated["journal"], fields["journal"]):
        yield difference("journal", curated["journal"], fields["journal"])


def _similar_titles(first: str, second: str) -> bool:
    keys = (reconciliation.comparison_key(text) for text in (first, second))
    return reconciliation.same_title(first, second) or fuzz.ratio(*keys) >= SIMILAR_TITLE


def _near_years(first: int | None, second: int | None) -> bool:
    """Return whether two years may be those of print and of online publication."""
    return first is None or second is None or abs(first - second) <= 1


def contradicts(name: str, curated: Any, reconciled: ReconciledField) -> bool:
    """Return whether no source has the curated value, although some have another."""
    values = reconciled.values_by_source.values()
    return bool(values) and not any(AGREES[name](curated, value) for value in values)


def difference(name: str, curated: Any, reconciled: ReconciledField) -> str:
    """Return a sentence about a curated value and those of the sources."""
    values = "; ".join(
        f"{source}: {reconciliation.display_value(value)}"
        for source, value in reconciled.values_by_source.items()
    )
    return f"{name} is {curated} here, but {values}"
