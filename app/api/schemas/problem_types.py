"""Schema of problem types."""

from pydantic import Field

from app.api.problems import Problem
from app.resources.base import OutputModel


class ProblemType(OutputModel):
    """Explanation of a problem type, with an example."""

    name: str = Field(description="Last segment of the `type` URL of a problem.")
    title: str = Field(description="Short summary of the problem type.")
    status: int = Field(description="HTTP status code.")
    explanation: str = Field(description="What has happened.")
    solution: str = Field(description="What the client can do.")
    example: Problem = Field(description="Example of a problem of this type.")
