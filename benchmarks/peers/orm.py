"""Plain FastAPI with the ORM: entities, `selectinload`, response models, as a tutorial has it."""

# Entities and models are made from the tables, where mypy sees no types.
# mypy: disable-error-code="call-overload,valid-type,attr-defined"

import os
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session, selectinload, sessionmaker

from app.domain.vocabulary import Direction
from benchmarks.peers import tables
from benchmarks.peers.queries import ARM, EFFECT, ESTIMATE

engine = create_engine(os.environ["PEER_URL"], pool_size=10)
Sessions = sessionmaker(engine)


class Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Ref(Shown):
    slug: str
    name: str


class Cited(Ref):
    doi: str | None
    pmid: str | None


class Typed(Ref):
    type: str


def shown(name: str, entity: Any, columns: str, /, **more: Any) -> Any:
    """A response model: columns of an entity with their own types, and more."""
    plain = {c: (getattr(entity, c).type.python_type | None, ...) for c in columns.split()}
    return create_model(name, __base__=Shown, **plain, **{k: (v, ...) for k, v in more.items()})


def texts(attribute: str) -> Any:
    """A list of one column of parts."""
    return Annotated[
        list[str], BeforeValidator(lambda rows: [getattr(row, attribute) for row in rows])
    ]


def part(relation: Any, columns: str, /, **more: Any) -> Any:
    entity = relation.property.mapper.class_
    return list[shown(entity.__name__, entity, columns, **more)]  # type: ignore[misc]


AT = " timepoint_value timepoint_unit"
FINDING = (
    "direction population_directness compound_directness outcome_directness causal_test reason"
)
ANY: dict[str, Any] = {
    "synonyms": texts("text"),
    "xrefs": part(tables.Record.xrefs, "curie relation"),
}
NAMED = "slug name summary description "
Claim = shown(
    "Claim",
    tables.Claim,
    NAMED + "statement kind quantifier article_claim predicate sign qualifier open_question"
    " override_verdict override_reason background title_question short_answer searched_to"
    " reviewed_on",
    **ANY,
    absence=Annotated[str | None, Field(validation_alias="verdict_absence")],
    question=dict[str, Any] | None,
    assessments=list[Ref],
    statements=list[Ref],
    said_by=list[Ref],
    subject=Typed | None,
    object=Typed | None,
    region=Ref | None,
    indication=Ref | None,
    compound=Ref | None,
    readings=part(tables.Claim.readings, "audience text"),
    verdict=str,
    certainty=str | None,
    size=str | None,
    studies_for=int,
    studies_against=int,
    participants_for=int,
    participants_against=int,
)
Study = shown(
    "Study",
    tables.Study,
    NAMED + "design design_note year registration n_randomised n_analysed n_note species population"
    " blinding masking comparator comparator_note setting jurisdiction trial_group"
    " results_expected result_not_read funding sponsor",
    **ANY,
    group=Annotated[str | None, Field(validation_alias="research_group")],
    unit_of=list[Ref],
    trials_pooled=list[Ref],
    risk_of_bias=part(
        tables.Study.risk_of_bias,
        "tool domain outcome judgement reason source_location",
        reference=Cited,
    ),
    indications=list[Ref],
    compounds=list[Ref],
    references=list[Ref],
    draws_on=list[Ref],
)
Reference = shown(
    "Reference",
    tables.Reference,
    NAMED + "title authors_complete journal year volume issue pages doi pmid pmcid kind url"
    " retraction notice_published_on notices_checked_on citation_confidence",
    **ANY,
    authors=texts("name"),
)
Note = shown(
    "Note",
    tables.Evidence,
    NAMED + "finding design masking participants dose_value dose_upper_value dose_unit dose_note"
    " route outcome primary_endpoint timepoint_note timepoint_absence citation_confidence"
    " source_key tested_um tested_upper_um" + AT,
    **ANY,
    study=Ref,
    reference=Cited,
    claims=part(tables.Evidence.claims, FINDING, claim=Ref),
    compound=Ref | None,
    effects=part(tables.Evidence.effects, EFFECT),
    arms=part(
        tables.Evidence.arms, "key " + ARM, name=Annotated[str, Field(validation_alias="title")]
    ),
    estimates=part(
        tables.Evidence.estimates,
        ESTIMATE + " crossover_floor_applied null_result",
        effect=Annotated[str | None, Field(validation_alias="effect_key")],
        claims=Annotated[list[str], Field(validation_alias="claim_slugs")],
    ),
    limitations=texts("text"),
)


class Included(BaseModel):
    claims: dict[str, Claim]
    references: dict[str, Reference]
    studies: dict[str, Study]


class One(BaseModel):
    data: Note
    included: Included


class Page(BaseModel):
    data: list[Note]
    total: int


def loaded(entity: Any, names: str) -> list[Any]:
    """`selectinload` for each relation named, and what every record has."""
    relations = [getattr(entity, name) for name in f"synonyms xrefs {names}".split()]
    return [selectinload(relation) for relation in relations]


OF_CLAIM = loaded(
    tables.Claim,
    "said_by subject object region indication compound readings verdict_row assessments statements",
)
OF_STUDY = [
    *loaded(tables.Study, "indications compounds references draws_on unit_of trials_pooled"),
    selectinload(tables.Study.risk_of_bias).selectinload(tables.RiskOfBias.reference),
]
OF_NOTE = [
    *loaded(tables.Evidence, "study reference compound effects arms estimates limitations"),
    selectinload(tables.Evidence.claims).selectinload(tables.Finding.claim),
]
WITH_INCLUDES = [
    *OF_NOTE,
    selectinload(tables.Evidence.study).options(*OF_STUDY),
    selectinload(tables.Evidence.reference).options(*loaded(tables.Reference, "authors")),
    selectinload(tables.Evidence.claims).selectinload(tables.Finding.claim).options(*OF_CLAIM),
]


def session() -> Iterator[Session]:
    with Sessions() as orm_session:
        yield orm_session


TheSession = Annotated[Session, Depends(session)]
app = FastAPI()


@app.get("/evidence/{slug}", response_model=One)
def read_note(slug: str, session: TheSession) -> Any:
    statement = select(tables.Evidence).where(tables.Evidence.slug == slug).options(*WITH_INCLUDES)
    note = session.scalars(statement).one_or_none()
    if note is None:
        raise HTTPException(404)
    claims = {line.claim.slug: line.claim for line in note.claims}
    references, studies = {note.reference.slug: note.reference}, {note.study.slug: note.study}
    return {
        "data": note,
        "included": {"claims": claims, "references": references, "studies": studies},
    }


@app.get("/evidence", response_model=Page)
def list_notes(claim: str, direction: Direction, session: TheSession) -> Any:
    on = tables.Finding.claim.has(tables.Claim.slug == claim)
    statement = select(tables.Evidence).where(
        tables.Evidence.claims.any((tables.Finding.direction == direction) & on)
    )
    total = session.scalar(select(func.count()).select_from(statement.subquery()))
    page = statement.order_by(tables.Evidence.slug).limit(50).options(*OF_NOTE)
    return {"data": session.scalars(page).all(), "total": total}
