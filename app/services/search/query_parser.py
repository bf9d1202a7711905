"""Query parser: from the typed text to a ParsedQuery, with corrections."""

from collections.abc import Iterable, Sequence

from app.domain.search_tuning import LOW_INFORMATION_WORDS, QUESTION_WORDS
from app.domain.text_folding import fold_units
from app.domain.vocabulary import NameField
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.search import name_index, spelling, tokenizer
from app.services.search.name_index import NameMatch
from app.services.search.query import ParsedQuery, QueryTerm
from app.services.search.query_terms import TermBuilder
from app.services.search.tokenizer import Token

MOST_WORDS, MOST_CORRECTED = 24, 6
LONGEST_NAME = 6
Run = tuple[int, int]
#: Words that mean a record type: beside other words they are not searched, but rank it first.
TYPE_WORDS = {
    word: resource.kind for resource in RESOURCES.values() for word in resource.search.type_words
}


def parse_query(session: ReadSession, text: str) -> ParsedQuery:
    """The question, with misspelt words put right where a word of the dictionary is near."""
    first = _read(session, text)
    if first.corrected:
        wrong = {correction["word"]: correction["instead"] for correction in first.corrected}
        chunks = [wrong.get(_bare(chunk), chunk) for chunk in text.split()]
        reread = _read(session, " ".join(chunks), correct=False)
        reread.corrected = first.corrected
        return reread
    return first


def _piece(chunk: str) -> Token | None:
    return tokenizer.piece(fold_units(chunk)[: tokenizer.LONGEST_CHUNK])


def _bare(chunk: str) -> str:
    token = _piece(chunk)
    return token.word if token else chunk


def _subject(pieces: Sequence[Token], question: ParsedQuery) -> list[int]:
    """Which pieces are looked for: not those that only say which noun, or that one looks."""
    informative = [at for at, token in enumerate(pieces) if token.terms]
    bright = [
        at
        for at in informative
        if pieces[at].word not in LOW_INFORMATION_WORDS and pieces[at].word not in TYPE_WORDS
    ]
    if bright:
        question.types = frozenset(TYPE_WORDS[o.word] for o in pieces if o.word in TYPE_WORDS)
    return bright or informative


def _grams(keys: Sequence[str]) -> dict[str, Run]:
    """Key → where it stands, for every run of a few words that could be a name."""
    grams: dict[str, Run] = {}
    for start in range(len(keys)):
        for end in range(start + 1, min(len(keys), start + LONGEST_NAME) + 1):
            key = "".join(keys[start:end])
            if 2 <= len(key) <= 200:
                grams.setdefault(key, (start, end))
    return grams


def _stands_out(match: NameMatch, grams: dict[str, Run]) -> bool:
    """An identifier amid other words, such as a trial's number, that is no plain figure."""
    if match.field is not NameField.IDENTIFIER or match.key not in grams:
        return False
    digits = sum(char.isdigit() for char in match.key)
    return digits >= 5 and (digits < len(match.key) or digits >= 7)


def _known_names(named: Iterable[NameMatch], grams: dict[str, Run]) -> dict[Run, list[int]]:
    """The things of tier 0 that runs of words name; of runs that overlap, the longest."""
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


def _is_meant(chunks: Sequence[str], pieces: Sequence[Token], run: Run) -> bool:
    """Whether a run of common words alone, such as `an`, is meant as the name that it is."""
    if any(token.terms for token in pieces[run[0] : run[1]]) or run == (0, len(chunks)):
        return True
    return "".join(chunks[run[0] : run[1]]).isupper() and not "".join(chunks).isupper()


def _read(session: ReadSession, text: str, correct: bool = True) -> ParsedQuery:
    question = ParsedQuery(" ".join(text.split()))
    cut = [(chunk, token) for chunk in text.split() if (token := _piece(chunk))]
    question.ignored = [{"word": c[:80], "reason": "too_many"} for c, _ in cut[MOST_WORDS:]]
    chunks, pieces = [c for c, _ in cut[:MOST_WORDS]], [token for _, token in cut[:MOST_WORDS]]
    words = {word for token in pieces for word in (token.word, *(part for part, _ in token.parts))}
    question.is_question = "?" in text or bool(words & QUESTION_WORDS)
    informative = _subject(pieces, question)
    grams = _grams([token.key for token in pieces])
    content = [o.key for o in pieces if o.terms and o.word not in LOW_INFORMATION_WORDS]
    wholes = {*name_index.lookup_keys(text), "".join(content)[:200]}
    named = name_index.by_name(session, [*wholes, *grams])
    question.exact_names = [n for n in named if n.key in wholes or _stands_out(n, grams)]
    runs = {
        run: ids
        for run, ids in _known_names(named, grams).items()
        if _is_meant(chunks, pieces, run)
    }
    others = name_index.other_names(session, sorted({key for ids in runs.values() for key in ids}))
    aliases = {
        run: list(dict.fromkeys(tokenizer.phrase(name) for key in ids for name in others[key]))
        for run, ids in runs.items()
    }
    units = TermBuilder(session, pieces, informative, question.is_question)
    units.look_up(phrase for phrases in aliases.values() for phrase in phrases)
    question.counts = units.counts
    _fill(question, units, aliases, correct)
    used = {at for start, end in runs for at in range(start, end)}
    common = [token for at, token in enumerate(pieces) if at not in informative and at not in used]
    question.ignored = [
        {"word": o.word, "reason": "noun" if o.word in TYPE_WORDS else "common"} for o in common
    ] + question.ignored
    return question


def _fill(
    question: ParsedQuery,
    units: TermBuilder,
    aliases: dict[Run, list[tuple[str, ...]]],
    correct: bool,
) -> None:
    """The units of a question, and the words that had to be put right or left out."""
    starts = dict(aliases.keys())
    keys = {named.key for named in question.exact_names}
    at = 0
    while at < len(units.pieces):
        token, end = units.pieces[at], starts.get(at, at + 1)
        unit = None
        if at in starts:
            unit = units.phrase_term(at, end, aliases[at, end])
        elif at in units.kept:
            unit = units.term(token.word, units.variants(token))
            if unit is None and at + 1 in units.kept and at + 1 not in starts:
                word = token.word + units.pieces[at + 1].word
                if joined := units.term(word, [([units.compound_term(at)], 100)]):
                    unit, end = joined, at + 2
        if at in starts or at in units.kept:
            if unit is not None:
                question.units.append(unit)
            if (
                correct
                and len(question.corrected) < MOST_CORRECTED
                and (right := _correction(units, token, unit))
            ):
                question.corrected.append({"word": token.word, "instead": right})
            elif unit is None and not {token.word, token.key} & keys:
                question.ignored.append({"word": token.word, "reason": "unknown"})
        at = end


def _correction(units: TermBuilder, token: Token, unit: QueryTerm | None) -> str | None:
    """The word that was meant, of one that the dictionary has not."""
    if token.word in units.spelt or len(token.parts) != 1 or (unit and unit.text != token.word):
        return None
    if len(units.looked_up) == MOST_CORRECTED:
        return None
    units.looked_up.append(token.word)
    suggestion = spelling.nearest_word(units.session, token.word)
    if unit is not None and suggestion is not None and tokenizer.stem(suggestion) != token.term:
        return None
    return suggestion
