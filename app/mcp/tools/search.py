"""The tool `search`: records by words, names, identifiers or a question."""

from typing import Annotated

from mcp.server.mcpserver.tools import Tool
from pydantic import Field

from app.domain.wording import counted
from app.mcp.answers import Draft, fit, more_of
from app.mcp.nearest_claims import figures_of, interpretation_text
from app.mcp.tool_context import (
    DEFAULT,
    Budget,
    Limit,
    Release,
    Sentence,
    ToolContext,
    ToolResult,
    read_only_tool,
)
from app.resources import RecordType
from app.services.search import results


def build_tool(context: ToolContext) -> Tool:
    """Build the tool."""

    def search(
        query: Sentence,
        types: Annotated[list[RecordType], Field(max_length=30)] = [],  # noqa: B006
        limit: Limit = 8,
        release: Release = "",
        budget_tokens: Budget = DEFAULT,
    ) -> ToolResult:
        """Find records by words, names, identifiers or a question, best matches first.

        Claims come with their verdicts. To check a statement, use check_claim.
        """
        with context.read(release) as reader:
            page = results.result_page(
                reader.session, query, types, limit, None, reader.service.repository.release
            )
            slugs: dict[str, list[str]] = {}
            for row in page.rows:
                slugs.setdefault(row["type"], []).append(row["slug"])
            records = {kind: reader.records(kind, names) for kind, names in slugs.items()}
            hits = [(row["type"], records[row["type"]].get(row["slug"])) for row in page.rows]
            facts = [
                reader.fact("Matches", kind, record, values=figures_of(record))
                for kind, record in hits
                if record is not None
            ]
            total = page.result.total
            summary = f"{counted(total, 'matching record')}. {interpretation_text(page.result)}"
            how = f"Raise budget_tokens, or set types, such as {list(slugs)[:3]}."
            draft = Draft(summary.strip(), facts, how, more_of(len(page.rows), total, "match"))
            return fit(draft, reader.metadata, budget_tokens)

    return read_only_tool(search)
