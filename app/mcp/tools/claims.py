"""The tools `check_claim` and `evidence_for_and_against`."""

from typing import Annotated

from mcp.server.mcpserver.tools import Tool
from pydantic import Field

from app.domain.errors import NotFoundError
from app.domain.vocabulary import VerdictKind
from app.mcp.answers import Draft, Fact, fit, more_of
from app.mcp.claim_facts import (
    claim_fact,
    conflict_fact,
    evidence_facts,
    left_by_limit,
    numbers_of_sides,
    verdict_facts,
)
from app.mcp.nearest_claims import nearest_claims
from app.mcp.record_reader import Record, RecordReader
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

#: Notes of each side that `check_claim` shows.
NOTES_PER_SIDE = 2


def build_check_claim(context: ToolContext) -> Tool:
    """Build the tool `check_claim`."""

    def check_claim(
        sentence: Sentence,
        limit: Annotated[Limit, Field(description="Nearest claims.")] = 4,
        release: Release = "",
        budget_tokens: Budget = DEFAULT,
    ) -> ToolResult:
        """Check a sentence against the nearest claims on record.

        Returns verdict, certainty, estimate, evidence for and against, and what would change it. A
        verdict is about the claim as worded: compare direction, drug, dose and population.
        """
        with context.read(release) as reader:
            nearest = nearest_claims(reader, "sentence", sentence, limit)
            claim, *others = nearest.claims
            verdict = reader.record("verdict", claim["slug"])
            first, *changes = verdict_facts(reader, verdict)
            notes = evidence_facts(reader, verdict, NOTES_PER_SIDE)
            facts = [claim_fact(reader, "Nearest claim", claim), first]
            facts += [claim_fact(reader, "Other near claims", other) for other in others]
            facts += [*notes[:2], *(changes or _conflicts(reader, claim)), *notes[2:]]
            summary = (
                f"The nearest claim is {_verdict_text(verdict)}, with"
                f" {numbers_of_sides(verdict)}. {nearest.read_as}"
            )
            how = f"Raise budget_tokens, or evidence_for_and_against(claim:{claim['slug']})."
            omitted = more_of(len(nearest.claims), nearest.total, "claim")
            if rest := left_by_limit(verdict, notes):
                omitted.append(f"{rest} more notes: evidence_for_and_against.")
            return fit(Draft(summary.strip(), facts, how, omitted), reader.metadata, budget_tokens)

    return read_only_tool(check_claim)


def build_evidence(context: ToolContext) -> Tool:
    """Build the tool `evidence_for_and_against`."""

    def evidence_for_and_against(
        claim: Annotated[Sentence, Field(description="claim:slug, or a sentence.")],
        limit: Annotated[Limit, Field(description="Notes per side.")] = 5,
        release: Release = "",
        budget_tokens: Budget = DEFAULT,
    ) -> ToolResult:
        """List the evidence for and against one claim, the most important first.

        Notes have study design, participants and weight in the pooled estimate.
        """
        with context.read(release) as reader:
            record, read_as = _one_claim(reader, claim)
            verdict = reader.record("verdict", record["slug"])
            first, *changes = verdict_facts(reader, verdict)
            notes = evidence_facts(reader, verdict, limit)
            facts = [claim_fact(reader, "Claim", record), first, *notes]
            facts += changes or _conflicts(reader, record)
            summary = f"{numbers_of_sides(verdict)[:1].upper()}{numbers_of_sides(verdict)[1:]}."
            omitted = more_of(0, left_by_limit(verdict, notes), "note")
            how = "Raise budget_tokens, or lower limit."
            return fit(
                Draft(f"{summary} {read_as}".strip(), facts, how, omitted),
                reader.metadata,
                budget_tokens,
            )

    return read_only_tool(evidence_for_and_against)


def _one_claim(reader: RecordReader, text: str) -> tuple[Record, str]:
    """Return the claim that an id or name means, else the nearest one, and how it was chosen.

    Raises:
        NotFoundError: There is none.
    """
    try:
        _, slug = reader.resolve("claim", text, ["claim"])
    except NotFoundError:
        if " " not in text.strip():  # an id, which must not be replaced by another one in silence
            raise
    else:
        return reader.record("claim", slug), ""
    nearest = nearest_claims(reader, "claim", text, 3)
    others = ", ".join(f"claim:{other['slug']}" for other in nearest.claims[1:])
    also = f" Also near: {others}." if others else ""
    return nearest.claims[0], f"Nearest claim to the sentence.{also} {nearest.read_as}"


def _conflicts(reader: RecordReader, claim: Record) -> list[Fact]:
    conflict = conflict_fact(reader, claim["slug"])
    return [conflict] if conflict else []


def _verdict_text(verdict: Record) -> str:
    kind = next((k.label for k in VerdictKind if k == verdict["verdict"]), verdict["verdict"])
    certainty = (verdict["certainty"] or "").replace("_", " ")
    return f"{kind.lower()} ({certainty} certainty)" if certainty else kind.lower()
