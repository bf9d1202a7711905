"""What every tool needs: the records, its common parameters, and how its answer is made."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated, Any

from mcp.server.mcpserver.tools import Tool
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import AfterValidator, Field

from app.api.deps import ServiceContext
from app.kit.query_types import clean_text
from app.mcp.answers import DEFAULT_BUDGET, MAX_BUDGET, MIN_BUDGET, McpAnswer
from app.mcp.record_reader import RecordReader, read_records

#: A result whose structured content is an answer.
ToolResult = Annotated[CallToolResult, McpAnswer]
Release = Annotated[
    str,
    Field(max_length=40),
    AfterValidator(clean_text),
]
Budget = Annotated[
    int,
    Field(ge=MIN_BUDGET, le=MAX_BUDGET, description="Bytes / 4."),
]
Limit = Annotated[int, Field(ge=1, le=50)]
Name = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(clean_text)]
Sentence = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(clean_text)]
DEFAULT = DEFAULT_BUDGET


@dataclass(frozen=True)
class ToolContext:
    """Where tools read, and the public base URL of the service ("" if there is none)."""

    service: ServiceContext
    public_url: str

    def read(self, release: str) -> AbstractContextManager[RecordReader]:
        """Begin a read transaction.

        Raises:
            ParameterError: There is no such release.
        """
        return read_records(self.service, self.public_url, release)


def read_only_tool(function: Callable[..., Any]) -> Tool:
    """Return a function as a tool that only reads; its docstring is the description.

    Its schemas have no titles, which repeat the names, and refuse unknown parameters. What the
    fields of an answer are is said once, in the instructions of the server.
    """
    tool = Tool.from_function(
        function,
        description=" ".join((function.__doc__ or "").split()),
        annotations=ToolAnnotations(
            read_only_hint=True,
            destructive_hint=False,
            open_world_hint=False,
        ),
    )
    tool.parameters = {**_compact(tool.parameters), "additionalProperties": False}
    tool.fn_metadata.output_schema = _OUTPUT_SCHEMA
    return tool


def _compact(schema: Any) -> Any:
    """Return a JSON schema without titles and descriptions of classes; properties keep theirs."""
    if isinstance(schema, list):
        return [_compact(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    is_class = "properties" in schema or "enum" in schema
    return {
        name: (
            {key: _compact(value) for key, value in inner.items()}
            if name in {"properties", "$defs"}
            else _compact(inner)
        )
        for name, inner in schema.items()
        if name != "title" and not (name == "description" and is_class)
    }


def _output_schema() -> dict[str, Any]:
    """Return the schema of every answer, with that of facts in its place."""
    schema: dict[str, Any] = _compact(McpAnswer.model_json_schema())
    schema["properties"]["facts"]["items"] = schema.pop("$defs")["Fact"]
    for properties in (schema["properties"], schema["properties"]["facts"]["items"]["properties"]):
        for declared in properties.values():
            declared.pop("default", None)
    return schema


_OUTPUT_SCHEMA = _output_schema()
