"""Vocabularies of references."""

from app.domain.vocabulary.base import Vocabulary


class ReferenceKind(Vocabulary):
    """Type of publication."""

    ARTICLE = "article", "Journal article", "Article in a journal."
    PREPRINT = "preprint", "Preprint", "Manuscript published before peer review."
    GUIDELINE = "guideline", "Guideline", "Recommendations of a professional body."
    LABEL = "label", "Drug label", "Approved product information of a medicine."
    REGULATOR = "regulator", "Regulatory document", "Document of a regulator, such as a review."
    DATABASE = "database", "Database", "Entry of a public database."
    CONFERENCE = "conference", "Conference contribution", "Abstract, poster or talk."
    BOOK = "book", "Book", "Book or book chapter."
    WEB = "web", "Web page", "Page on the web that is none of the others."


class Retraction(Vocabulary):
    """Retraction status; `not_checked` until it was looked up."""

    NOT_CHECKED = "not_checked", "Not checked", "Nobody looked for notices yet."
    NONE_KNOWN = "none_known", "None known", "A search found no notice."
    CORRECTED = "corrected", "Corrected", "A correction or erratum was published."
    CONCERN = "concern", "Expression of concern", "The journal published an expression of concern."
    RETRACTED = "retracted", "Retracted", "The publication was withdrawn."
