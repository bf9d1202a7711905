"""The tool `find_path`: chains of claims from one entity to another."""

from itertools import product
from typing import Annotated

from mcp.server.mcpserver.tools import Tool
from pydantic import Field

from app.api.graph_query import resolve_entity
from app.domain.errors import ErrorDetail, ParameterError
from app.domain.graph import Edge, chain_sign, verdict_sentence, weakest_step
from app.domain.wording import counted
from app.mcp.answers import Draft, Fact, fit
from app.mcp.record_reader import RecordReader
from app.mcp.tool_context import (
    DEFAULT,
    Budget,
    Name,
    Release,
    ToolContext,
    ToolResult,
    read_only_tool,
)
from app.services.graph.filtering import EdgeFilter
from app.services.graph.graph import Graph
from app.services.graph.loader import chains_with_notes
from app.services.graph.paths import PathResult, find_paths

#: Entities that are tried in place of one.
MAX_COUNTERPARTS = 3
_SIGNS = {1: "raises", -1: "lowers", 0: "acts on"}


def build_tool(context: ToolContext) -> Tool:
    """Build the tool."""

    def find_path(
        start: Annotated[Name, Field(description="Compound, target, process, region, condition.")],
        end: Name,
        max_hops: Annotated[int, Field(ge=1, le=12)] = 8,
        paths_wanted: Annotated[int, Field(ge=1, le=5)] = 2,
        include_refuted: bool = False,
        release: Release = "",
        budget_tokens: Budget = DEFAULT,
    ) -> ToolResult:
        """Find how one entity may act on another, as chains of causal claims.

        The chain with the strongest weakest step comes first; each step has its own verdict.
        """
        with context.read(release) as reader:
            graph = reader.service.graphs.get(reader.session)
            first = resolve_entity(reader.session, graph, "start", start)
            last = resolve_entity(reader.session, graph, "end", end)
            if first == last:
                message = f"end: start and end are both {first}; a path needs two entities."
                raise ParameterError(ErrorDetail("body", "end", message))
            choice = EdgeFilter(include_refuted=include_refuted)
            ends, result = _find(graph, (first, last), paths_wanted, max_hops, choice)
            facts = [
                fact
                for rank, chain in enumerate(chains_with_notes(reader.session, result.chains), 1)
                for fact in _chain_facts(reader, graph, rank, chain)
            ]
            entities = dict.fromkeys([*ends, first, last])
            summary = _summary(graph, result.chains, ends, max_hops)
            if ends != (first, last):
                summary = f"No chain leads from {first} to {last} itself. {summary}"
            omitted = [f"{result.truncated} There may be more paths."] if result.truncated else []
            draft = Draft(
                summary,
                [*facts, *(_entity_fact(reader, node) for node in entities)],
                "Raise budget_tokens, or lower paths_wanted.",
                omitted,
            )
            return fit(draft, reader.metadata, budget_tokens)

    return read_only_tool(find_path)


def _find(
    graph: Graph, ends_of_path: tuple[str, str], number: int, max_hops: int, choice: EdgeFilter
) -> tuple[tuple[str, str], PathResult]:
    """Return the chains between two entities, and the ends that they have.

    Claims may be about a target or about a process that it takes part in: without a chain between
    the entities themselves, those that go with them are tried.
    """
    result = PathResult([])
    starts, ends = ([node, *_counterparts(graph, node)] for node in ends_of_path)
    for pair in product(starts, ends):
        if pair[0] == pair[1]:
            continue
        result = find_paths(graph, pair, number, max_hops, lambda edge: choice.accepts(edge, graph))
        if result.chains or result.truncated:
            return pair, result
    return ends_of_path, result


def _counterparts(graph: Graph, node: str) -> list[str]:
    """Return the processes that a target takes part in, or the targets that take part in it."""
    processes = graph.takes_part.get(node, frozenset())
    targets = [target for target, nodes in graph.takes_part.items() if node in nodes]
    return sorted({*processes, *targets} & set(graph.nodes))[:MAX_COUNTERPARTS]


def _summary(graph: Graph, chains: list[list[Edge]], ends: tuple[str, str], max_hops: int) -> str:
    if not chains:
        return (
            f"No chain of at most {counted(max_hops, 'claim')} leads from {ends[0]} to {ends[1]}."
            " Raise max_hops, or set include_refuted."
        )
    best = chains[0]
    weakest = weakest_step(best)
    names = [graph.nodes[best[0].subject].name, *(graph.nodes[e.object].name for e in best)]
    return (
        f"{counted(len(chains), 'path')}. The first: {' → '.join(names)}; overall the start"
        f" {_SIGNS[chain_sign(best)]} the end. Its weakest step is claim:{weakest.claim}"
        f" ({weakest.verdict})."
    )


def _chain_facts(reader: RecordReader, graph: Graph, rank: int, chain: list[Edge]) -> list[Fact]:
    claims = reader.records("claim", [edge.claim for edge in chain])
    facts = []
    for edge in chain:
        fact = reader.fact(
            f"Path {rank}",
            "claim",
            claims[edge.claim],
            verdict_sentence(edge),
            {
                "subject": edge.subject,
                "predicate": edge.predicate,
                "object": edge.object,
                "verdict": edge.verdict,
                "certainty": edge.certainty,
                "disputed": edge.disputed or None,
            },
        )
        sources = list(dict.fromkeys(note.cited_as for note in edge.notes if note.cited_as))[:3]
        facts.append(fact.model_copy(update={"cite": "; ".join(sources)}) if sources else fact)
    return facts


def _entity_fact(reader: RecordReader, node: str) -> Fact:
    record_type, _, slug = node.partition(":")
    return reader.fact("Ends", record_type, reader.record(record_type, slug))
