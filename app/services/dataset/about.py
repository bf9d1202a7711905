"""about.yaml: the release of a dataset, and how much of its sources it covers."""

import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.domain.invisible_characters import require_one_line

ABOUT_FILE = "about.yaml"
Line = Annotated[str, AfterValidator(require_one_line)]


class WithheldRows(BaseModel):
    """Source rows that were read and not published."""

    model_config = ConfigDict(extra="forbid")
    rows: int = Field(gt=0, description="Number of rows.")
    reason: Line = Field(min_length=1, description="Reason.")


class SourceCoverage(BaseModel):
    """How many rows of one source were read, and how many were published."""

    model_config = ConfigDict(extra="forbid")
    rows_of: Line = Field(description="Description of the source table.")
    rows: int = Field(description="Number of source rows.")
    published: int = Field(description="Number of rows published as records.")
    collection: Line = Field(description="Collection of the resulting records.")
    records: int = Field(description="Number of resulting records.")
    withheld: list[WithheldRows] = Field(description="Rows that are not published, with reasons.")


class About(BaseModel):
    """The content of about.yaml; `date` is the day of the release."""

    model_config = ConfigDict(extra="forbid")
    release: Line
    date: datetime.date | None = None
    coverage: list[SourceCoverage] = []
