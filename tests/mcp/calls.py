"""Calls of tools by the SDK's client, from tests that are not coroutines."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from mcp.client import Client
from mcp.types import CallToolResult, TextContent

T = TypeVar("T")
Arguments = dict[str, Any]


@dataclass(frozen=True)
class Caller:
    """A client of a server: its address, an MCP server in this process, or a transport."""

    server: Any
    mode: str = "auto"

    def run(self, use: Callable[[Client], Awaitable[T]]) -> T:
        """Connect, and return what a function does with the connected client."""

        async def connect() -> T:
            server = self.server() if callable(self.server) else self.server
            async with Client(server, mode=self.mode) as client:
                return await use(client)

        return asyncio.run(connect())

    def call(self, tool: str, arguments: Arguments) -> CallToolResult:
        """Call one tool."""
        return self.call_all([(tool, arguments)])[0]

    def call_all(self, calls: Sequence[tuple[str, Arguments]]) -> list[CallToolResult]:
        """Call tools one after the other on one connection."""

        async def use(client: Client) -> list[CallToolResult]:
            return [await client.call_tool(tool, arguments) for tool, arguments in calls]

        return self.run(use)


def text_of(result: CallToolResult) -> str:
    """The text of a result."""
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


def answer_of(result: CallToolResult) -> dict[str, Any]:
    """The structured content of a result that is no error."""
    assert not result.is_error, text_of(result)
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def problem_of(result: CallToolResult) -> dict[str, Any]:
    """The problem document of a failed call."""
    assert result.is_error, text_of(result)
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def facts_of(result: CallToolResult, group: str = "") -> list[dict[str, Any]]:
    """The facts of a result, or those of a group."""
    facts: list[dict[str, Any]] = answer_of(result)["facts"]
    return [fact for fact in facts if not group or fact["group"] == group]


def ids_of(result: CallToolResult) -> list[str]:
    """The ids of the records of the facts."""
    return [fact["id"] for fact in facts_of(result)]


def sent_bytes(result: CallToolResult) -> int:
    """Bytes of a whole result as JSON."""
    return len(result.model_dump_json(by_alias=True, exclude_none=True).encode())


def mentioned(result: CallToolResult) -> str:
    """The structured content as JSON, to look for ids in."""
    return json.dumps(result.structured_content)
