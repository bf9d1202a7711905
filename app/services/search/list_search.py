"""Text search of one collection, for the parameter `q` of its list."""

from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.kit.text_search import RankedMatch, TextMatches
from app.services.search import fulltext
from app.services.search.index_entry import id_range, record_id
from app.services.search.results import interpretation
from app.services.search.retrieval import search_types, term_phrases


def text_matches(session: ReadSession, resource: Resource, text: str) -> TextMatches:
    """Return the records of a collection that `/v1/search` finds there, in the same order."""
    result = search_types(session, text, [resource.record_type])
    unranked = None
    if not result.ranked_all:
        first, end = id_range(resource.record_type)
        phrases = term_phrases(result.query.terms)
        unranked = resource.key.in_(fulltext.record_ids(session, phrases, first, end))
    return TextMatches(
        ranked=[RankedMatch(record_id(hit.id), hit.slug, hit.score) for hit in result.hits],
        unranked=unranked,
        interpretation=interpretation(result, text),
    )
