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
from app.resources import RESOURCES
from app.services.search import tokenizer
from app.services.search.query import QueryTerm, TermVariant
from app.services.search.tokenizer import Token

#: A term is common if more records than this, and more than one in five, contain it.
COMMON_COUNT = 10_000
#: Minimum weight of a term; the weight is 100 · log2(1 + records / matching records),
#: where derived records are not counted.
MIN_WEIGHT = 20
#: Weights of variants in per cent: parts of a compound word, a synonym of a name, the rarest word
#: of a name.
PARTS_WEIGHT, ALIAS_WEIGHT, PARTIAL_PHRASE_WEIGHT = 80, 90, 50
#: Weight of a phrase that stands for a question form.
MEANING_WEIGHT = 100
#: The empty term, which every record contains: its counts are the numbers of records.
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
    """Return the phrases that may stand for a term; words of one stem share their synonyms."""
    synonyms: dict[str, list[tuple[str, ...]]] = {}
    for word, others in SYNONYMS.items():
        phrases = [tokenizer.phrase(other) for other in others]
        synonyms.setdefault(tokenizer.stem(word), []).extend(phrases)
    return synonyms


def _known(
    session: ReadSession, terms: set[str], words: set[str]
) -> tuple[dict[str, dict[str, int]], set[str]]:
    """Return the number of records per term and record type, and the words in the dictionary."""
    parameters = {"terms": sorted(terms | {ALL_RECORDS}), "words": sorted(words | {ALL_RECORDS})}
    counts: dict[str, dict[str, int]] = {}
    known_words = set()
    for text, kind, count in _KNOWN.rows(session, **parameters):
        if kind:
            counts.setdefault(text, {})[kind] = count
        else:
            known_words.add(text)
    return counts, known_words


class TermBuilder:
    """Builds the terms of a query from its tokens and the counts of the index."""

    def __init__(
        self,
        session: ReadSession,
        tokens: Sequence[Token],
        informative: Sequence[int],
        is_question: bool,
    ) -> None:
        """Take the tokens of a query and the positions of those to search for."""
        self.session, self.tokens = session, tokens
        self.informative, self.is_question = informative, is_question
        self.counts: dict[str, dict[str, int]] = {}
        self.known_words: set[str] = set()
        self.looked_up: list[str] = []

    def look_up(self, aliases: Iterable[Sequence[str]], form_words: Iterable[int] = ()) -> None:
        """Read the counts of all terms that a variant may use, and the known words."""
        terms = {term for phrase in aliases for term in phrase}
        for at in [*self.informative, *form_words]:
            terms |= set(self.tokens[at].terms)
            terms |= {t for phrase in _synonyms().get(self.tokens[at].term, []) for t in phrase}
            if at + 1 < len(self.tokens):
                terms.add(self.compound_term(at))
        plain = {self.tokens[at].word for at in self.informative}
        self.counts, self.known_words = _known(self.session, terms, plain)

    def compound_term(self, at: int) -> str:
        """Return the term of a token and the next one, written as one word."""
        return tokenizer.stem(self.tokens[at].word + self.tokens[at + 1].word)

    def record_count(self, phrase: Sequence[str]) -> int:
        """Return an upper bound of the number of records that contain all terms of a phrase."""
        return min(sum(self.counts.get(term, {}).values()) for term in phrase)

    def _original_count(self, phrase: Sequence[str]) -> int:
        """Return the `record_count` without derived records, which repeat the words of others."""
        return min(
            sum(
                count
                for record_type, count in self.counts.get(term, {}).items()
                if not RESOURCES.by_record_type[record_type].derived
            )
            for term in phrase
        )

    def weight(self, variants: Sequence[TermVariant], text: str, is_entity: bool) -> int:
        """Return the weight of a query term: the rarer, the higher.

        In a question, numbers and words that name no entity weigh less.
        """
        count = max(1, self._original_count(variants[0].phrase))
        total = self._original_count([ALL_RECORDS])
        weight = max(MIN_WEIGHT, round(100 * log2(1 + total / count)))
        if not self.is_question or is_entity:
            return weight
        is_number = text in UNIT_WORDS or not any(char.isalpha() for char in text.replace("d", ""))
        return weight * (NUMBER_WEIGHT if is_number else OTHER_WORD_WEIGHT) // 100

    def term(
        self, text: str, phrases: Iterable[tuple[Sequence[str], int]], is_entity: bool = False
    ) -> QueryTerm | None:
        """Return the query term with the variants that some record matches; None if none does."""
        by_phrase: dict[tuple[str, ...], int] = {}
        for phrase, weight in phrases:
            if all(phrase) and phrase and self.record_count(phrase):
                by_phrase.setdefault(tuple(phrase), weight)
        variants = tuple(TermVariant(phrase, weight) for phrase, weight in by_phrase.items())
        if not variants:
            return None
        weight = self.weight(variants, text, is_entity)
        total = self.record_count([ALL_RECORDS])
        common = self.record_count(variants[0].phrase) > max(COMMON_COUNT, total // 5)
        count = min(total, sum(self.record_count(variant.phrase) for variant in variants))
        return QueryTerm(text, variants, weight, count, total, common)

    def phrase_term(
        self, start: int, end: int, aliases: Sequence[Sequence[str]]
    ) -> QueryTerm | None:
        """Return the query term of a run of words that names an entity, with its synonyms."""
        run = self.tokens[start:end]
        text = " ".join(token.chunk for token in run)
        if len(run) == 1:
            phrases = self.phrases(run[0])
        else:
            phrase = [*tokenizer.phrase(text)]
            phrases = [(phrase, 100)]
            if rare := sorted(
                (t for t in phrase if self.record_count([t])), key=lambda t: self.record_count([t])
            ):
                phrases.append(([rare[0]], PARTIAL_PHRASE_WEIGHT))
        return self.term(
            text, [phrases[0], *((a, ALIAS_WEIGHT) for a in aliases), *phrases[1:]], True
        )

    def form_term(self, positions: Sequence[int], meanings: Iterable[str]) -> QueryTerm | None:
        """Return the term of a question form: its words, or a phrase that an answer has."""
        words = [self.tokens[at] for at in positions]
        phrases: list[tuple[Sequence[str], int]] = [([token.term for token in words], 100)]
        if len(words) == 1:
            phrases = self.phrases(words[0])
        meant = [(tokenizer.phrase(text), MEANING_WEIGHT) for text in meanings]
        return self.term(" ".join(token.chunk for token in words), [*phrases[:1], *meant, *phrases])

    @staticmethod
    def phrases(token: Token) -> list[tuple[Sequence[str], int]]:
        """Return the phrases of a token with their weights: whole, in parts, and synonyms."""
        parts = [term for _, term in token.parts if term]
        phrases: list[tuple[Sequence[str], int]] = [([token.term] if token.term else parts, 100)]
        if len(token.parts) > 1:
            phrases.append((parts, PARTS_WEIGHT))
        return phrases + [(phrase, SYNONYM_WEIGHT) for phrase in _synonyms().get(token.term, [])]
