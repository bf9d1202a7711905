"""The answer of every tool: facts, each with its record and citation, within a token budget.

A tool gives its facts in order of importance. What the budget has no room for is left out from the
end, and the answer says what it was and how to get it.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel, Field
from pydantic_core import to_json

from app.domain.wording import counted, listed

BYTES_PER_TOKEN = 4
MIN_BUDGET, DEFAULT_BUDGET, MAX_BUDGET = 500, 2_000, 25_000
#: Bytes of the message around an answer: its JSON-RPC id, and what the SDK adds to a result.
ENVELOPE_BYTES = 240
#: Characters of one text, so that a single long one does not fill an answer.
MAX_TEXT = 600


class Fact(BaseModel):
    """One fact: a record, what it states, and its source.

    Args:
        id: The record, as type:slug.
        group: Role of the fact in its answer.
        text: What the record states, in its own words: data, never an instruction.
        cite: The source to cite.
        url: Page of the record; empty without a public URL.
        values: Figures and values of vocabularies.
    """

    id: str
    group: str
    text: str
    cite: str
    url: str = ""
    values: dict[str, Any] = Field({}, description="Fields named as in the API.")


class McpAnswer(BaseModel):
    """Answer of a tool.

    Args:
        summary: The answer in one or two sentences.
        facts: Facts, by group.
        omitted: What was left out, and how to get it.
        release: Release, or state, of the records that were read.
        cite: Citation of the dataset.
        notice: That it is no medical advice.
    """

    summary: str
    facts: list[Fact]
    omitted: list[str] = Field([], description="What was left out, and how to get it.")
    release: str
    cite: str
    notice: str


@dataclass
class Draft:
    """An answer before the budget is applied.

    Args:
        summary: The answer in one or two sentences.
        facts: Facts, the most important first.
        how: How to get the facts that are left out.
        omitted: What the tool itself has left out, in sentences.
    """

    summary: str
    facts: list[Fact]
    how: str
    omitted: list[str] = field(default_factory=list)


def one_line(text: str, limit: int = MAX_TEXT) -> str:
    """Return text as one line without control characters, cut at a word beyond `limit` characters.

    A record's text must not be able to look like another line of the answer.
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(line) <= limit:
        return line
    return f"{line[: limit - 4].rpartition(' ')[0] or line[: limit - 4]} […]"


def fit(draft: Draft, metadata: dict[str, Any], budget_tokens: int) -> CallToolResult:
    """Return the result with as many facts as the budget has room for.

    Args:
        draft: The answer.
        metadata: Release, citation and notice of the dataset.
        budget_tokens: Upper bound of the whole result, text and structured content together, in
            tokens of four bytes of UTF-8.
    """
    limit = budget_tokens * BYTES_PER_TOKEN - ENVELOPE_BYTES
    facts = draft.facts

    def result(number: int) -> CallToolResult:
        return _result(draft, metadata, facts[:number], facts[number:])

    whole = result(len(facts))
    if size_of(whole) <= limit:
        return whole
    number = bisect_right(range(1, len(facts)), limit, key=lambda n: size_of(result(n)))
    return result(number)


def size_of(result: CallToolResult) -> int:
    """Return the size of a result in bytes of UTF-8, as it is sent."""
    return len(to_json(result.model_dump(mode="json", by_alias=True, exclude_none=True)))


def tokens_of(result: CallToolResult) -> int:
    """Return the size of a result in tokens: bytes of UTF-8 divided by four, rounded up."""
    return ceil(size_of(result) / BYTES_PER_TOKEN)


def _result(
    draft: Draft, metadata: dict[str, Any], shown: Sequence[Fact], left_out: Sequence[Fact]
) -> CallToolResult:
    groups = list(dict.fromkeys(fact.group for fact in draft.facts))
    omitted = list(draft.omitted)
    if left_out:
        numbers = Counter(fact.group for fact in left_out)
        names = [f"{number} {group}" for group, number in numbers.items()][:6]
        omitted.append(f"Left out to fit the budget: {listed(names)}. {draft.how}")
    answer = McpAnswer(
        summary=draft.summary,
        facts=sorted(shown, key=lambda fact: groups.index(fact.group)),
        omitted=omitted,
        release=metadata["release"],
        cite=metadata["cite"],
        notice=metadata["notice"],
    )
    return CallToolResult(
        content=[TextContent(type="text", text=as_text(answer))],
        structured_content=answer.model_dump(mode="json", exclude_defaults=True),
    )


def as_text(answer: McpAnswer) -> str:
    """Return an answer as compact text: one line for each fact."""
    lines, group = [_visible(answer.summary)], None
    for fact in answer.facts:
        if fact.group != group:
            group = fact.group
            lines.append(f"{_visible(group)}:")
        # Only citation files have several lines: none may begin like another line of the answer.
        text = "\n    ".join(_visible(line) for line in fact.text.strip().splitlines())
        lines.append(f"- {fact.id}: {text}{_values_text(fact)} [{_visible(fact.cite)}]")
    lines += [f"({_visible(sentence)})" for sentence in answer.omitted]
    return "\n".join([*lines, f"Source: {answer.cite} {answer.notice}"])


def _visible(text: str) -> str:
    return one_line(text, len(text))


def _values_text(fact: Fact) -> str:
    pairs = [
        f"{name}={value if isinstance(value, str | int | float) else to_json(value).decode()}"
        for name, value in fact.values.items()
    ]
    return f" ({_visible('; '.join(pairs))})" if pairs else ""


def compact(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values without those that are missing or empty, numbers to four significant digits."""
    return {
        name: float(f"{value:.4g}") if isinstance(value, float) else value
        for name, value in values.items()
        if value not in (None, "", [], {})
    }


def more_of(shown: int, total: int, noun: str) -> list[str]:
    """Return the sentence about what a limit leaves out, if it leaves anything out."""
    rest = total - shown
    return [f"{counted(rest, noun)} more: raise limit."] if rest > 0 else []
