"""Checks of the records in a store against what is computed from them."""

from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import func, select

from app import models as m
from app.domain.verdicts.rule import RULE_VERSION
from app.kit.batching import batched
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.diagnostics.check_result import CheckResult, error, ok
from app.services.evidence import verdicts
from app.services.records import commit, json_documents, read_models
from app.services.records.input_models import computed_input, full_dict
from app.services.records.lookup import all_record_inputs
from app.services.search import index_entry

CHUNK = 500  # records
SHOWN = 3
RECOMPUTE = "Restart `kkb serve`; if the error stays, `kkb backup`, then `kkb load --replace`."


def check_documents(session: ReadSession) -> CheckResult:
    """Check that the JSON documents are those of the tables."""
    return _finding("documents", "JSON documents", list(document_errors(session)))


def check_search(session: ReadSession) -> CheckResult:
    """Check that the search index is that of the JSON documents."""
    errors = list(search_errors(session))
    if not read_models.is_current(session):
        errors.append("the search index was written by another version of the software")
    return _finding("search", "search entries", errors)


def check_verdicts(session: ReadSession) -> CheckResult:
    """Check that verdicts and conflicts are those that follow from the evidence notes."""
    older = select(func.count()).where(m.Verdict.rule_version != RULE_VERSION)
    number = session.execute(older).scalar_one()
    if number:
        message = f"{number} verdicts were computed by another rule version than {RULE_VERSION}"
        return error("verdicts", message, RECOMPUTE)
    errors = list(derived_record_errors(session))
    return _finding("verdicts", f"verdicts and conflicts by rule {RULE_VERSION}", errors)


def _finding(check: str, subject: str, errors: list[str]) -> CheckResult:
    if not errors:
        return ok(check, f"{subject} agree with the records")
    more = f"; and {len(errors) - SHOWN} more" if len(errors) > SHOWN else ""
    return error(check, f"{'; '.join(errors[:SHOWN])}{more}", RECOMPUTE)


def document_errors(session: ReadSession) -> Iterator[str]:
    """Yield a message for each JSON document that differs from the tables."""
    known = set(session.execute(select(m.Document.id)).scalars())
    for resource in RESOURCES.values():
        for ids in batched(session.execute(select(resource.key)).scalars().all(), CHUNK):
            stmt = select(m.Document.id, m.Document.body).where(m.Document.id.in_(ids))
            stored = {row[0]: row[1] for row in session.execute(stmt)}
            for key, row in json_documents.read_documents(session, resource, ids).items():
                if from_json(stored.get(key, "null")) != from_json(to_json(row)):
                    yield f"the document of {resource.name}/{row['slug']} differs from the record"
            known.difference_update(ids)
    yield from (f"document {key} is of no record" for key in sorted(known))


def search_errors(session: ReadSession) -> Iterator[str]:
    """Yield a message for each search entry that differs from the JSON document."""
    known = set(session.execute(select(m.SearchText.id)).scalars())
    for resource in RESOURCES.values():
        for ids in batched(session.execute(select(resource.key)).scalars().all(), CHUNK):
            stmt = select(m.Document.id, m.Document.body).where(m.Document.id.in_(ids))
            rows = {key: from_json(body) for key, body in session.execute(stmt)}
            entries = index_entry.index_entries(resource, rows, set())
            search_ids = [entry.id for entry in entries.values()]
            texts = select(*m.SearchText.__table__.columns).where(m.SearchText.id.in_(search_ids))
            stored = {entry.id: entry.row() for entry in index_entry.entries_for(session, texts)}
            for entry in entries.values():
                if stored.get(entry.id) != entry.row():
                    yield f"the search entry of {resource.name}/{entry.slug} differs"
            known.difference_update(search_ids)
    yield from (f"search entry {key} is of no record" for key in sorted(known))


def derived_record_errors(session: ReadSession) -> Iterator[str]:
    """Yield a message for each verdict or conflict that does not follow from the notes."""
    expected: dict[tuple[str, str], Any] = {
        (resource.name, claim): computed_input(resource, values)
        for claims in verdicts.derive(session)
        for claim, derived in claims.items()
        for resource, values in derived
    }
    stored = {
        (resource.name, str(draft.slug)): draft  # type: ignore[attr-defined]
        for resource in commit.DERIVED_RESOURCES
        for draft in all_record_inputs(session, resource)
    }
    for name in sorted(expected.keys() | stored.keys()):
        if full_dict(expected.get(name)) != full_dict(stored.get(name)):
            yield f"{'/'.join(name)} does not follow from the notes"
