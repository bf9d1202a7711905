"""The claims that are nearest to a sentence, and how the sentence was read."""

from dataclasses import dataclass
from typing import Any

from app.domain.errors import ErrorDetail, NotFoundError
from app.domain.wording import listed
from app.mcp.answers import one_line
from app.mcp.record_reader import Record, RecordReader
from app.services.search import results
from app.services.search.retrieval import SearchResult
from app.services.search.sentence_similarity import SentenceSimilarity

#: Fields of a claim that are shown with its statement.
CLAIM_FIGURES = ("verdict", "certainty", "size", "absence", "studies_for", "studies_against")
#: Results of the search that are compared with the sentence.
CANDIDATES = 40


@dataclass(frozen=True)
class NearestClaims:
    """Claims, the nearest to a sentence first; and how the sentence was read, in words."""

    claims: list[Record]
    total: int
    read_as: str


def nearest_claims(reader: RecordReader, name: str, sentence: str, limit: int) -> NearestClaims:
    """Return the claims whose words are nearest to those of a sentence.

    Args:
        name: The parameter that holds the sentence, for the error.

    Raises:
        NotFoundError: No claim has any of its words.
    """
    release = reader.service.repository.release
    page = results.result_page(reader.session, sentence, ["claim"], CANDIDATES, None, release)
    records = reader.records("claim", [row["slug"] for row in page.rows])
    if not records:
        message = f"No claim on record is about {one_line(sentence, 120)!r}."
        message += " Name a compound, target, condition or effect; `search` finds other records."
        raise NotFoundError(message, [ErrorDetail("body", name, message)], did_you_mean=[])
    similarity = SentenceSimilarity(page.result.query)
    order = {row["slug"]: rank for rank, row in enumerate(page.rows)}
    nearest = sorted(
        records.values(),
        key=lambda claim: (
            -similarity.of(_texts_of(claim)),
            -(claim["studies_for"] + claim["studies_against"]),  # equally near: the best studied
            order[claim["slug"]],
        ),
    )
    missing = similarity.words_missing_in(_texts_of(nearest[0]))
    read_as = interpretation_text(page.result)
    if missing:
        words = listed([repr(one_line(word, 40)) for word in missing[:8]])
        read_as = f"That claim does not say {words}. {read_as}".strip()
    return NearestClaims(nearest[:limit], page.result.total, read_as)


def _texts_of(claim: Record) -> list[str]:
    """Return the texts that state a claim; releases before 2 have no questions."""
    texts = (claim["name"], claim["statement"], claim.get("title_question"))
    return [text for text in texts if text]


def figures_of(claim: Record) -> dict[str, Any]:
    """Return the verdict of a claim in short; of another record, what it has of these fields."""
    return {name: claim.get(name) for name in CLAIM_FIGURES}


def interpretation_text(result: SearchResult) -> str:
    """Return what a search changed or ignored of its text; empty if nothing."""
    query = result.query
    unknown = [one_line(i["word"], 40) for i in query.ignored if i["reason"] == "unknown"]
    skipped = [one_line(i["word"], 40) for i in query.ignored if i["reason"] == "too_many"]
    parts = [f"{c['word']!r} was read as {c['instead']!r}" for c in query.corrected]
    parts = [one_line(part, 100) for part in parts]
    if unknown:
        parts.append(f"no record has {listed([repr(word) for word in unknown[:6]])}")
    if skipped:
        parts.append(f"the last {len(skipped)} words were not read")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
