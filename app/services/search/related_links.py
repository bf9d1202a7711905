"""Related links of a search: addresses that answer what the question asks for."""

from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select

from app import models as m
from app.domain.question_forms import Intent
from app.kit.prepared_statements import PreparedStatement
from app.kit.sessions import ReadSession
from app.resources.claims import CLAIMS
from app.resources.compounds import COMPOUNDS
from app.resources.indications import INDICATIONS
from app.services.search import index_entry
from app.services.search.index_entry import search_id, type_of
from app.services.search.retrieval import SearchResult

#: Indications for which a compound is explained if the question names none.
MAX_INDICATIONS = 3
#: Filter and title of the list of notes that answers a question for evidence.
_NOTES = {
    Intent.EVIDENCE_FOR: ({"direction": "supports"}, "Notes that support: {}"),
    Intent.EVIDENCE_AGAINST: ({"direction": "disputes"}, "Notes that dispute: {}"),
    Intent.NEGATIVE_RESULT: (
        {"primary_endpoint": "missed"},
        "Notes on trials that missed their primary end-point: {}",
    ),
}
#: Indications that claims on a compound are about, those with most notes first.
_INDICATIONS = PreparedStatement(
    lambda compound, limit: (
        select(m.Claim.indication_id)
        .join(m.Finding, m.Finding.claim_id == m.Claim.id)
        .where(m.Claim.compound_id == compound, m.Claim.indication_id.is_not(None))
        .group_by(m.Claim.indication_id)
        .order_by(func.count().desc(), m.Claim.indication_id)
        .limit(limit)
    )
)


def related_links(session: ReadSession, result: SearchResult) -> list[dict[str, Any]]:
    """Return links as title and path: explanations, and notes on one side of the best claim."""
    links: list[dict[str, Any]] = []
    if Intent.EXPLANATION in result.query.intents:
        links += _explanations(session, result.query.entities)
    claims = [hit for hit in result.hits if type_of(hit.id) == CLAIMS.record_type][:1]
    intended = [_NOTES[intent] for intent in result.query.intents if intent in _NOTES]
    if claims and intended:
        claim = index_entry.result_texts(session, [claims[0].id])[claims[0].id]
        for filters, title in intended:
            path = f"/v1/evidence?{urlencode({'claim': claim.slug, **filters})}"
            links.append({"title": title.format(claim.name), "path": path})
    return links


def _explanations(session: ReadSession, entities: list[int]) -> list[dict[str, Any]]:
    """Return links to explanations of the first compound that a query names."""
    compounds = [key for key in entities if type_of(key) == COMPOUNDS.record_type][:1]
    indications = [key for key in entities if type_of(key) == INDICATIONS.record_type]
    if compounds and not indications:
        rows = _INDICATIONS.rows(
            session, compound=index_entry.record_id(compounds[0]), limit=MAX_INDICATIONS
        )
        indications = [search_id(INDICATIONS.record_type, key) for (key,) in rows]
    texts = index_entry.result_texts(session, [*compounds, *indications])
    links = []
    for compound, indication in ((texts[c], texts[i]) for c in compounds for i in indications):
        parameters = urlencode({"compound": compound.slug, "indication": indication.slug})
        title = f"Explanation: {compound.name} in {indication.name}"
        links.append({"title": title, "path": f"/v1/explain?{parameters}"})
    return links
