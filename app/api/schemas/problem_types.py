"""Schema of problem types."""

from pydantic import Field

from app.resources.base import OutputModel


class ProblemType(OutputModel):
    """Problem type."""

    name: str = Field(description="Last segment of the `type` URL of a problem.")
    title: str = Field(description="Short summary of the problem type.")
    status: int = Field(description="HTTP status code.")
