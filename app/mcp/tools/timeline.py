"""The tool `timeline`: what was measured how long after a dose."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from mcp.server.mcpserver.tools import Tool
from pydantic import Field

from app.domain.wording import counted
from app.kit.query_types import QueryModel, ReferenceTo, Slugs
from app.mcp.answers import Draft, Fact, fit
from app.mcp.record_reader import RecordReader
from app.mcp.tool_context import (
    DEFAULT,
    Budget,
    Limit,
    Name,
    Release,
    ToolContext,
    ToolResult,
    read_only_tool,
)
from app.services.evidence.timeline import timeline_slice
from app.services.search.reference_parameters import resolve_references

#: Points on the timeline that are read for one answer.
MAX_POINTS = 500
#: Figures of one note that are shown.
POINTS_PER_NOTE = 4


class TimelineRecords(QueryModel):
    """The compounds and conditions of a timeline."""

    compounds: Annotated[Slugs, ReferenceTo("compounds")]
    indications: Annotated[Slugs, ReferenceTo("indications")] = []


def build_tool(context: ToolContext) -> Tool:
    """Build the tool."""

    def timeline(
        compounds: Annotated[list[Name], Field(min_length=1, max_length=20)],
        indications: Annotated[list[Name], Field(max_length=20)] = [],  # noqa: B006
        limit: Annotated[Limit, Field(description="Notes.")] = 12,
        release: Release = "",
        budget_tokens: Budget = DEFAULT,
    ) -> ToolResult:
        """List effects and mechanisms by hours after the dose, earliest first: onset and duration.

        Mechanisms are listed whatever the indications.
        """
        with context.read(release) as reader:
            query = resolve_references(
                reader.session, TimelineRecords(compounds=compounds, indications=indications)
            )
            points, last = timeline_slice(
                reader.session, query.compounds, query.indications, MAX_POINTS
            )
            by_note: dict[str, list[Mapping[str, Any]]] = {}
            for point in points:
                by_note.setdefault(point["note"], []).append(point)
            clinical = [
                n
                for n, points_of_note in by_note.items()
                if points_of_note[0]["kind"] != "mechanism"
            ]
            order = [*clinical, *(note for note in by_note if note not in set(clinical))]
            chosen = order[:limit]
            records = reader.records("evidence", chosen)
            facts = [_note_fact(reader, records[note], by_note[note]) for note in chosen]
            summary = (
                f"{counted(len(points), 'point')} in time of {counted(len(by_note), 'note')}."
                if points
                else "No result with a time after the dose is on record for these."
            )
            omitted = []
            if rest := len(order) - len(chosen):
                omitted.append(f"{counted(rest, 'later note')}: raise limit.")
            if last is not None:
                omitted.append(f"Later points than the first {MAX_POINTS}: name indications.")
            draft = Draft(summary, facts, "Raise budget_tokens, or name indications.", omitted)
            return fit(draft, reader.metadata, budget_tokens)

    return read_only_tool(timeline)


def _note_fact(
    reader: RecordReader, note: Mapping[str, Any], points: Sequence[Mapping[str, Any]]
) -> Fact:
    texts = [_point_text(point) for point in points[:POINTS_PER_NOTE]]
    if rest := len(points) - len(texts):
        texts.append(f"{rest} more")
    group = "Mechanisms" if points[0]["kind"] == "mechanism" else "Effects"
    return reader.fact(
        group,
        "evidence",
        note,
        "; ".join(texts),
        {
            "study": f"study:{points[0]['study']}",
            "hours": points[0]["hours"],
            "compound": points[0]["compound"],
        },
    )


def _point_text(point: Mapping[str, Any]) -> str:
    unit = point["timepoint_unit"] + ("s" if point["timepoint_value"] != 1 else "")
    time = f"{point['timepoint_value']:g} {unit}"
    value = "" if point["value"] is None else f" {point['value']:g} {point['unit'] or ''}".rstrip()
    outcome = f" ({point['outcome']})" if point["outcome"] else ""
    return f"{time}: {point['label']}{value}{outcome}"
