"""The tools `get_record` and `cite`."""

from typing import Annotated, Any, Literal

from mcp.server.mcpserver.tools import Tool
from pydantic import Field
from pydantic_core import to_json

from app.domain.citation import CITATION_FORMATS, dataset_reference
from app.domain.errors import ErrorDetail, ParameterError
from app.domain.wording import counted
from app.kit.suggestions import did_you_mean, similar
from app.mcp.answers import BYTES_PER_TOKEN, Draft, Fact, fit
from app.mcp.record_reader import Record, RecordReader, citation_text
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
from app.resources import RESOURCES
from app.services.releases.publish import dataset_date

#: Bytes of an answer besides the fields of the record: text, citation and notice, twice.
_REST_BYTES = 1_500
Style = Literal["text", "bibtex", "ris", "csl"]
_FORMATS = {"bibtex": "bib", "ris": "ris", "csl": "csl.json"}


def build_get_record(context: ToolContext) -> Tool:
    """Build the tool `get_record`."""

    def get_record(
        id: Annotated[Name, Field(description="type:slug, name or identifier (DOI, CAS, NCT).")],
        fields: Annotated[list[Name], Field(max_length=100)] = [],  # noqa: B006
        release: Release = "",
        budget_tokens: Budget = DEFAULT,
    ) -> ToolResult:
        """Get one record with its fields; the largest are left out first if they do not fit."""
        with context.read(release) as reader:
            record_type, slug = reader.resolve("id", id)
            record = reader.record(record_type, slug)
            chosen = _chosen_fields(record, fields)
            values, left_out = _within(chosen, budget_tokens * BYTES_PER_TOKEN - _REST_BYTES)
            fact = reader.fact("Record", record_type, record)
            names = f"Fields left out: {', '.join(left_out)}. Set fields, and raise budget_tokens."
            draft = Draft(
                f"{record['name']} ({record_type}).",
                [fact.model_copy(update={"values": values})],
                "Raise budget_tokens.",
                [names] if left_out else [],
            )
            return fit(draft, reader.metadata, budget_tokens)

    return read_only_tool(get_record)


def build_cite(context: ToolContext) -> Tool:
    """Build the tool `cite`."""

    def cite(
        ids: Annotated[list[Name], Field(max_length=20)] = [],  # noqa: B006
        style: Style = "text",
        limit: Limit = 20,
        release: Release = "",
        budget_tokens: Budget = DEFAULT,
    ) -> ToolResult:
        """Cite the references that records rest on; without ids, the dataset itself."""
        with context.read(release) as reader:
            references: dict[str, Record] = {}
            for text in ids:
                references |= _references(reader, *reader.resolve("ids", text))
            shown = [references[name] for name in sorted(references)][:limit]
            facts = [
                reader.fact("References", "reference", reference).model_copy(
                    update={"text": _formatted(reference, style), "cite": reference["name"]}
                )
                for reference in shown
            ]
            summary = f"{counted(len(references), 'reference')}."
            if not ids:
                facts = [_dataset_fact(reader, style)]
                summary = "The dataset, as it is read here."
            elif not references:
                summary = "These records rest on no references: cite the dataset."
                facts = [_dataset_fact(reader, style)]
            rest = len(references) - len(shown)
            omitted = [f"{counted(rest, 'reference')} more: raise limit."] if rest > 0 else []
            draft = Draft(summary, facts, "Raise budget_tokens, or send fewer ids.", omitted)
            return fit(draft, reader.metadata, budget_tokens)

    return read_only_tool(cite)


def _chosen_fields(record: Record, names: list[str]) -> dict[str, Any]:
    """Return the fields of a record that have a value, or those that are named.

    Raises:
        ParameterError: It has no such field.
    """
    unknown = [name for name in names if name not in record]
    if unknown:
        suggestions = similar(unknown[0], sorted(record))
        message = f"fields: the record has no field {unknown[0]!r}.{did_you_mean(suggestions)}"
        raise ParameterError(
            ErrorDetail(
                "body",
                "fields",
                message,
                value=unknown[0],
                allowed=sorted(record),
                did_you_mean=suggestions,
            )
        )
    if names:
        return {name: record[name] for name in names}
    return {name: value for name, value in record.items() if value not in (None, [], {}, "")}


def _within(values: dict[str, Any], limit: int) -> tuple[dict[str, Any], list[str]]:
    """Return the fields that fit into some bytes, the smallest first, and the names of the others.

    A field is sent twice, as text and as structured content, where quotes are escaped.
    """
    sizes = {name: len(to_json(value)) + len(name) + 6 for name, value in values.items()}
    sizes = {
        name: size + len(to_json(to_json(values[name]).decode())) for name, size in sizes.items()
    }
    included, spent = set[str](), 0
    for name in sorted(sizes, key=lambda name: sizes[name]):
        spent += sizes[name]
        if spent > limit:
            break
        included.add(name)
    return (
        {name: value for name, value in values.items() if name in included},
        [name for name in values if name not in included],
    )


def _references(reader: RecordReader, record_type: str, slug: str) -> dict[str, Record]:
    """Return the references that a record rests on, by slug; of a reference, itself."""
    resource = RESOURCES.by_record_type[record_type]
    reader.record(record_type, slug)
    if resource is RESOURCES["references"]:
        return {slug: reader.record(record_type, slug)}
    key, _ = reader.service.repository.get_parsed(reader.session, resource, [slug])[slug]
    included = reader.service.repository.load_includes(
        reader.session, resource, [key], list(resource.cites)
    )
    return reader.records("reference", sorted(included.get("references", ())))


def _formatted(reference: Record, style: Style) -> str:
    if style == "text":
        return citation_text(reference)
    return CITATION_FORMATS[_FORMATS[style]](reference)


def _dataset_fact(reader: RecordReader, style: Style) -> Fact:
    metadata = reader.metadata
    published = dataset_date(reader.session)
    year = published.year if published else None
    url = reader.address("/v1")
    reference = dataset_reference(metadata["release"], metadata["revision"], year, url)
    text = metadata["cite"] if style == "text" else _formatted(reference, style)
    return Fact(
        id=f"release:{metadata['release']}",
        group="Dataset",
        text=text,
        cite=metadata["cite"],
        url=url,
        values={},
    )
