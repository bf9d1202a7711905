"""Questions: what somebody typed, read as units that a record may hold in one way or another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import log2

from sqlalchemy import String, literal, select, union_all

from app import models as m
from app.domain.asking import ALSO, ALSO_WORTH, ASKS, FIGURES, NOUNS, OTHER_WORDS, PALE, UNITS
from app.domain.text import fold_units, squeeze
from app.domain.vocabulary import NameField, RecordType
from app.kit.sessions import ReadSession
from app.services.search import naming, spelling, words
from app.services.search.naming import Named
from app.services.search.words import Piece

MOST_WORDS = 24
LONGEST_NAME = 6
MANY = 10_000
PARTS_WORTH, ALIAS_WORTH, PART_OF_RUN_WORTH = 80, 90, 50
#: The term that every record holds: its counts are how many records there are.
EVERY = ""


@dataclass(frozen=True)
class Choice:
    """One way to hold a unit: all of these terms, worth so many per cent."""

    phrase: tuple[str, ...]
    worth: int


@dataclass(frozen=True)
class Unit:
    """One thing that was asked for, with the ways to hold it, and its weight: rare ones weigh."""

    asked: str
    choices: tuple[Choice, ...]
    weight: int
    common: bool  # one record in five holds it, and thousands do


@dataclass
class Question:
    """What was asked, as it is searched."""

    text: str
    units: list[Unit] = field(default_factory=list)
    whole: list[Named] = field(default_factory=list)
    corrected: list[dict[str, str]] = field(default_factory=list)
    ignored: list[dict[str, str]] = field(default_factory=list)
    asks: bool = False
    nouns: frozenset[RecordType] = frozenset()
    counts: dict[str, dict[str, int]] = field(default_factory=dict)


def understand(session: ReadSession, text: str) -> Question:
    """The question, with misspelt words put right where a word of the dictionary is near."""
    first = _read(session, text)
    if first.corrected:
        wrong = {one["word"]: one["instead"] for one in first.corrected}
        chunks = [wrong.get(_bare(chunk), chunk) for chunk in text.split()]
        again = _read(session, " ".join(chunks), correct=False)
        again.corrected = first.corrected
        return again
    return first


def _bare(chunk: str) -> str:
    found = words.piece(fold_units(chunk)) if chunk else None
    return found.word if found else chunk


def _subject(pieces: Sequence[Piece], question: Question) -> list[int]:
    """Which pieces are looked for: not those that only say which noun, or that one looks."""
    kept = [at for at, one in enumerate(pieces) if one.terms]
    bright = [at for at in kept if pieces[at].word not in PALE and pieces[at].word not in NOUNS]
    if bright:
        question.nouns = frozenset(NOUNS[o.word] for o in pieces if o.word in NOUNS)
    return bright or kept


def _grams(chunks: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Key → where it stands, for every run of a few words that could be a name."""
    keys = [squeeze(chunk) for chunk in chunks]
    found: dict[str, tuple[int, int]] = {}
    for start in range(len(keys)):
        for end in range(start + 1, min(len(keys), start + LONGEST_NAME) + 1):
            key = "".join(keys[start:end])
            if 2 <= len(key) <= 200:
                found.setdefault(key, (start, end))
    return found


def _stands_out(one: Named, grams: dict[str, tuple[int, int]]) -> bool:
    """An identifier amid other words, such as a trial's number, that is no plain figure."""
    if one.field is not NameField.IDENTIFIER or one.key not in grams:
        return False
    digits = sum(char.isdigit() for char in one.key)
    return digits >= 5 and (digits < len(one.key) or digits >= 7)


def _runs(
    named: Iterable[Named], grams: dict[str, tuple[int, int]]
) -> dict[tuple[int, int], list[int]]:
    """The things of tier 0 that runs of words name; of runs that overlap, the longest."""
    found: dict[tuple[int, int], list[int]] = {}
    names = (NameField.NAME, NameField.SYNONYM)
    for one in named:
        if one.tier == 0 and one.field in names and one.key in grams:
            found.setdefault(grams[one.key], []).append(one.text_id)
    kept: dict[tuple[int, int], list[int]] = {}
    taken: set[int] = set()
    for start, end in sorted(found, key=lambda run: (run[0] - run[1], run)):
        if not taken & set(range(start, end)):
            taken |= set(range(start, end))
            kept[start, end] = found[start, end]
    return kept


def _is_meant(chunks: Sequence[str], pieces: Sequence[Piece], run: tuple[int, int]) -> bool:
    """Whether a run of common words alone, such as `an`, is meant as the name that it is."""
    if any(one.terms for one in pieces[run[0] : run[1]]) or run == (0, len(chunks)):
        return True
    return "".join(chunks[run[0] : run[1]]).isupper() and not "".join(chunks).isupper()


@cache
def _also() -> dict[str, list[tuple[str, ...]]]:
    return {words.term_of(w): [words.phrase(o) for o in others] for w, others in ALSO.items()}


def _known(
    session: ReadSession, terms: set[str], spelt: set[str]
) -> tuple[dict[str, dict[str, int]], set[str]]:
    """How many records of each noun hold each term, and which words the dictionary has."""
    counted = select(m.SearchTerm.term, m.SearchTerm.type.cast(String), m.SearchTerm.count)
    listed = select(m.SearchWord.word, literal(""), literal(0))
    both = union_all(
        counted.where(m.SearchTerm.term.in_(sorted(terms | {EVERY}))),
        listed.where(m.SearchWord.word.in_(sorted(spelt))),
    )
    counts: dict[str, dict[str, int]] = {}
    there = set()
    for text, kind, count in session.execute(both):
        if kind:
            counts.setdefault(text, {})[kind] = count
        else:
            there.add(text)
    return counts, there


class _Reading:
    """One pass over the pieces of a question, with what the store knows of them."""

    def __init__(
        self, session: ReadSession, pieces: Sequence[Piece], kept: Sequence[int], asks: bool
    ) -> None:
        self.session, self.pieces, self.kept, self.asks = session, pieces, kept, asks
        self.counts: dict[str, dict[str, int]] = {}
        self.spelt: set[str] = set()

    def look_up(self, aliases: Iterable[Sequence[str]]) -> None:
        terms = {term for phrase in aliases for term in phrase}
        for at in self.kept:
            terms |= set(self.pieces[at].terms)
            terms |= {t for phrase in _also().get(self.pieces[at].term, []) for t in phrase}
            if at + 1 < len(self.pieces):
                terms.add(self.joined(at))
        plain = {self.pieces[at].word for at in self.kept}
        self.counts, self.spelt = _known(self.session, terms, plain)

    def joined(self, at: int) -> str:
        return words.term_of(self.pieces[at].word + self.pieces[at + 1].word)

    def held(self, phrase: Sequence[str]) -> int:
        """At most so many records hold all of a phrase."""
        return min(sum(self.counts.get(term, {}).values()) for term in phrase)

    def weight(self, choices: Sequence[Choice], asked: str, is_thing: bool) -> int:
        """By how few records hold it; where one asks, by what sort of word it is too."""
        held = max(1, self.held(choices[0].phrase))
        weight = max(20, round(100 * log2(1 + self.held([EVERY]) / held)))
        if not self.asks or is_thing:
            return weight
        figure = asked in UNITS or not any(char.isalpha() for char in asked.replace("d", ""))
        return weight * (FIGURES if figure else OTHER_WORDS) // 100

    def unit(
        self, asked: str, ways: Iterable[tuple[Sequence[str], int]], is_thing: bool = False
    ) -> Unit | None:
        """The ways that some record may hold; None where there is none."""
        found: dict[tuple[str, ...], int] = {}
        for phrase, worth in ways:
            if phrase and self.held(phrase):
                found.setdefault(tuple(phrase), worth)
        choices = tuple(Choice(phrase, worth) for phrase, worth in found.items())
        if not choices:
            return None
        weight = self.weight(choices, asked, is_thing)
        common = self.held(choices[0].phrase) > max(MANY, self.held([EVERY]) // 5)
        return Unit(asked, choices, weight, common)

    def of_run(self, start: int, end: int, aliases: Sequence[Sequence[str]]) -> Unit | None:
        """The unit of a run of words that names a thing."""
        run = self.pieces[start:end]
        asked = " ".join(one.chunk for one in run)
        if len(run) == 1:
            own = self.ways(run[0])
        else:
            phrase = [*words.phrase(asked)]
            own = [(phrase, 100)]
            if rare := sorted((t for t in phrase if self.held([t])), key=lambda t: self.held([t])):
                own.append(([rare[0]], PART_OF_RUN_WORTH))
        return self.unit(asked, [own[0], *((a, ALIAS_WORTH) for a in aliases), *own[1:]], True)

    @staticmethod
    def ways(one: Piece) -> list[tuple[Sequence[str], int]]:
        parts = [term for _, term in one.parts if term]
        ways: list[tuple[Sequence[str], int]] = [([one.term] if one.term else parts, 100)]
        if len(one.parts) > 1:
            ways.append((parts, PARTS_WORTH))
        return ways + [(phrase, ALSO_WORTH) for phrase in _also().get(one.term, [])]


def _read(session: ReadSession, text: str, correct: bool = True) -> Question:
    chunks = [chunk for chunk in text.split() if squeeze(chunk)]
    question = Question(" ".join(text.split()))
    if len(chunks) > MOST_WORDS:
        question.ignored = [{"word": c[:80], "reason": "too_many"} for c in chunks[MOST_WORDS:]]
        chunks = chunks[:MOST_WORDS]
    pieces = [found for chunk in chunks if (found := words.piece(fold_units(chunk)))]
    said = {word for one in pieces for word in (one.word, *(part for part, _ in one.parts))}
    question.asks = "?" in text or bool(said & ASKS)
    kept = _subject(pieces, question)
    grams = _grams(chunks)
    content = [o.key for o in pieces if o.terms and o.word not in PALE]
    wholes = {*naming.keys_of(text), "".join(content)[:200]}
    named = naming.bearing(session, [*wholes, *grams])
    question.whole = [n for n in named if n.key in wholes or _stands_out(n, grams)]
    runs = {run: ids for run, ids in _runs(named, grams).items() if _is_meant(chunks, pieces, run)}
    others = naming.other_names(session, sorted({key for ids in runs.values() for key in ids}))
    aliases = {
        run: list(dict.fromkeys(words.phrase(name) for key in ids for name in others[key]))
        for run, ids in runs.items()
    }
    reading = _Reading(session, pieces, kept, question.asks)
    reading.look_up(phrase for phrases in aliases.values() for phrase in phrases)
    question.counts = reading.counts
    _fill(question, reading, aliases, correct)
    used = {at for start, end in runs for at in range(start, end)}
    common = [one for at, one in enumerate(pieces) if at not in kept and at not in used]
    question.ignored = [
        {"word": o.word, "reason": "noun" if o.word in NOUNS else "common"} for o in common
    ] + question.ignored
    return question


def _fill(
    question: Question,
    reading: _Reading,
    aliases: dict[tuple[int, int], list[tuple[str, ...]]],
    correct: bool,
) -> None:
    """The units of a question, and the words that had to be put right or left out."""
    starts = dict(aliases.keys())
    found = {named.key for named in question.whole}
    at = 0
    while at < len(reading.pieces):
        one, end = reading.pieces[at], starts.get(at, at + 1)
        unit = None
        if at in starts:
            unit = reading.of_run(at, end, aliases[at, end])
        elif at in reading.kept:
            unit = reading.unit(one.word, reading.ways(one))
            if unit is None and at + 1 < len(reading.pieces) and reading.held([reading.joined(at)]):
                word, end = one.word + reading.pieces[at + 1].word, at + 2
                unit = reading.unit(word, [([reading.joined(at)], 100)])
        if at in starts or at in reading.kept:
            if unit is not None:
                question.units.append(unit)
            if correct and (right := _right(reading, one, unit)):
                question.corrected.append({"word": one.word, "instead": right})
            elif unit is None and not {one.word, one.key} & found:
                question.ignored.append({"word": one.word, "reason": "unknown"})
        at = end


def _right(reading: _Reading, one: Piece, unit: Unit | None) -> str | None:
    """The word that was meant, of one that the dictionary has not."""
    if one.word in reading.spelt or len(one.parts) != 1 or (unit and unit.asked != one.word):
        return None
    near = spelling.nearest(reading.session, one.word)
    if unit is not None and near is not None and words.term_of(near) != one.term:
        return None
    return near
