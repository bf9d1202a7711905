"""about.yaml: the release of a dataset, and how much of its sources it covers."""

import datetime

from pydantic import BaseModel, ConfigDict, Field

ABOUT_FILE = "about.yaml"


class Withheld(BaseModel):
    """Source rows that were read and not published."""

    model_config = ConfigDict(extra="forbid")
    rows: int = Field(gt=0, description="How many.")
    reason: str = Field(min_length=1, description="Why.")


class Coverage(BaseModel):
    """How many rows of one source were read, and how many were published."""

    model_config = ConfigDict(extra="forbid")
    rows_of: str = Field(description="What was read.")
    rows: int = Field(description="How many rows there were.")
    published: int = Field(description="Rows that became records.")
    collection: str = Field(description="The collection that they stand in.")
    records: int = Field(description="Records that they became.")
    withheld: list[Withheld] = Field(description="Rows that are not published, and why.")


class About(BaseModel):
    """The content of about.yaml; `date` is the day of the release."""

    model_config = ConfigDict(extra="forbid")
    release: str
    date: datetime.date | None = None
    coverage: list[Coverage] = []
