"""Base classes and field types of public records."""

import re
import warnings
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.warnings import UnsupportedFieldAttributeWarning
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_after_validator_function

from app import models as m
from app.domain import curie_prefixes, identifiers
from app.domain.vocabulary import XrefRelation
from app.kit.field_mapping import Attr, Column, ObjectList, ScalarList, SingleReference
from app.kit.query_types import UpperCase
from app.kit.resource import CountColumns, RecordColumns

# A parameter's alias is given twice: by us and by FastAPI. FastAPI silences this warning where it
# builds a model; models that are built later need it silenced here.
warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)

#: Export formats of collections whose records cite references.
CITABLE_FORMATS = ("csv", "tsv", "ndjson", "parquet", "bib", "ris", "csl.json")


@dataclass(frozen=True)
class IdentifierFormat:
    """Annotation: format of an identifier, as a pattern in the schema and a check.

    `what` completes the message of the error: "… is not a DOI, such as …".
    """

    pattern: re.Pattern[str]
    what: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Return the schema of the annotated type, followed by the check."""
        return no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: Any) -> dict[str, Any]:
        """Return the JSON schema of the annotated type, with the pattern."""
        return {**handler(core), "pattern": f"^({self.pattern.pattern})$"}

    def check(self, value: str) -> str:
        """Return the value; raise ValueError if it does not have the format."""
        return identifiers.check_form(self.pattern, self.what, value)


def check_day(value: str) -> str:
    """Return a day as it is; raise ValueError if there is no such day."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError(f"{value!r} is not a day, such as 2026-11-25") from None


Slug = Annotated[
    str, IdentifierFormat(identifiers.SLUG, "a slug: lower-case words, figures and hyphens")
]
RowKey = Annotated[
    str,
    Field(max_length=60),
    IdentifierFormat(identifiers.ROW_KEY, "a key: lower-case words, figures and single hyphens"),
]
Doi = Annotated[
    str,
    IdentifierFormat(identifiers.DOI, "a DOI, such as 10.1038/nature17998"),
    AfterValidator(str.lower),
]
Pmid = Annotated[str, IdentifierFormat(identifiers.PMID, "a PubMed id: figures alone")]
Pmcid = Annotated[
    str, IdentifierFormat(identifiers.PMCID, "a PubMed Central id, such as PMC6395554")
]
Registration = Annotated[
    str, IdentifierFormat(identifiers.REGISTRATION, "an NCT or ACTRN number: NCT02493868")
]
InChIKey = Annotated[str, IdentifierFormat(identifiers.INCHIKEY, "an InChIKey")]
Day = Annotated[
    str, Field(max_length=10, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(check_day)
]
Curie = Annotated[str, AfterValidator(identifiers.check_curie)]


def any_spelling(*prefixes: str) -> AfterValidator:
    """Return the validator of a parameter that takes an identifier of a prefix in any spelling."""
    return AfterValidator(partial(curie_prefixes.local_identifier, prefixes=prefixes))


def in_format(pattern: re.Pattern[str], description: str) -> AfterValidator:
    """Return the validator of a parameter whose values, in their normal spelling, have a format."""
    return AfterValidator(partial(identifiers.check_form, pattern, description))


AnyJurisdiction = Annotated[
    UpperCase,
    in_format(
        identifiers.JURISDICTION, "a jurisdiction: an ISO 3166 code (US, GB, GB-ENG), EU or INT"
    ),
]


def output_field(description: str, **options: Any) -> Any:
    """Declare a required field of an output model: a missing value is null, never left out."""
    return Field(description=description, **options)


class LazyModel(BaseModel):
    """Base of models whose validator is built on first use: most only serve the API document."""

    model_config = ConfigDict(defer_build=True)


class OutputModel(LazyModel):
    """Base of output models: unknown fields are refused, all fields are required."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Ref(OutputModel):
    """Reference to a record; use its collection or `include` for the full record."""

    slug: str = output_field("Stable slug.")
    name: str = output_field("Display name.")


class CitedReference(Ref):
    """Reference to a publication, with the identifiers that it is cited by."""

    doi: str | None = output_field("DOI; null if there is none.")
    pmid: str | None = output_field("PubMed id; null if there is none.")


def cited_reference(column: Attr) -> SingleReference:
    """Return the marker of a `CitedReference` whose foreign key is `column`."""
    shown = {"doi": m.Reference.doi, "pmid": m.Reference.pmid}
    return SingleReference(column, "references", shown=shown)


class CrossReference(OutputModel):
    """Cross-reference to the same or a related concept in another database."""

    curie: Annotated[Curie, Column(m.Xref.curie)] = output_field(
        "CURIE: Bioregistry prefix and identifier."
    )
    relation: Annotated[XrefRelation, Column(m.Xref.relation, default=XrefRelation.EXACT)] = (
        output_field("Relation of the referenced concept to this record.")
    )


class RecordBase(OutputModel):
    """Fields of every record."""

    slug: Annotated[Slug, Column(m.Record.slug)] = output_field(
        "Stable slug, unique within its collection."
    )
    name: Annotated[str, Column(m.Record.name), Field(max_length=300)] = output_field(
        "Display name."
    )
    summary: Annotated[str, Column(m.Record.summary)] = output_field("Plain-language summary.")
    description: Annotated[str | None, Column(m.Record.description, multiline=True)] = output_field(
        "Detailed description for specialists."
    )
    synonyms: Annotated[
        list[str],
        ScalarList(m.Synonym.record_id, m.Synonym.text, m.Synonym.position, m.Synonym.folded),
    ] = output_field("Alternative names.")
    xrefs: Annotated[list[CrossReference], ObjectList(m.Xref.record_id, m.Xref.position)] = (
        output_field("Cross-references to other databases, each with its relation to this record.")
    )


RECORD_COLUMNS = RecordColumns(
    id=m.Record.id,
    record_type=m.Record.type,
    slug=m.Record.slug,
    name=m.Record.name,
    document_id=m.Document.id,
    document=m.Document.body,
    line=m.Document.line,
    counts=CountColumns(m.FacetCount.facet, m.FacetCount.value, m.FacetCount.count),
)
