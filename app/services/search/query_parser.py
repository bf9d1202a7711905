"""Understanding: from what was typed to a question, with what was put right or left out."""

from collections.abc import Iterable, Sequence

from app.domain.search_tuning import LOW_INFORMATION_WORDS, QUESTION_WORDS
from app.domain.text_folding import fold_units
from app.domain.vocabulary import NameField
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.search import name_index, spelling, tokenizer
from app.services.search.name_index import Named
from app.services.search.query import Question, Unit
from app.services.search.query_terms import Units
from app.services.search.tokenizer import Piece

MOST_WORDS, MOST_CORRECTED = 24, 6
LONGEST_NAME = 6
Run = tuple[int, int]
#: Words that mean a record type: beside other words they are not searched, but rank it first.
TYPE_WORDS = {
    word: resource.kind for resource in RESOURCES.values() for word in resource.search.type_words
}


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


def _piece(chunk: str) -> Piece | None:
    return tokenizer.piece(fold_units(chunk)[: tokenizer.LONGEST_CHUNK])


def _bare(chunk: str) -> str:
    found = _piece(chunk)
    return found.word if found else chunk


def _subject(pieces: Sequence[Piece], question: Question) -> list[int]:
    """Which pieces are looked for: not those that only say which noun, or that one looks."""
    kept = [at for at, one in enumerate(pieces) if one.terms]
    bright = [
        at
        for at in kept
        if pieces[at].word not in LOW_INFORMATION_WORDS and pieces[at].word not in TYPE_WORDS
    ]
    if bright:
        question.nouns = frozenset(TYPE_WORDS[o.word] for o in pieces if o.word in TYPE_WORDS)
    return bright or kept


def _grams(keys: Sequence[str]) -> dict[str, Run]:
    """Key → where it stands, for every run of a few words that could be a name."""
    found: dict[str, Run] = {}
    for start in range(len(keys)):
        for end in range(start + 1, min(len(keys), start + LONGEST_NAME) + 1):
            key = "".join(keys[start:end])
            if 2 <= len(key) <= 200:
                found.setdefault(key, (start, end))
    return found


def _stands_out(one: Named, grams: dict[str, Run]) -> bool:
    """An identifier amid other words, such as a trial's number, that is no plain figure."""
    if one.field is not NameField.IDENTIFIER or one.key not in grams:
        return False
    digits = sum(char.isdigit() for char in one.key)
    return digits >= 5 and (digits < len(one.key) or digits >= 7)


def _runs(named: Iterable[Named], grams: dict[str, Run]) -> dict[Run, list[int]]:
    """The things of tier 0 that runs of words name; of runs that overlap, the longest."""
    found: dict[Run, list[int]] = {}
    names = (NameField.NAME, NameField.SYNONYM)
    for one in named:
        if one.tier == 0 and one.field in names and one.key in grams:
            found.setdefault(grams[one.key], []).append(one.text_id)
    kept: dict[Run, list[int]] = {}
    taken: set[int] = set()
    for start, end in sorted(found, key=lambda run: (run[0] - run[1], run)):
        if not taken & set(range(start, end)):
            taken |= set(range(start, end))
            kept[start, end] = found[start, end]
    return kept


def _is_meant(chunks: Sequence[str], pieces: Sequence[Piece], run: Run) -> bool:
    """Whether a run of common words alone, such as `an`, is meant as the name that it is."""
    if any(one.terms for one in pieces[run[0] : run[1]]) or run == (0, len(chunks)):
        return True
    return "".join(chunks[run[0] : run[1]]).isupper() and not "".join(chunks).isupper()


def _read(session: ReadSession, text: str, correct: bool = True) -> Question:
    question = Question(" ".join(text.split()))
    cut = [(chunk, one) for chunk in text.split() if (one := _piece(chunk))]
    question.ignored = [{"word": c[:80], "reason": "too_many"} for c, _ in cut[MOST_WORDS:]]
    chunks, pieces = [c for c, _ in cut[:MOST_WORDS]], [one for _, one in cut[:MOST_WORDS]]
    said = {word for one in pieces for word in (one.word, *(part for part, _ in one.parts))}
    question.asks = "?" in text or bool(said & QUESTION_WORDS)
    kept = _subject(pieces, question)
    grams = _grams([one.key for one in pieces])
    content = [o.key for o in pieces if o.terms and o.word not in LOW_INFORMATION_WORDS]
    wholes = {*name_index.keys_of(text), "".join(content)[:200]}
    named = name_index.bearing(session, [*wholes, *grams])
    question.whole = [n for n in named if n.key in wholes or _stands_out(n, grams)]
    runs = {run: ids for run, ids in _runs(named, grams).items() if _is_meant(chunks, pieces, run)}
    others = name_index.other_names(session, sorted({key for ids in runs.values() for key in ids}))
    aliases = {
        run: list(dict.fromkeys(tokenizer.phrase(name) for key in ids for name in others[key]))
        for run, ids in runs.items()
    }
    units = Units(session, pieces, kept, question.asks)
    units.look_up(phrase for phrases in aliases.values() for phrase in phrases)
    question.counts = units.counts
    _fill(question, units, aliases, correct)
    used = {at for start, end in runs for at in range(start, end)}
    common = [one for at, one in enumerate(pieces) if at not in kept and at not in used]
    question.ignored = [
        {"word": o.word, "reason": "noun" if o.word in TYPE_WORDS else "common"} for o in common
    ] + question.ignored
    return question


def _fill(
    question: Question,
    units: Units,
    aliases: dict[Run, list[tuple[str, ...]]],
    correct: bool,
) -> None:
    """The units of a question, and the words that had to be put right or left out."""
    starts = dict(aliases.keys())
    found = {named.key for named in question.whole}
    at = 0
    while at < len(units.pieces):
        one, end = units.pieces[at], starts.get(at, at + 1)
        unit = None
        if at in starts:
            unit = units.of_run(at, end, aliases[at, end])
        elif at in units.kept:
            unit = units.unit(one.word, units.ways(one))
            if unit is None and at + 1 in units.kept and at + 1 not in starts:
                word = one.word + units.pieces[at + 1].word
                if joined := units.unit(word, [([units.joined(at)], 100)]):
                    unit, end = joined, at + 2
        if at in starts or at in units.kept:
            if unit is not None:
                question.units.append(unit)
            if (
                correct
                and len(question.corrected) < MOST_CORRECTED
                and (right := _right(units, one, unit))
            ):
                question.corrected.append({"word": one.word, "instead": right})
            elif unit is None and not {one.word, one.key} & found:
                question.ignored.append({"word": one.word, "reason": "unknown"})
        at = end


def _right(units: Units, one: Piece, unit: Unit | None) -> str | None:
    """The word that was meant, of one that the dictionary has not."""
    if one.word in units.spelt or len(one.parts) != 1 or (unit and unit.asked != one.word):
        return None
    if len(units.looked_up) == MOST_CORRECTED:
        return None
    units.looked_up.append(one.word)
    near = spelling.nearest(units.session, one.word)
    if unit is not None and near is not None and tokenizer.term_of(near) != one.term:
        return None
    return near
