"""Vocabularies that records of several collections share."""

from enum import StrEnum


class XrefRelation(StrEnum):
    """How the object behind an identifier relates to the record (SKOS mapping relations)."""

    EXACT = "exact"
    CLOSE = "close"
    BROADER = "broader"
    NARROWER = "narrower"
    RELATED = "related"


class NameField(StrEnum):
    """Which field a name comes from; a related identifier names something similar."""

    NAME = "name"
    SYNONYM = "synonym"
    TITLE = "title"
    SLUG = "slug"
    IDENTIFIER = "identifier"
    RELATED_IDENTIFIER = "related_identifier"


class Confidence(StrEnum):
    """How well a citation was confirmed; citations of low confidence are not published."""

    HIGH = "high"
    MEDIUM = "medium"


class DatePrecision(StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
