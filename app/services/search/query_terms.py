"""Query terms: variants, counts and weights from the index."""

from collections.abc import Iterable, Sequence
from functools import cache
from math import log2

from sqlalchemy import String, literal, select, union_all

from app import models as m
from app.domain.search_tuning import (
    NUMBER_WEIGHT,
    OTHER_WORD_WEIGHT,
    SYNONYM_WEIGHT,
    SYNONYMS,
    UNIT_WORDS,
)
from app.kit.prepared_statements import PreparedStatement
from app.kit.sessions import ReadSession
from app.services.search import tokenizer
from app.services.search.query import QueryTerm, TermVariant
from app.services.search.tokenizer import Token

#: What is held by more records than this, and by one in five, is common.
COMMON_COUNT = 10_000
MIN_WEIGHT = 20
PARTS_WEIGHT, ALIAS_WEIGHT, PARTIAL_PHRASE_WEIGHT = 80, 90, 50
#: The term that every record holds: its counts are how many records there are.
ALL_RECORDS = ""
_KNOWN = PreparedStatement(
    lambda terms, words: union_all(
        select(m.SearchTerm.term, m.SearchTerm.type.cast(String), m.SearchTerm.count).where(
            m.SearchTerm.term.in_(terms)
        ),
        select(m.SearchWord.word, literal(""), literal(0)).where(m.SearchWord.word.in_(words)),
    )
)


@cache
def _synonyms() -> dict[str, list[tuple[str, ...]]]:
    return {
        tokenizer.stem(w): [tokenizer.phrase(o) for o in others] for w, others in SYNONYMS.items()
    }


def _known(
    session: ReadSession, terms: set[str], spelt: set[str]
) -> tuple[dict[str, dict[str, int]], set[str]]:
    """How many records of each noun hold each term, and which words the dictionary has."""
    parameters = {"terms": sorted(terms | {ALL_RECORDS}), "words": sorted(spelt | {ALL_RECORDS})}
    counts: dict[str, dict[str, int]] = {}
    known_words = set()
    for text, kind, count in _KNOWN.rows(session, **parameters):
        if kind:
            counts.setdefault(text, {})[kind] = count
        else:
            known_words.add(text)
    return counts, known_words


class TermBuilder:
    """One pass over the pieces of a question, with what the store knows of them."""

    def __init__(
        self,
        session: ReadSession,
        pieces: Sequence[Token],
        informative: Sequence[int],
        is_question: bool,
    ) -> None:
        self.session, self.pieces, self.kept, self.asks = session, pieces, informative, is_question
        self.counts: dict[str, dict[str, int]] = {}
        self.spelt: set[str] = set()
        self.looked_up: list[str] = []

    def look_up(self, aliases: Iterable[Sequence[str]]) -> None:
        """Read the counts of every term that may be asked for, and which words are known."""
        terms = {term for phrase in aliases for term in phrase}
        for at in self.kept:
            terms |= set(self.pieces[at].terms)
            terms |= {t for phrase in _synonyms().get(self.pieces[at].term, []) for t in phrase}
            if at + 1 < len(self.pieces):
                terms.add(self.compound_term(at))
        plain = {self.pieces[at].word for at in self.kept}
        self.counts, self.spelt = _known(self.session, terms, plain)

    def compound_term(self, at: int) -> str:
        """The term of a piece and the next as one word."""
        return tokenizer.stem(self.pieces[at].word + self.pieces[at + 1].word)

    def record_count(self, phrase: Sequence[str]) -> int:
        """At most so many records hold all of a phrase."""
        return min(sum(self.counts.get(term, {}).values()) for term in phrase)

    def weight(self, choices: Sequence[TermVariant], text: str, is_thing: bool) -> int:
        """By how few records hold it; where one asks, by what sort of word it is too."""
        count = max(1, self.record_count(choices[0].phrase))
        weight = max(MIN_WEIGHT, round(100 * log2(1 + self.record_count([ALL_RECORDS]) / count)))
        if not self.asks or is_thing:
            return weight
        figure = text in UNIT_WORDS or not any(char.isalpha() for char in text.replace("d", ""))
        return weight * (NUMBER_WEIGHT if figure else OTHER_WORD_WEIGHT) // 100

    def term(
        self, text: str, variants: Iterable[tuple[Sequence[str], int]], is_thing: bool = False
    ) -> QueryTerm | None:
        """The ways that some record may hold; None where there is none."""
        by_phrase: dict[tuple[str, ...], int] = {}
        for phrase, worth in variants:
            if all(phrase) and phrase and self.record_count(phrase):
                by_phrase.setdefault(tuple(phrase), worth)
        choices = tuple(TermVariant(phrase, worth) for phrase, worth in by_phrase.items())
        if not choices:
            return None
        weight = self.weight(choices, text, is_thing)
        total = self.record_count([ALL_RECORDS])
        common = self.record_count(choices[0].phrase) > max(COMMON_COUNT, total // 5)
        count = min(total, sum(self.record_count(choice.phrase) for choice in choices))
        return QueryTerm(text, choices, weight, count, total, common)

    def phrase_term(
        self, start: int, end: int, aliases: Sequence[Sequence[str]]
    ) -> QueryTerm | None:
        """The unit of a run of words that names a thing."""
        run = self.pieces[start:end]
        text = " ".join(token.chunk for token in run)
        if len(run) == 1:
            variants = self.variants(run[0])
        else:
            phrase = [*tokenizer.phrase(text)]
            variants = [(phrase, 100)]
            if rare := sorted(
                (t for t in phrase if self.record_count([t])), key=lambda t: self.record_count([t])
            ):
                variants.append(([rare[0]], PARTIAL_PHRASE_WEIGHT))
        return self.term(
            text, [variants[0], *((a, ALIAS_WEIGHT) for a in aliases), *variants[1:]], True
        )

    @staticmethod
    def variants(token: Token) -> list[tuple[Sequence[str], int]]:
        """Whole, in parts, and by words of like meaning."""
        parts = [term for _, term in token.parts if term]
        variants: list[tuple[Sequence[str], int]] = [([token.term] if token.term else parts, 100)]
        if len(token.parts) > 1:
            variants.append((parts, PARTS_WEIGHT))
        return variants + [(phrase, SYNONYM_WEIGHT) for phrase in _synonyms().get(token.term, [])]
