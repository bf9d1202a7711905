"""Schema of the health check."""

from pydantic import Field

from app.resources.base import OutputModel


class Health(OutputModel):
    """Health status."""

    status: str = Field(description="ok.")
