"""Schemas of requests to collections."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from app.kit.query_types import NO_NUL, clean_text
from app.resources.base import LazyModel

Id = Annotated[
    str,
    Field(min_length=1, max_length=200, json_schema_extra=NO_NUL),
    AfterValidator(clean_text),
]


class BatchRequest(LazyModel):
    """Records to retrieve."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Id] = Field(
        min_length=1,
        max_length=500,
        description="Slugs or CURIEs, such as chembl.compound:CHEMBL742, doi:… or pubmed:….",
    )
