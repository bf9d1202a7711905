"""Autocomplete: suggestions for a search box while a name is being typed.

Names that begin with the text come first, then names with its words in any place, and, if there is
neither, names that it nearly matches.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json
from sqlalchemy import and_, false, or_, select, true

from app import models as m
from app.domain.pasted_text import plain_text
from app.domain.text_folding import alphanumeric_key, name_key
from app.domain.vocabulary import NameField
from app.kit.declarations import SUGGEST_TIERS
from app.kit.prepared_statements import PreparedStatement
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.search import fulltext, index_entry, name_index, spelling, tokenizer
from app.services.search.index_entry import ResultTexts
from app.services.search.name_index import NameMatch

#: Names fetched per suggest tier before the best are chosen; a record may have several names.
CANDIDATES = (400, 60, 60)
#: Records fetched by words in their names.
WORD_CANDIDATES = 200
#: Dictionary words that complete a typed word.
COMPLETIONS = 60
#: Names fetched per suggest tier to compare a mistyped text with.
FUZZY_CANDIDATES = (600, 200, 100)
MOST_WORDS = 8
_FIELD_ORDER = {field: number for number, field in enumerate(NameField)}

_COMPLETIONS = PreparedStatement(
    lambda first, last, limit: (
        select(m.SearchWord.word, m.SearchWord.term)
        .where(m.SearchWord.word.between(first, last))
        .order_by(m.SearchWord.word)
        .limit(limit)
    )
)
_KINDS = PreparedStatement(
    lambda ids: select(m.Document.id, m.Document.body).where(m.Document.id.in_(ids))
)


@dataclass(frozen=True)
class NameSuggestion:
    """A record and the name of it that matches the typed text.

    Args:
        text_id: Search id of the record.
        quality: 0 if the whole name matches, 1 its beginning or its words, 2 if it is only similar.
        tier: Suggest tier of the record's collection.
        field: Which name of the record matches.
        text: The name.
        key: Key of the beginning that matches; "" if other parts match.
        terms: Terms of the words that match.
    """

    text_id: int
    quality: int
    tier: int
    field: NameField
    text: str
    key: str = ""
    terms: frozenset[str] = frozenset()

    @property
    def order(self) -> tuple[Any, ...]:
        """Sort key: entities before claims, names before identifiers, short names first."""
        field, length = _FIELD_ORDER[self.field], len(self.text)
        return self.quality, self.tier, bool(self.terms), field, length, self.text, self.text_id

    @property
    def ranges(self) -> list[list[int]]:
        """Positions of what matches in the name, as [start, end)."""
        if self.terms:
            return [list(span) for span in tokenizer.spans(self.text, self.terms)]
        return _ranges_of_key(self.text, self.key) if self.key else []


def suggest(
    session: ReadSession, typed: str, types: Sequence[str], limit: int
) -> list[dict[str, Any]]:
    """Return suggestions, each record once, with its best matching name.

    Args:
        session: The transaction to read in.
        typed: Beginning of a name or identifier, or words of a name; if empty, an example of each
            collection is suggested.
        types: Record types to include; all if empty.
        limit: Maximum number of suggestions.
    """
    text = plain_text(typed)
    ranges = sorted(index_entry.id_range(record_type) for record_type in set(types))
    if not typed.strip():
        return _render(session, _examples(session, ranges, types, limit))
    if not name_key(text):
        return []
    matches = _by_beginning(session, text, ranges, limit)
    # A match of words comes after each match of a beginning in the same tier.
    last = matches[-1] if len(matches) == limit else None
    if last is None or (last.quality and last.tier):
        tiers = SUGGEST_TIERS[: last.tier] if last else SUGGEST_TIERS
        matches += _by_words(session, text, ranges, tiers)
    if not matches:
        matches = [*_by_corrected_words(session, text, ranges), *_similar(session, text, ranges)]
    best: dict[int, NameSuggestion] = {}
    for match in sorted(matches, key=lambda match: match.order):
        best.setdefault(match.text_id, match)
    return _render(session, list(best.values())[:limit])


def _by_beginning(
    session: ReadSession, text: str, ranges: Sequence[tuple[int, int]], limit: int
) -> list[NameSuggestion]:
    """Return the first `limit` records with a name that begins with the text, in their order."""
    key = name_key(text)[:200]
    matches = name_index.by_prefix(session, key, CANDIDATES, ranges)
    best: dict[int, NameMatch] = {}
    for match in sorted(matches, key=lambda match: _order_of_beginning(match, key)):
        if len(best) == limit:
            break
        best.setdefault(match.text_id, match)
    return [
        NameSuggestion(
            match.text_id, int(match.key != key), match.tier, match.field, match.text, key=key
        )
        for match in best.values()
    ]


def _order_of_beginning(match: NameMatch, key: str) -> tuple[Any, ...]:
    """Return the order of the suggestion of a match, before it is made."""
    field, length = _FIELD_ORDER[match.field], len(match.text)
    return match.key != key, match.tier, field, length, match.text, match.text_id


def _ranges_of_key(text: str, key: str) -> list[list[int]]:
    """Return the position of the characters of a name that a key stands for; empty if unknown."""
    bare = alphanumeric_key(key)
    for start in dict.fromkeys((0, text.find(":") + 1)):
        for end in range(start + 1, len(text) + 1):
            part = alphanumeric_key(text[start:end])
            if part == bare:
                return [[start, end]]
            if not bare.startswith(part):
                break
    return []


def _by_words(
    session: ReadSession,
    text: str,
    ranges: Sequence[tuple[int, int]],
    tiers: Collection[int] = SUGGEST_TIERS,
    quality: int = 1,
) -> list[NameSuggestion]:
    """Return the records with a name that has all words of the text, or words that begin so.

    Args:
        session: The transaction to read in.
        text: The words.
        ranges: Ranges of search ids (first, end) to include; all if empty.
        tiers: Suggest tiers to include.
        quality: Quality of the suggestions.
    """
    words = [token.word for token in tokenizer.tokenize(text)][:MOST_WORDS]
    choices = [_terms(session, word) for word in words]
    if not choices or not all(choices):
        return []
    phrases = [[(term,) for term in sorted(terms)] for terms in choices]
    queries = [
        fulltext.CandidateQuery(phrases, first, end, WORD_CANDIDATES, 0, in_names=True)
        for first, end in ranges or [index_entry.EVERY_ID]
    ]
    ids = [
        row[0]
        for row in fulltext.fetch(session, queries, "t.id")
        if _tier(index_entry.type_of(row[0])) in tiers
    ]
    texts = index_entry.result_texts(session, ids)
    suggestions = (_matching_name(key, texts[key], choices, quality) for key in ids)
    return [suggestion for suggestion in suggestions if suggestion]


def _tier(record_type: str) -> int:
    return RESOURCES.by_record_type[record_type].search.suggest_tier


def _terms(session: ReadSession, word: str) -> set[str]:
    """Return the indexed terms of a word, and those of the words that it begins."""
    terms = {tokenizer.stem(word)} - {""}
    if len(word) > 1 and word.isascii() and word.isalpha():
        # "{" follows "z" in ASCII: the range holds every word that begins with `word`.
        rows = _COMPLETIONS.rows(session, first=word, last=word + "{", limit=COMPLETIONS)
        terms |= {term for _, term in rows if term}
    return terms


def _matching_name(
    text_id: int, texts: ResultTexts, choices: Sequence[set[str]], quality: int
) -> NameSuggestion | None:
    """Return the first name of a record that has a term of each choice."""
    for (field, text), line in zip(texts.texts, texts.names.split("\n"), strict=False):
        if field not in index_entry.NAME_FIELDS:
            break  # the line has terms of the slug
        terms = line.split()
        if all(not choice.isdisjoint(terms) for choice in choices):
            all_terms = frozenset().union(*choices)
            tier = _tier(index_entry.type_of(text_id))
            return NameSuggestion(text_id, quality, tier, NameField(field), text, terms=all_terms)
    return None


def _by_corrected_words(
    session: ReadSession, text: str, ranges: Sequence[tuple[int, int]]
) -> list[NameSuggestion]:
    words = [token.word for token in tokenizer.tokenize(text)][:MOST_WORDS]
    corrected = [spelling.nearest_word(session, word) or word for word in words]
    return _by_words(session, " ".join(corrected), ranges, quality=2) if corrected != words else []


def _similar(
    session: ReadSession, text: str, ranges: Sequence[tuple[int, int]]
) -> list[NameSuggestion]:
    """Return names whose beginning differs from the text by a letter or two."""
    from rapidfuzz.distance import OSA

    key = alphanumeric_key(text)[:200]
    limit = spelling.max_edits(key)
    if not limit:
        return []
    suggestions = []
    for match in name_index.by_prefix(session, key[:1], FUZZY_CANDIDATES, ranges):
        starts = {match.key[: len(key) + by] for by in range(-limit, limit + 1)}
        if any(OSA.distance(key, start, score_cutoff=limit) <= limit for start in starts):
            suggestions.append(
                NameSuggestion(match.text_id, 2, match.tier, match.field, match.text)
            )
    return suggestions


def _examples(
    session: ReadSession, ranges: Sequence[tuple[int, int]], types: Sequence[str], limit: int
) -> list[NameSuggestion]:
    """Return the example of each collection, then the first records."""
    resources = [r for r in RESOURCES.values() if not types or r.record_type in types]
    named = [r for r in resources if r.example]
    addresses = [and_(m.Record.type == r.record_type, m.Record.slug == r.example) for r in named]
    stmt = select(m.Record.type, m.Record.id).where(or_(false(), *addresses))
    examples = {kind: index_entry.search_id(kind, key) for kind, key in session.execute(stmt)}
    ids = [examples[r.record_type] for r in named if r.record_type in examples]
    within = [m.SearchText.id.between(first, end - 1) for first, end in ranges]
    first = select(m.SearchText.id).where(or_(*within) if within else true())
    ids += session.execute(first.order_by(m.SearchText.id).limit(limit)).scalars()
    chosen = list(dict.fromkeys(ids))[:limit]
    texts = index_entry.result_texts(session, chosen)
    return [
        NameSuggestion(key, 0, 0, NameField.NAME, texts[key].name) for key in chosen if key in texts
    ]


def _render(session: ReadSession, suggestions: Sequence[NameSuggestion]) -> list[dict[str, Any]]:
    ids = [suggestion.text_id for suggestion in suggestions]
    labels, kinds = index_entry.slugs_and_names(session, ids), _kinds(session, ids)
    return [
        _rendered(suggestion, *labels[suggestion.text_id], kinds.get(suggestion.text_id))
        for suggestion in suggestions
        if suggestion.text_id in labels
    ]


def _rendered(suggestion: NameSuggestion, slug: str, name: str, kind: str | None) -> dict[str, Any]:
    record_type = index_entry.type_of(suggestion.text_id)
    return {
        "type": record_type,
        "slug": slug,
        "name": name,
        "url": f"/v1/{RESOURCES.by_record_type[record_type].name}/{slug}",
        "kind": kind,
        "field": suggestion.field,
        "text": suggestion.text,
        "ranges": suggestion.ranges,
    }


def _kinds(session: ReadSession, ids: Iterable[int]) -> dict[int, str | None]:
    """Return the `kind` of records, for those that have one, by search id."""
    with_kind = {
        index_entry.record_id(key): key
        for key in ids
        if "kind" in RESOURCES.by_record_type[index_entry.type_of(key)].mapping.by_name
    }
    rows = _KINDS.rows(session, ids=list(with_kind)) if with_kind else []
    return {with_kind[key]: from_json(body)["kind"] for key, body in rows}
