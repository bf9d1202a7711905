"""Vocabularies that records of several collections share."""

from app.domain.vocabulary.base import Vocabulary


class XrefRelation(Vocabulary):
    """How the object behind an identifier relates to the record (SKOS mapping relations)."""

    EXACT = "exact", "Exact match", "The identifier denotes the same thing (skos:exactMatch)."
    CLOSE = (
        "close",
        "Close match",
        "The identifier denotes nearly the same thing (skos:closeMatch).",
    )
    BROADER = (
        "broader",
        "Broader match",
        "The identifier denotes something more general (skos:broadMatch).",
    )
    NARROWER = (
        "narrower",
        "Narrower match",
        "The identifier denotes something more specific (skos:narrowMatch).",
    )
    RELATED = (
        "related",
        "Related match",
        "The identifier denotes something associated (skos:relatedMatch).",
    )


class NameField(Vocabulary):
    """Which field a name comes from; a related identifier names something similar."""

    NAME = "name", "Name", "Display name of the record."
    SYNONYM = "synonym", "Synonym", "Alternative name of the record."
    TITLE = "title", "Title", "Title of a publication."
    SLUG = "slug", "Slug", "Slug of the record."
    IDENTIFIER = "identifier", "Identifier", "Identifier of the same thing in another database."
    RELATED_IDENTIFIER = (
        "related_identifier",
        "Related identifier",
        "Identifier of a broader, narrower or related thing in another database.",
    )


class Confidence(Vocabulary):
    """How well a citation was confirmed; citations of low confidence are not published."""

    HIGH = "high", "High", "Confirmed in full in the source or a bibliographic database."
    MEDIUM = "medium", "Medium", "Confirmed in part."


class DatePrecision(Vocabulary):
    """How much of a date is known."""

    DAY = "day", "Day", "Year, month and day are known."
    MONTH = "month", "Month", "Year and month are known."
    YEAR = "year", "Year", "Only the year is known."
