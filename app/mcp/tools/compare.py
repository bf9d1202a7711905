"""The tool `compare`: compounds side by side, at targets or in outcomes."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Annotated, Any

from mcp.server.mcpserver.tools import Tool
from pydantic import Field

from app.domain.errors import ErrorDetail, ParameterError
from app.domain.vocabulary import AffinityState, OutcomeState
from app.domain.wording import counted
from app.kit.query_types import QueryModel, ReferenceTo, Slugs
from app.mcp.answers import Draft, Fact, fit
from app.mcp.record_reader import Record, RecordReader
from app.mcp.tool_context import (
    DEFAULT,
    Budget,
    Name,
    Release,
    ToolContext,
    ToolResult,
    read_only_tool,
)
from app.services.evidence import matrix
from app.services.search.reference_parameters import resolve_references

_OUTCOMES = "indications|processes"
#: Pairs whose records are read, and constants that are read of each: more do not fit in an answer.
MAX_PAIRS, MAX_CONSTANTS = 80, 40
#: Constants of a pair that are shown; the others are named by their ids.
CONSTANTS_PER_CELL = 4
#: Notes of a pair that are shown, besides what they found together.
RECORDS_PER_CELL = 2
_AFFINITY_FIELDS = ("parameter", "relation", "value_nm", "species", "assay")


class ComparedRecords(QueryModel):
    """The compounds, targets and outcomes of a comparison."""

    compounds: Annotated[Slugs, ReferenceTo("compounds")]
    targets: Annotated[Slugs, ReferenceTo("receptors")] = []
    outcomes: Annotated[Slugs, ReferenceTo(_OUTCOMES)] = []


def build_tool(context: ToolContext) -> Tool:
    """Build the tool."""

    def compare(
        compounds: Annotated[list[Name], Field(min_length=1, max_length=20)],
        targets: Annotated[list[Name], Field(max_length=50)] = [],  # noqa: B006
        outcomes: Annotated[list[Name], Field(max_length=50)] = [],  # noqa: B006
        release: Release = "",
        budget_tokens: Budget = DEFAULT,
    ) -> ToolResult:
        """Compare compounds at targets (measured affinities) or in outcomes (conditions, effects).

        Without targets and outcomes: at all measured targets, the tightest first.
        """
        if targets and outcomes:
            message = "outcomes: send targets or outcomes, not both; compare twice instead."
            raise ParameterError(ErrorDetail("body", "outcomes", message))
        with context.read(release) as reader:
            query = resolve_references(
                reader.session,
                ComparedRecords(compounds=compounds, targets=targets, outcomes=outcomes),
            )
            build = _outcome_draft if outcomes else _affinity_draft
            return fit(build(reader, query), reader.metadata, budget_tokens)

    return read_only_tool(compare)


def _affinity_draft(reader: RecordReader, query: ComparedRecords) -> Draft:
    compounds = [str(slug) for slug in query.compounds]
    targets = [str(slug) for slug in query.targets]
    _, cells = matrix.affinity_grid(reader.session, compounds, targets)
    tested = [cell for cell in cells if cell["state"] != AffinityState.NOT_TESTED]
    if not targets:
        tested.sort(key=lambda cell: (cell["min_nm"] is None, cell["min_nm"] or 0))
    shown = tested[:MAX_PAIRS]
    slugs = [slug for cell in shown for slug in cell["affinities"][:MAX_CONSTANTS]]
    records = reader.records("affinity", slugs)
    facts = _in_turn([_affinity_facts(reader, cell, records) for cell in shown])
    if targets:
        facts += _without_data(reader, compounds, cells, "receptor", AffinityState.NOT_TESTED)
    constants = sum(cell["count"] for cell in tested)
    summary = (
        f"{counted(len(tested), 'pair')} of compound and target measured, with"
        f" {counted(constants, 'constant')}. Lower nM binds tighter; assays differ."
    )
    how = "Name fewer targets, or raise budget_tokens."
    return Draft(summary, facts, how, _pairs_left_out(tested))


def _affinity_facts(reader: RecordReader, cell: Record, records: dict[str, Record]) -> list[Fact]:
    """Return the tightest constant of a cell with its range, then the weakest, and then others."""
    constants = [records[slug] for slug in cell["affinities"] if slug in records]
    constants.sort(key=lambda r: (r["value_nm"] is None, r["value_nm"] or 0, r["slug"]))
    chosen = [*constants[:1], *constants[1:][-1:], *constants[1:-1]][:CONSTANTS_PER_CELL]
    range_of_cell = {name: cell[name] for name in ("state", "count", "min_nm", "max_nm")}
    shown = {record["slug"] for record in chosen}
    others = [slug for slug in cell["affinities"] if slug not in shown]
    range_of_cell["others"] = [f"affinity:{slug}" for slug in others[:MAX_CONSTANTS]]
    return [
        reader.fact(
            f"{record['compound']['name']} at {record['receptor']['name']}",
            "affinity",
            record,
            values={name: record.get(name) for name in _AFFINITY_FIELDS}
            | (range_of_cell if number == 0 and len(constants) > 1 else {}),
        )
        for number, record in enumerate(chosen)
    ]


def _outcome_draft(reader: RecordReader, query: ComparedRecords) -> Draft:
    compounds = [str(slug) for slug in query.compounds]
    requested = [str(slug) for slug in query.outcomes]
    ids = reader.service.repository.resolve(reader.session, "outcomes", _OUTCOMES, query.outcomes)
    outcomes = matrix.outcomes_in_order(reader.session, requested, ids)
    _, cells = matrix.outcome_grid(reader.session, compounds, outcomes, ids)
    tested = [cell for cell in cells if cell["state"] != OutcomeState.NOT_TESTED]
    shown = tested[:MAX_PAIRS]
    first = {note for cell in shown for note in cell["notes"][:RECORDS_PER_CELL]}
    notes = reader.records("evidence", first)
    facts = _in_turn([_outcome_facts(reader, cell, notes) for cell in shown])
    facts += _without_data(reader, compounds, cells, "outcome", OutcomeState.NOT_TESTED)
    number = matrix.count_notes(reader.session, compounds, ids)
    summary = (
        f"{counted(len(tested), 'pair')} of compound and outcome studied, with"
        f" {counted(number, 'note')}. Compare pairs by check_claim: trials differ."
    )
    how = "Name fewer outcomes, or raise budget_tokens."
    return Draft(summary, facts, how, _pairs_left_out(tested))


def _outcome_facts(reader: RecordReader, cell: Record, notes: dict[str, Record]) -> list[Fact]:
    """Return what the studies of a cell found together, then some of its notes."""
    record_type, _, slug = cell["outcome"].partition(":")
    outcome = reader.record(record_type, slug)
    group = f"{cell['compound']} on {outcome['name']}"
    text = (
        f"{cell['compound']} on {outcome['name']}: {counted(cell['studies'], 'study', 'studies')}"
    )
    values: dict[str, Any] = {name: cell[name] for name in ("state", "count", "studies")}
    values["evidence"] = [f"evidence:{note}" for note in cell["notes"][:12]]
    chosen = [notes[note] for note in cell["notes"] if note in notes][:RECORDS_PER_CELL]
    return [
        reader.fact(group, record_type, outcome, text, values),
        *(reader.fact(group, "evidence", note) for note in chosen),
    ]


def _without_data(
    reader: RecordReader,
    compounds: Sequence[str],
    cells: Sequence[Record],
    column: str,
    state: AffinityState | OutcomeState,
) -> list[Fact]:
    """Return, for each compound, where nothing is on record."""
    records = reader.records("compound", compounds)
    facts = []
    for slug, record in records.items():
        missing = [c[column] for c in cells if c["compound"] == slug and c["state"] == state]
        if missing:
            text = f"No result of {record['name']} is on record for {', '.join(missing)}."
            facts.append(reader.fact("No data on record", "compound", record, text))
    return facts


def _pairs_left_out(tested: Sequence[Record]) -> list[str]:
    rest = len(tested) - MAX_PAIRS
    return [f"{counted(rest, 'more pair')}: name fewer at a time."] if rest > 0 else []


def _in_turn(groups: Sequence[list[Fact]]) -> list[Fact]:
    """Return the first fact of each group, then the second ones, and so on."""
    return [fact for row in zip_longest(*groups) for fact in row if fact is not None]
