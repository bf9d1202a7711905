"""After an edit, exactly the stored verdicts that follow from the records are written again."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import models as m
from app.kit.sessions import Store, WriteSession
from app.resources import RESOURCES
from app.services.diagnostics.records import derived_record_errors
from app.services.records.audit_log import ChangeAuthor
from app.services.records.commit import commit_edits
from app.services.records.input_models import input_model
from app.services.records.lookup import record_inputs
from app.services.records.record_edit import RecordEdit
from tests import factories
from tests.helpers import fill_store

Edit = Callable[[WriteSession], RecordEdit]
SEVERITY, ANXIETY, UNREAD, APPROVED = "severity", "anxiety", "unread", "approved"
#: The claim that the notes name; it asks no question.
SAFETY = "safety"
QUESTION = {
    "relation": "superior",
    "population": ["disorder"],
    "intervention": {"compounds": ["drug"]},
    "comparators": ["inactive"],
    "outcomes": ["depression_severity"],
    "window_hours": {"target": 24, "earliest": 1, "latest": 72},
}

ACT = {
    "slug": "act",
    "jurisdiction": "US",
    "act": "marketing_authorisation",
    "compound": "drug",
    "status": "approved",
    "date": "2019",
    "date_precision": "year",
    "reference": "document",
}


def question(**fields: Any) -> dict[str, Any]:
    return QUESTION | fields


def record(collection: str, slug: str, **fields: Any) -> dict[str, Any]:
    name = slug.replace("-", " ").title()
    return factories.record_input(collection, 0, slug=slug, name=name, **fields)


def claim(slug: str, kind: str = "efficacy", **fields: Any) -> dict[str, Any]:
    absence = None if slug == SAFETY else "not_searched"
    return record("claims", slug, kind=kind, absence=absence, **fields)


def study(slug: str, indication: str, **fields: Any) -> dict[str, Any]:
    given = {"masking": "fully_masked", "n_randomised": 100, "references": ["article"]} | fields
    return record("studies", slug, compounds=["drug"], indications=[indication], **given)


def note(
    slug: str, study: str, value: float, outcome: str = "depression_severity"
) -> dict[str, Any]:
    """A note that names the claim on safety, with an estimate of another outcome."""
    effect = {
        "key": "a",
        "label": "drug against placebo",
        "metric": "mean_difference",
        "value": value,
        "standard_error": 1.0,
        "favours": "intervention",
        "larger_is": "worse",
        "unit": "points",
    }
    estimate = {
        "key": "a",
        "outcome_domain": outcome,
        "instrument": "MADRS",
        "metric": "MD",
        "effect": "a",
        "intervention_arm": "a",
        "comparator_kind": "inactive",
        "time_hours": 24,
        "regimen": "single",
    }
    arm = {"key": "a", "name": "drug", "role": "drug", "n": 50}
    return record(
        "evidence",
        slug,
        study=study,
        reference="article",
        compound="drug",
        timepoint_absence="not_stated",
        claims=[{**factories.FINDING, "claim": SAFETY}],
        arms=[arm],
        effects=[effect],
        estimates=[estimate],
    )


def dataset() -> dict[str, list[dict[str, Any]]]:
    regulatory: dict[str, Any] = {
        "relation": "regulatory_status",
        "comparators": [],
        "outcomes": [],
    }
    regulatory |= {"jurisdictions": ["US"], "acts": ["marketing_authorisation"]}
    regulatory |= {"window_hours": None, "statuses": ["approved"]}
    return {
        "compounds": [record("compounds", "drug")],
        "indications": [
            record("indications", "disorder", regulatory_status=[ACT]),
            record("indications", "severe-disorder", parent="disorder"),
            record("indications", "ache"),
        ],
        "references": [
            record("references", "article", doi="10.1000/1"),
            record("references", "document", doi="10.1000/2"),
        ],
        "studies": [
            study("trial-1", "disorder"),
            study("trial-2", "severe-disorder"),
            study("trial-3", "ache"),
            study("synthesis", "ache", design="meta_analysis"),
        ],
        "evidence": [
            note("note-1", "trial-1", -4.0),
            note("note-2", "trial-2", -5.0),
            note("note-3", "synthesis", -5.0, "anxiety_severity"),
        ],
        "assessments": [
            record("assessments", "appraisal", body="A", reference="article")
            | {
                "kind": "systematic_review",
                "claims": [ANXIETY],
                "certainty": "very_low",
                "study": "synthesis",
            }
        ],
        "claims": [
            claim(SEVERITY, question=QUESTION),
            claim(ANXIETY, question=question(population=["ache"], outcomes=["anxiety_severity"])),
            claim(UNREAD, question=question(population=["ache"], outcomes=["pain"])),
            claim(APPROVED, "regulatory", question=question(**regulatory)),
            claim(SAFETY),
        ],
    }


@pytest.fixture(scope="module")
def stored(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    root = tmp_path_factory.mktemp("affected")
    content = json.loads(json.dumps(dataset()))  # a folder accepts no YAML aliases
    folder = factories.write_folder(root / "data", content)
    store = fill_store(make_empty_store(database, root), folder)
    yield store
    store.engine.dispose()


def changed_verdicts(store: Store, edits: list[Edit]) -> set[str]:
    """Return the claims whose verdict some edits change; all then follow from the records."""
    with store.engine.connect() as connection, connection.begin() as transaction:
        session = WriteSession(connection)
        assert list(derived_record_errors(session)) == []
        made = [edit(session) for edit in edits]
        revision = commit_edits(session, made, ChangeAuthor("kkb"))
        changes = select(m.Change.slug).where(
            m.Change.revision == revision, m.Change.type == "verdict"
        )
        changed = set(session.execute(changes).scalars())
        assert list(derived_record_errors(session)) == []
        transaction.rollback()
    return changed


def change(name: str, **fields: Any) -> Edit:
    """An edit of some fields of a record, named `collection/slug`."""
    collection, _, slug = name.partition("/")
    resource = RESOURCES[collection]

    def edit(session: WriteSession) -> RecordEdit:
        stored = record_inputs(session, resource, [slug])[slug].model_dump(
            mode="json", by_alias=True
        )
        return RecordEdit(
            resource, slug, input_model(resource).model_validate(stored | fields), "Why."
        )

    return edit


def create(collection: str, fields: dict[str, Any]) -> Edit:
    resource = RESOURCES[collection]
    draft = input_model(resource).model_validate(fields)
    return lambda _: RecordEdit(resource, fields["slug"], draft, "Why.")


def withdraw(name: str) -> Edit:
    collection, _, slug = name.partition("/")
    return lambda _: RecordEdit(RESOURCES[collection], slug, None, "Why.")


NOTE_2 = note("note-2", "trial-2", -9.0)
CASES = {
    "an estimate of a note that names another claim": (
        [change("evidence/note-2", effects=NOTE_2["effects"])],
        {SEVERITY},
    ),
    "a pooled note is withdrawn": ([withdraw("evidence/note-2")], {SEVERITY, SAFETY}),
    "a first note on a study": (
        [create("evidence", note("note-4", "trial-3", -2.0, "sedation"))],
        {UNREAD, SAFETY},
    ),
    "a note moves to a study that was not read": (
        [change("evidence/note-2", study="trial-3")],
        {SEVERITY, UNREAD, SAFETY},
    ),
    "the masking of a study": ([change("studies/trial-1", masking="unmasked")], {SEVERITY}),
    "the indication of a study": ([change("studies/trial-1", indications=["ache"])], {SEVERITY}),
    "the trial group of a study": (
        [change(f"studies/trial-{n}", trial_group="trials-1-and-2") for n in (1, 2)],
        {SEVERITY, SAFETY},
    ),
    "a study without a note is withdrawn": ([withdraw("studies/trial-3")], {UNREAD}),
    "the parent of an indication": (
        [change("indications/severe-disorder", parent=None)],
        {SEVERITY},
    ),
    "the summary of an indication": ([change("indications/disorder", summary="Other.")], set()),
    "the status of an act": (
        [change("indications/disorder", regulatory_status=[ACT | {"status": "refused"}])],
        {APPROVED},
    ),
    "an act is withdrawn": (
        [change("indications/disorder", regulatory_status=[]), withdraw("references/document")],
        {APPROVED},
    ),
    "the kind of the reference of an act": (
        [change("references/document", kind="regulator")],
        {APPROVED},
    ),
    "the certainty of an assessment": (
        [change("assessments/appraisal", certainty="high")],
        {ANXIETY},
    ),
    "an assessment is withdrawn": ([withdraw("assessments/appraisal")], {ANXIETY}),
    "the question of a claim": (
        [change(f"claims/{UNREAD}", question=question(outcomes=["depression_severity"]))],
        {UNREAD},
    ),
    "an editor overrides the rule": (
        [change(f"claims/{SEVERITY}", override_verdict="contested", override_reason="Inquiry.")],
        {SEVERITY},
    ),
}


@pytest.mark.parametrize(("edits", "expected"), CASES.values(), ids=list(CASES))
def test_an_edit_changes_the_verdicts_that_follow_from_it(
    stored: Store, edits: list[Edit], expected: set[str]
) -> None:
    assert changed_verdicts(stored, edits) == expected
