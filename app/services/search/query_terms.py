"""Units: the pieces of a question with what the store knows of them, weighed."""

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
from app.services.search.query import Choice, Unit
from app.services.search.tokenizer import Piece

#: What is held by more records than this, and by one in five, is common.
MANY = 10_000
LIGHTEST = 20
PARTS_WORTH, ALIAS_WORTH, PART_OF_RUN_WORTH = 80, 90, 50
#: The term that every record holds: its counts are how many records there are.
EVERY = ""
_KNOWN = PreparedStatement(
    lambda terms, words: union_all(
        select(m.SearchTerm.term, m.SearchTerm.type.cast(String), m.SearchTerm.count).where(
            m.SearchTerm.term.in_(terms)
        ),
        select(m.SearchWord.word, literal(""), literal(0)).where(m.SearchWord.word.in_(words)),
    )
)


@cache
def _also() -> dict[str, list[tuple[str, ...]]]:
    return {
        tokenizer.term_of(w): [tokenizer.phrase(o) for o in others]
        for w, others in SYNONYMS.items()
    }


def _known(
    session: ReadSession, terms: set[str], spelt: set[str]
) -> tuple[dict[str, dict[str, int]], set[str]]:
    """How many records of each noun hold each term, and which words the dictionary has."""
    asked = {"terms": sorted(terms | {EVERY}), "words": sorted(spelt | {EVERY})}
    counts: dict[str, dict[str, int]] = {}
    there = set()
    for text, kind, count in _KNOWN.rows(session, **asked):
        if kind:
            counts.setdefault(text, {})[kind] = count
        else:
            there.add(text)
    return counts, there


class Units:
    """One pass over the pieces of a question, with what the store knows of them."""

    def __init__(
        self, session: ReadSession, pieces: Sequence[Piece], kept: Sequence[int], asks: bool
    ) -> None:
        self.session, self.pieces, self.kept, self.asks = session, pieces, kept, asks
        self.counts: dict[str, dict[str, int]] = {}
        self.spelt: set[str] = set()
        self.looked_up: list[str] = []

    def look_up(self, aliases: Iterable[Sequence[str]]) -> None:
        """Read the counts of every term that may be asked for, and which words are known."""
        terms = {term for phrase in aliases for term in phrase}
        for at in self.kept:
            terms |= set(self.pieces[at].terms)
            terms |= {t for phrase in _also().get(self.pieces[at].term, []) for t in phrase}
            if at + 1 < len(self.pieces):
                terms.add(self.joined(at))
        plain = {self.pieces[at].word for at in self.kept}
        self.counts, self.spelt = _known(self.session, terms, plain)

    def joined(self, at: int) -> str:
        """The term of a piece and the next as one word."""
        return tokenizer.term_of(self.pieces[at].word + self.pieces[at + 1].word)

    def held(self, phrase: Sequence[str]) -> int:
        """At most so many records hold all of a phrase."""
        return min(sum(self.counts.get(term, {}).values()) for term in phrase)

    def weight(self, choices: Sequence[Choice], asked: str, is_thing: bool) -> int:
        """By how few records hold it; where one asks, by what sort of word it is too."""
        held = max(1, self.held(choices[0].phrase))
        weight = max(LIGHTEST, round(100 * log2(1 + self.held([EVERY]) / held)))
        if not self.asks or is_thing:
            return weight
        figure = asked in UNIT_WORDS or not any(char.isalpha() for char in asked.replace("d", ""))
        return weight * (NUMBER_WEIGHT if figure else OTHER_WORD_WEIGHT) // 100

    def unit(
        self, asked: str, ways: Iterable[tuple[Sequence[str], int]], is_thing: bool = False
    ) -> Unit | None:
        """The ways that some record may hold; None where there is none."""
        found: dict[tuple[str, ...], int] = {}
        for phrase, worth in ways:
            if all(phrase) and phrase and self.held(phrase):
                found.setdefault(tuple(phrase), worth)
        choices = tuple(Choice(phrase, worth) for phrase, worth in found.items())
        if not choices:
            return None
        weight = self.weight(choices, asked, is_thing)
        every = self.held([EVERY])
        common = self.held(choices[0].phrase) > max(MANY, every // 5)
        held = min(every, sum(self.held(choice.phrase) for choice in choices))
        return Unit(asked, choices, weight, held, every, common)

    def of_run(self, start: int, end: int, aliases: Sequence[Sequence[str]]) -> Unit | None:
        """The unit of a run of words that names a thing."""
        run = self.pieces[start:end]
        asked = " ".join(one.chunk for one in run)
        if len(run) == 1:
            own = self.ways(run[0])
        else:
            phrase = [*tokenizer.phrase(asked)]
            own = [(phrase, 100)]
            if rare := sorted((t for t in phrase if self.held([t])), key=lambda t: self.held([t])):
                own.append(([rare[0]], PART_OF_RUN_WORTH))
        return self.unit(asked, [own[0], *((a, ALIAS_WORTH) for a in aliases), *own[1:]], True)

    @staticmethod
    def ways(one: Piece) -> list[tuple[Sequence[str], int]]:
        """Whole, in parts, and by words of like meaning."""
        parts = [term for _, term in one.parts if term]
        ways: list[tuple[Sequence[str], int]] = [([one.term] if one.term else parts, 100)]
        if len(one.parts) > 1:
            ways.append((parts, PARTS_WORTH))
        return ways + [(phrase, SYNONYM_WEIGHT) for phrase in _also().get(one.term, [])]
