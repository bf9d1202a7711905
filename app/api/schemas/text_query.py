"""Schemas of how a search text was read."""

from pydantic import Field

from app.domain.question_forms import Intent
from app.resources.base import LazyModel


class CorrectedWord(LazyModel):
    """Spelling correction: a word that no record contains, and its replacement."""

    word: str = Field(description="Text as entered in the request.")
    instead: str = Field(description="Replacement used for the search.")


class IgnoredWord(LazyModel):
    """Word that was not used for the search."""

    word: str = Field(description="Text as entered in the request.")
    reason: str = Field(
        description="common: a stop word; record_type: names a record type, whose records are"
        " ranked first; unknown: occurs in no record and has no similar known word; too_many:"
        " exceeds the maximum number of words."
    )


class QueryInterpretation(LazyModel):
    """Interpretation of a search query."""

    text: str = Field(description="Text as entered in the request.")
    searched_for: str = Field(description="Query used for the search, with spelling corrections.")
    corrected: list[CorrectedWord] = Field(description="Spelling corrections.")
    ignored: list[IgnoredWord] = Field(description="Words not used for the search.")
    relaxed: bool = Field(
        description="Whether matching was relaxed: true if few records contain all words and"
        " records with some of them were added."
    )
    intents: list[Intent] = Field(
        description="What the question asks for besides its subject: explanation (how it works),"
        " mechanism, efficacy, safety, regulation, duration, comparison, evidence_for,"
        " evidence_against, or negative_result (trials that missed their end-point)."
    )
