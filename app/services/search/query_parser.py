"""Query parser: from the typed text to a ParsedQuery, with corrections."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.question_forms import FormMatch, Intent, recognise
from app.domain.search_tuning import (
    EXPLAINED_EFFECT_WEIGHT,
    INTENT_TYPE_BOOSTS,
    LOW_INFORMATION_WORDS,
    QUESTION_WORDS,
    TYPE_WORD_BOOST,
)
from app.domain.text_folding import fold_units
from app.domain.vocabulary import NameField
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.search import name_index, spelling, tokenizer
from app.services.search.name_index import NameMatch
from app.services.search.query import ParsedQuery, QueryTerm
from app.services.search.query_terms import TermBuilder
from app.services.search.tokenizer import Token

MAX_WORDS, MAX_CORRECTED = 24, 6
#: Words of a name that the query may contain.
MAX_NAME_WORDS = 6
#: Consecutive words of the query: first, and end (exclusive).
Run = tuple[int, int]
#: Words that mean a record type. With other words they are not searched, but raise its records.
TYPE_WORDS = {
    word: resource.record_type
    for resource in RESOURCES.values()
    for word in resource.search.type_words
}


def parse_query(session: ReadSession, text: str) -> ParsedQuery:
    """Parse a search query; misspelt words are replaced by the nearest word of the dictionary."""
    first = _parse(session, text)
    if first.corrected:
        wrong = {correction["word"]: correction["instead"] for correction in first.corrected}
        chunks = [wrong.get(_bare(chunk), chunk) for chunk in text.split()]
        reread = _parse(session, " ".join(chunks), correct=False)
        reread.corrected = first.corrected
        return reread
    return first


def _token(chunk: str) -> Token | None:
    return tokenizer.parse_token(fold_units(chunk)[: tokenizer.LONGEST_CHUNK])


def _bare(chunk: str) -> str:
    token = _token(chunk)
    return token.word if token else chunk


def _subject(tokens: Sequence[Token], form_words: set[int]) -> list[int]:
    """Return the positions of the words to search for.

    Words that name a record type, carry little information or are of a question form are left out,
    unless there are no others.
    """
    informative = [at for at, token in enumerate(tokens) if token.terms]
    content = [
        at
        for at in informative
        if tokens[at].word not in LOW_INFORMATION_WORDS and tokens[at].word not in TYPE_WORDS
    ]
    return [at for at in content if at not in form_words] or content or informative


def _set_type_boosts(tokens: Sequence[Token], query: ParsedQuery) -> None:
    """Boost the record types that the words mention, and those that answer the question."""
    boosts = {TYPE_WORDS[o.word]: TYPE_WORD_BOOST for o in tokens if o.word in TYPE_WORDS}
    answers = [INTENT_TYPE_BOOSTS.get(intent, {}) for intent in query.intents]
    for record_type, boost in (pair for types in answers for pair in types.items()):
        boosts[record_type] = max(boost, boosts.get(record_type, 0))
    query.type_boosts = boosts
    query.answer_types = frozenset(record_type for types in answers for record_type in types)


def _grams(keys: Sequence[str]) -> dict[str, Run]:
    """Return the runs of up to MAX_NAME_WORDS words that could be a name, by their key."""
    grams: dict[str, Run] = {}
    for start in range(len(keys)):
        for end in range(start + 1, min(len(keys), start + MAX_NAME_WORDS) + 1):
            key = "".join(keys[start:end])
            if 2 <= len(key) <= 200:
                grams.setdefault(key, (start, end))
    return grams


def _stands_out(match: NameMatch, grams: dict[str, Run]) -> bool:
    """Return whether a match is an identifier among other words, and not just a short number."""
    if match.field is not NameField.IDENTIFIER or match.key not in grams:
        return False
    digits = sum(char.isdigit() for char in match.key)
    return digits >= 5 and (digits < len(match.key) or digits >= 7)


def _known_names(named: Iterable[NameMatch], grams: dict[str, Run]) -> dict[Run, list[int]]:
    """Return the search ids of the entities (tier 0) that runs of words name.

    Of overlapping runs the longest is used.
    """
    runs: dict[Run, list[int]] = {}
    names = (NameField.NAME, NameField.SYNONYM)
    for match in named:
        if match.tier == 0 and match.field in names and match.key in grams:
            runs.setdefault(grams[match.key], []).append(match.text_id)
    accepted: dict[Run, list[int]] = {}
    covered: set[int] = set()
    for start, end in sorted(runs, key=lambda run: (run[0] - run[1], run)):
        if not covered & set(range(start, end)):
            covered |= set(range(start, end))
            accepted[start, end] = runs[start, end]
    return accepted


def _is_meant(chunks: Sequence[str], tokens: Sequence[Token], run: Run) -> bool:
    """Return whether a run is meant as a name: `AN` may be one, the stop word `an` is not."""
    if any(token.terms for token in tokens[run[0] : run[1]]) or run == (0, len(chunks)):
        return True
    return "".join(chunks[run[0] : run[1]]).isupper() and not "".join(chunks).isupper()


def _parse(session: ReadSession, text: str, correct: bool = True) -> ParsedQuery:
    query = ParsedQuery(" ".join(text.split()))
    chunks_and_tokens = [(chunk, token) for chunk in text.split() if (token := _token(chunk))]
    query.ignored = [
        {"word": c[:80], "reason": "too_many"} for c, _ in chunks_and_tokens[MAX_WORDS:]
    ]
    chunks, tokens = (
        [c for c, _ in chunks_and_tokens[:MAX_WORDS]],
        [token for _, token in chunks_and_tokens[:MAX_WORDS]],
    )
    words = {word for token in tokens for word in (token.word, *(part for part, _ in token.parts))}
    forms = recognise([token.word for token in tokens])
    form_words = {at for match in forms for at in match.positions}
    query.intents = tuple(dict.fromkeys(match.form.intent for match in forms))
    query.is_question = "?" in text or bool(words & QUESTION_WORDS) or bool(forms)
    informative = _subject(tokens, form_words)
    if form_words & set(informative):  # there is no other subject: the words are meant as words
        forms = []
    if not set(informative) <= {at for at, o in enumerate(tokens) if o.word in TYPE_WORDS}:
        _set_type_boosts([o for at, o in enumerate(tokens) if at not in form_words], query)
    grams = _grams([token.key for token in tokens])
    content = [o.key for o in tokens if o.terms and o.word not in LOW_INFORMATION_WORDS]
    wholes = {*name_index.lookup_keys(text)}
    if not query.intents:
        wholes.add("".join(content)[:200])
    named = name_index.by_name(session, [*wholes, *grams])
    query.exact_names = [n for n in named if n.key in wholes or _stands_out(n, grams)]
    runs = {
        run: ids
        for run, ids in _known_names(named, grams).items()
        if _is_meant(chunks, tokens, run)
    }
    query.entities = [ids[0] for _, ids in sorted(runs.items())]
    others = name_index.other_names(session, sorted({key for ids in runs.values() for key in ids}))
    aliases = {
        run: list(dict.fromkeys(tokenizer.phrase(name) for key in ids for name in others[key]))
        for run, ids in runs.items()
    }
    builder = TermBuilder(session, tokens, informative, query.is_question)
    meanings = [tokenizer.phrase(text) for match in forms for text in match.form.meanings]
    builder.look_up(
        [*(phrase for phrases in aliases.values() for phrase in phrases), *meanings],
        sorted(form_words),
    )
    query.counts = builder.counts
    _fill(query, builder, aliases, _explained_effect(forms, len(tokens)), correct)
    named_words = {at for start, end in runs for at in range(start, end)}
    _weigh_by_subject(query, builder, forms, named_words)
    used = named_words | form_words
    common = [token for at, token in enumerate(tokens) if at not in informative and at not in used]
    query.ignored = [
        {"word": o.word, "reason": "record_type" if o.word in TYPE_WORDS else "common"}
        for o in common
    ] + query.ignored
    return query


def _explained_effect(forms: Sequence[FormMatch], words: int) -> set[int]:
    """Return the positions after the verb of "how does X relieve Y".

    How a drug acts does not depend on what it is given for, so these words weigh less.
    """
    for match in forms:
        if match.form.intent is Intent.EXPLANATION and match.positions:
            return set(range(max(match.positions) + 1, words))
    return set()


def _weigh_by_subject(
    query: ParsedQuery, builder: TermBuilder, forms: Sequence[FormMatch], named: set[int]
) -> None:
    """Limit the weight of terms that are not of the subject, and add those of question forms."""
    subject = sum(term.weight for term in query.subject)
    if subject:
        most = subject * EXPLAINED_EFFECT_WEIGHT // 100
        query.terms = [
            term if term in query.subject else replace(term, weight=min(term.weight, most))
            for term in query.terms
        ]
    for match in forms:
        if match.form.meanings and subject and not named & set(match.positions):
            term = builder.form_term(match.positions, match.form.meanings)
            if term is not None:
                query.terms.append(replace(term, weight=subject * match.form.weight // 100))


def _fill(
    query: ParsedQuery,
    builder: TermBuilder,
    aliases: dict[Run, list[tuple[str, ...]]],
    secondary: set[int],
    correct: bool,
) -> None:
    """Add terms, corrections and ignored words to a query, in the order of its words.

    Terms at the positions `secondary` are not of the subject.
    """
    starts = dict(aliases.keys())
    keys = {named.key for named in query.exact_names}
    at = 0
    while at < len(builder.tokens):
        token, end = builder.tokens[at], starts.get(at, at + 1)
        query_term = None
        if at in starts:
            query_term = builder.phrase_term(at, end, aliases[at, end])
        elif at in builder.informative:
            query_term = builder.term(token.word, builder.phrases(token))
            if query_term is None and at + 1 in builder.informative and at + 1 not in starts:
                word = token.word + builder.tokens[at + 1].word
                if joined := builder.term(word, [([builder.compound_term(at)], 100)]):
                    query_term, end = joined, at + 2
        if at in starts or at in builder.informative:
            if query_term is not None:
                query.terms.append(query_term)
            if query_term is not None and at not in secondary:
                query.subject.append(query_term)
            if (
                correct
                and len(query.corrected) < MAX_CORRECTED
                and (right := _correction(builder, token, query_term))
            ):
                query.corrected.append({"word": token.word, "instead": right})
            elif query_term is None and not {token.word, token.key} & keys:
                query.ignored.append({"word": token.word, "reason": "unknown"})
        at = end


def _correction(builder: TermBuilder, token: Token, query_term: QueryTerm | None) -> str | None:
    """Return the correction of a word that is not in the dictionary; None if there is none."""
    if (
        token.word in builder.known_words
        or len(token.parts) != 1
        or (query_term and query_term.text != token.word)
    ):
        return None
    if len(builder.looked_up) == MAX_CORRECTED:
        return None
    builder.looked_up.append(token.word)
    suggestion = spelling.nearest_word(builder.session, token.word)
    if (
        query_term is not None
        and suggestion is not None
        and tokenizer.stem(suggestion) != token.term
    ):
        return None
    return suggestion
