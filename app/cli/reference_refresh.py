"""`kkb reference refresh`: complete and check the references of the dataset."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.errors import exit_with_error
from app.cli.public_sources import open_fetcher, require_curation_extra, source_urls

if TYPE_CHECKING:
    from app.services.dataset.entry import Entry
    from app.services.enrichment.http_client import Fetcher
    from app.services.enrichment.identifier import PublicationIdentifier
    from app.services.enrichment.refresh import RefreshedReference
    from app.services.enrichment.refresh_report import RefreshReport
    from app.settings import Settings

#: After so many references in a row for which one source failed, the run ends.
MOST_FAILURES = 5


def refresh(
    slugs: Annotated[
        list[str] | None, typer.Argument(help="References; all with an identifier by default.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Check at most this many references.")
    ] = None,
    max_age: Annotated[
        int,
        typer.Option(min=0, metavar="DAYS", help="Skip what was checked in the last DAYS days."),
    ] = 30,
    report: Annotated[
        Path, typer.Option(help="Report to write to; a run that was interrupted goes on from it.")
    ] = Path("reference-refresh.jsonl"),
) -> None:
    """Complete the references of the dataset from public sources, and report differences.

    What is null is filled in; curated values are not replaced.
    """
    require_curation_extra()
    from app.services.dataset.folder import read_folder
    from app.services.enrichment.refresh_report import NotAReportError, RefreshReport
    from app.settings import Settings

    settings, today = Settings(), datetime.now(UTC).date()
    folder = read_folder(settings.dataset)
    if folder.errors:
        exit_with_error(
            f"The dataset folder has {len(folder.errors)} errors, first {folder.errors[0]}."
            " Correct them first: `kkb check` lists all."
        )
    entries = folder.entries_of("references")
    unknown = sorted(set(slugs or ()) - {entry.slug for entry in entries})
    if unknown:
        raise typer.BadParameter(f"The dataset has no reference {', '.join(unknown)}.")
    try:
        state = RefreshReport(report)
    except NotAReportError as error:
        exit_with_error(f"{error}: name another file with --report.")
    selected = [entry for entry in entries if not slugs or entry.slug in slugs]
    identified, without = _with_identifiers(selected)
    since = today - timedelta(days=max_age)
    due = [
        pair for pair in identified if max_age == 0 or not state.was_checked(pair[0].slug, since)
    ]
    typer.echo(
        f"{len(selected)} references: {without} without an identifier,"
        f" {len(identified) - len(due)} checked since {since}, {len(due[:limit])} to check.",
        err=True,
    )
    run = _Run(settings, state, entries)
    run.check(due[:limit])
    run.print_summary()
    if run.stopped_by or run.counts["failed"]:
        raise typer.Exit(1)


def _with_identifiers(
    entries: "list[Entry]",
) -> "tuple[list[tuple[Entry, PublicationIdentifier]], int]":
    """Return the references that sources can be asked for, and the number of the others."""
    from app.services.enrichment.refresh import identifier_of

    pairs = [(entry, identifier_of(entry.draft)) for entry in entries]
    identified = [(entry, identifier) for entry, identifier in pairs if identifier is not None]
    return identified, len(pairs) - len(identified)


class _Run:
    """One run: asks the sources, writes what they confirm, and counts the outcomes."""

    def __init__(
        self, settings: "Settings", state: "RefreshReport", entries: "list[Entry]"
    ) -> None:
        from app.services.enrichment.curated_values import IDENTIFIERS

        self.settings, self.state = settings, state
        self.counts: Counter[str] = Counter()
        self.lines: list[str] = []
        self.stopped_by: str | None = None
        self._failures: Counter[str] = Counter()  # in a row, by source
        self._owners = {
            (name, value.lower()): entry.slug
            for entry in entries
            for name in IDENTIFIERS
            if (value := getattr(entry.draft, name))
        }

    def check(self, due: "list[tuple[Entry, PublicationIdentifier]]") -> None:
        """Check references in turn, with a progress bar on a terminal."""
        from rich.console import Console
        from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

        console = Console(stderr=True)
        columns = (
            *Progress.get_default_columns()[:-1],
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with (
            Progress(*columns, console=console, disable=not console.is_terminal) as bar,
            open_fetcher(self.settings, lambda text: console.print(text, markup=False)) as fetcher,
        ):
            task = bar.add_task("", total=len(due))
            for entry, identifier in due:
                bar.update(task, description=entry.slug)
                self._check(fetcher, entry, identifier)
                bar.advance(task)
                if self.stopped_by:
                    return

    def _check(
        self, fetcher: "Fetcher", entry: "Entry", identifier: "PublicationIdentifier"
    ) -> None:
        """Check one reference: first its file is written, then the report."""
        from app.resources import RESOURCES
        from app.services import enrichment
        from app.services.dataset.yaml_update import CannotUpdateError, update_record
        from app.services.enrichment import refresh as references
        from app.services.records.input_models import input_model

        today = datetime.now(UTC).date()
        enriched = enrichment.enrich(fetcher, source_urls(self.settings), identifier)
        refreshed = references.refresh(entry.draft, enriched, today.isoformat(), self._owners)
        before = entry.draft.model_dump(mode="json", by_alias=True)
        if refreshed.values:
            resource = RESOURCES["references"]
            updated = input_model(resource).model_validate({**before, **refreshed.values})
            path = self.settings.dataset / entry.file
            try:
                update_record(path, resource, entry.draft, updated)
            except CannotUpdateError as error:
                refreshed = references.not_written(refreshed, str(error))
        self._owners |= {
            (name, str(value).lower()): entry.slug for name, value in refreshed.values.items()
        }
        self.state.add(entry.slug, refreshed, before, today)
        self._count(entry.slug, refreshed)

    def _count(self, slug: str, refreshed: "RefreshedReference") -> None:
        self.counts[refreshed.outcome.value] += 1
        self.counts["failed sources"] += bool(refreshed.failed)
        changed = [name for name in refreshed.values if name != "notices_checked_on"]
        if changed:
            self.lines.append(f"{slug}: {', '.join(changed)}")
        self.lines += [f"{slug}: conflict: {line}" for line in refreshed.conflicts]
        self.lines += [f"{slug}: {line}" for line in refreshed.differences]
        self.lines += [f"{slug}: notice: {line}" for line in refreshed.notices]
        self.lines += [
            f"{slug}: {source} failed: {why}" for source, why in refreshed.failed.items()
        ]
        for source in self._failures:
            if source not in refreshed.failed:
                self._failures[source] = 0
        self._failures.update(refreshed.failed.keys())
        if worst := next((s for s, n in self._failures.items() if n >= MOST_FAILURES), None):
            self.stopped_by = worst

    def print_summary(self) -> None:
        """Print what changed and what differs, then the number of references by outcome."""
        for line in self.lines:
            typer.echo(line)
        for outcome, number in self.counts.items():
            typer.echo(f"{number:6} {outcome}", err=True)
        typer.echo(f"Report: {self.state.path}", err=True)
        if self.stopped_by:
            typer.echo(
                f"Stopped: {self.stopped_by} failed for {MOST_FAILURES} references in a row. Run"
                " the command again later: it goes on with those that have not been checked.",
                err=True,
            )
