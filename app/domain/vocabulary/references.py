"""Vocabularies of references."""

from enum import StrEnum


class ReferenceKind(StrEnum):
    """Type of publication."""

    ARTICLE = "article"
    PREPRINT = "preprint"
    GUIDELINE = "guideline"
    LABEL = "label"
    REGULATOR = "regulator"
    DATABASE = "database"
    CONFERENCE = "conference"
    BOOK = "book"
    WEB = "web"


class Retraction(StrEnum):
    """Retraction status; `not_checked` until it was looked up."""

    NOT_CHECKED = "not_checked"
    NONE_KNOWN = "none_known"
    CORRECTED = "corrected"
    CONCERN = "concern"
    RETRACTED = "retracted"
