"""Tokenizer: splits and stems text, the same for the index and for queries.

Terms consist of a-z and 0-9 only, so that the tokenizers of both databases leave them alone: other
letters are written as the hexadecimal of their UTF-8 bytes, and a decimal point as `d`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from Stemmer import Stemmer

from app.domain.search_tuning import STOP_WORDS
from app.domain.text_folding import alphanumeric_key, fold_units

#: Characters of a term.
LONGEST = 80
#: Characters of a chunk (text without spaces) that are read.
LONGEST_CHUNK = 200
#: Entries of the LRU caches, and of the one whose misses are cheap because of the others.
CACHED, CACHED_TOKENS = 1 << 16, 1 << 12
_PART = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+[.,]\d+")
_OWNER = re.compile(r"['’](?:s\b)?")
_CHUNK = re.compile(r"\S+")
_EDGES = ".,;:!?()[]"
#: British spelling to American, for words of six letters and more, before they are stemmed.
_BRITISH = re.compile("ae|oe|our|is|yse|tre$")
_SPELLINGS = (
    (re.compile("ae|oe"), "e"),
    (re.compile(r"our(?=$|s$|ed$|ing$|al$)"), "or"),
    (re.compile(r"is(?=(?:e|es|ed|ing|er|ation|ations)$)"), "iz"),
    (re.compile(r"yse(?=$|d$|s$)"), "yze"),
    (re.compile("tre$"), "ter"),
)


@dataclass(frozen=True)
class Token:
    """A chunk of text between spaces: `5-HT2A` is the word 5ht2a with the parts 5 and ht2a.

    `parts` are (word, term) pairs.
    """

    chunk: str
    word: str
    term: str
    parts: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """Key as part of a whole name."""
        return alphanumeric_key(self.chunk)

    @property
    def words(self) -> list[tuple[str, str]]:
        """Words with their terms: the whole, and its parts if there are several."""
        return [(self.word, self.term), *(self.parts if len(self.parts) > 1 else ())]

    @property
    def terms(self) -> list[str]:
        """Terms that are indexed; none for a stop word."""
        return [term for _, term in self.words if term]


@lru_cache(maxsize=CACHED)
def stem(word: str) -> str:
    """Return the term of one folded word: its stem; empty for a stop word.

    Words with digits are not stemmed.
    """
    word = word[:LONGEST]
    if word in STOP_WORDS:
        return ""
    if not word.isascii():
        return f"u{word.encode().hex()}"[:LONGEST]
    if not word.isalpha() or len(word) < 3:
        return word
    if len(word) >= 6 and _BRITISH.search(word):
        for british, american in _SPELLINGS:
            word = british.sub(american, word)
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Stemmer:
    return Stemmer("english", 0)  # whose own cache costs more than a stem


@lru_cache(maxsize=CACHED_TOKENS)
def parse_token(chunk: str) -> Token | None:
    """Return the token of one folded chunk; None if it has neither letters nor digits."""
    stripped = _OWNER.sub("", chunk).strip(_EDGES)
    if _NUMBER.fullmatch(stripped):
        number = stripped.replace(",", ".").replace(".", "d")[:LONGEST]
        return Token(chunk, number, number, ())
    parts = _PART.findall(_OWNER.sub("", chunk))
    if not parts:
        return None
    whole = "".join(parts)[:LONGEST]
    if len(parts) == 1:
        return Token(chunk, whole, stem(whole), ((whole, stem(whole)),))
    return Token(chunk, whole, stem(whole), tuple((part, stem(part)) for part in parts))


def tokenize(text: str) -> list[Token]:
    """Split a text at spaces into tokens."""
    cut = (chunk[:LONGEST_CHUNK] for chunk in fold_units(text).split())
    return [token for chunk in cut if (token := parse_token(chunk))]


def _words(chunk: str) -> list[tuple[str, str]]:
    """Return the words of an unfolded chunk with their terms; most chunks are a single word."""
    stripped = chunk[:LONGEST_CHUNK].strip(_EDGES)
    if stripped.isascii() and stripped.isalnum():
        word = stripped.lower()[:LONGEST]
        return [(word, stem(word))]
    return [pair for token in tokenize(chunk) for pair in token.words]


@lru_cache(maxsize=CACHED)
def _terms_line(chunk: str) -> str:
    return " ".join([term for _, term in _words(chunk) if term])


@lru_cache(maxsize=CACHED)
def _terms_in(chunk: str) -> frozenset[str]:
    return frozenset(_terms_line(chunk).split())


def stems_of(chunks: Iterable[str]) -> str:
    """Return the terms of unfolded chunks in their order, separated by single spaces."""
    return " ".join(filter(None, map(_terms_line, chunks)))


def terms(text: str) -> str:
    """Return the terms of a text in their order, separated by single spaces."""
    return stems_of(text.split())


def phrase(text: str) -> tuple[str, ...]:
    """Return the terms of a name: `S-ketamine` as a whole, `low-trapping` in parts.

    Parts such as `S` or `6` match too much when they do not occur together.
    """
    stems = []
    for token in tokenize(text):
        part_terms = [
            term for word, term in token.parts if term and len(word) > 2 and word.isalpha()
        ]
        stems += part_terms if len(part_terms) == len(token.parts) > 1 else [token.term]
    return tuple(term for term in stems if term)


def spans(text: str, terms: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield the positions (start, end) of words with any of the terms."""
    chunks = {chunk for chunk in text.split() if not terms.isdisjoint(_terms_in(chunk))}
    for chunk in _CHUNK.finditer(text) if chunks else ():
        if chunk[0] not in chunks:
            continue
        whole = parse_token(" ".join(fold_units(chunk[0]).split("\n")))
        inner = list(_PART.finditer(chunk[0]))
        if whole is None or not inner:
            continue
        if whole.term in terms:
            start, end = inner[0].start(), inner[-1].end()
            if len(inner) > 1 and chunk[0][end - 2 : end] in ("'s", "’s"):
                end -= 2
            yield chunk.start() + start, chunk.start() + end
            continue
        for part in inner:
            folded = parse_token(fold_units(part[0]))
            if folded is not None and folded.term in terms:
                yield chunk.start() + part.start(), chunk.start() + part.end()


def dictionary(chunks: Iterable[str]) -> dict[str, str]:
    """Return the spelling dictionary of chunks: word → term, of words of a-z only."""
    return {
        word: term
        for chunk in chunks
        if not chunk.isnumeric()
        for word, term in _words(chunk)
        if term and len(word) > 2 and word.isascii() and word.isalpha()
    }
