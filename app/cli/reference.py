"""`kkb reference`: look up a reference in public sources and write it as YAML."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import reference_refresh
from app.cli.errors import exit_with_error
from app.cli.public_sources import open_fetcher, require_curation_extra, source_urls

if TYPE_CHECKING:
    from app.services.enrichment import EnrichedReference

app = typer.Typer(
    help="Look up references in public sources.", no_args_is_help=True, rich_markup_mode=None
)
app.command()(reference_refresh.refresh)


@app.callback()
def reference() -> None:
    """Look up references in public sources."""


@app.command()
def add(
    identifier: Annotated[
        str,
        typer.Argument(
            help="pmid:16894061, doi:10.1001/archpsyc.63.8.856, PMC6395554 or NCT03861988."
        ),
    ],
    into: Annotated[
        Path | None,
        typer.Option(help="File of the dataset folder to add it to; printed by default."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write without confirmation.")] = False,
    slug: Annotated[str | None, typer.Option(help="Slug; author and year by default.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="Kind, if no source states it: article, book, web…")
    ] = None,
) -> None:
    """Look up a reference, compare what the sources say, and write it as YAML."""
    require_curation_extra()
    from app.domain.vocabulary import ReferenceKind
    from app.resources import RESOURCES
    from app.services import enrichment
    from app.services.dataset import yaml_append
    from app.services.enrichment import identifier as identifiers
    from app.settings import Settings

    settings, resource = Settings(), RESOURCES["references"]
    try:
        parsed = identifiers.parse_identifier(identifier)
        reference_kind = ReferenceKind(kind) if kind else None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    with open_fetcher(settings, lambda message: typer.echo(message, err=True)) as fetcher:
        enriched = enrichment.enrich(
            fetcher, source_urls(settings), parsed, slug=slug, kind=reference_kind
        )
    _print_comparison(enriched)
    if enriched.draft is None:
        exit_with_error(f"Nothing is written: {enriched.refused}.")
    for duplicate in yaml_append.find_duplicates(settings.dataset, resource, enriched.draft):
        exit_with_error(f"Nothing is written: {duplicate}.")
    draft = yaml_append.with_distinct_name(settings.dataset, resource, enriched.draft)
    text = yaml_append.record_as_yaml(draft)
    if into is None:
        typer.echo(f"{resource.name}:\n{text}", nl=False)
        return
    typer.echo(text, err=True)
    if not yes and not typer.confirm(f"Add this to {into}?", err=True):
        exit_with_error("Nothing is written.")
    try:
        yaml_append.append_record(into, resource, draft)
    except yaml_append.CannotAppendError as error:
        exit_with_error(f"Nothing is written: {error}.")
    typer.echo(f"Added to {into}. `kkb check` reports it until a study or evidence note cites it.")


def _print_comparison(enriched: "EnrichedReference") -> None:
    """Print each field with the value of every source, then notices, conflicts and failures."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from app.services.enrichment.reconciliation import display_value

    sources = [record.source for record in enriched.sources]
    title = Text(f"{enriched.identifier.kind.value} {enriched.identifier.value}")
    table = Table(title=title, title_justify="left")
    for heading in ("field", "result", *sources):
        table.add_column(heading, overflow="fold")
    for field in enriched.fields.values():
        if not field.values_by_source:
            continue
        result = "null: they differ" if field.value is None else display_value(field.value)
        values = [
            display_value(field.values_by_source[s]) if s in field.values_by_source else "–"
            for s in sources
        ]
        table.add_row(*(Text(cell) for cell in (field.name, result, *values)))
    console = Console(stderr=True)
    if sources:
        console.print(table)
    status = enriched.retraction.value.replace("_", " ")
    lines = [f"Retraction status: {status}.", *(f"Notice, {n}." for n in enriched.notices)]
    lines += [f"Minor difference: {line}." for line in enriched.differences]
    lines += [f"Conflict: {line}." for line in enriched.conflicts]
    lines += [f"{source} has no such record." for source in enriched.absent]
    lines += [f"{source} failed: {reason}." for source, reason in enriched.failed.items()]
    lines += [f"A paper of this trial: pmid:{pmid}." for pmid in enriched.papers]
    lines += [
        f"Linked trial: {number}."
        for record in enriched.sources
        if record.checks_retractions
        for number in record.trials
    ]
    for line in lines:
        console.print(Text(line), soft_wrap=True)
