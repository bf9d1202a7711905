"""`kkb release`: publish, list and verify the releases."""

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

app = typer.Typer(help="Publish, list and verify releases.", no_args_is_help=True)


@app.command()
def publish(
    name: Annotated[str, typer.Argument(help="Figures and dots, such as 2026.12.")],
    note: Annotated[str | None, typer.Option(help="A word on it, for its readers.")] = None,
) -> None:
    """Freeze the records as they stand into a release that never changes."""
    from app.services import bootstrap
    from app.services.releases import publish as release_publish
    from app.services.releases.snapshot import CorruptFileError
    from app.services.store.opening import open_store
    from app.settings import Settings

    settings = Settings()
    store = open_store(settings.database_url)
    bootstrap.migrate_and_rebuild(store)
    archive = _archive()
    try:
        manifest = release_publish.publish(store, archive, name, note=note)
    except (release_publish.PublishRefusedError, CorruptFileError) as error:
        _give_up(f"Nothing was published: {error}.")
    typer.echo(f"{_told(manifest)}\n{archive.folder / name}")
    if manifest.changelog:
        moved = manifest.changelog
        for word, manifest_ in (
            ("added", moved.added),
            ("changed", moved.changed),
            ("withdrawn", moved.withdrawn),
        ):
            for collection, records in manifest_.items():
                typer.echo(f"{len(records):6} {collection} {word} since {manifest.previous}")
        typer.echo(f"{len(moved.verdicts):6} verdicts moved")


@app.command("list")
def show() -> None:
    """List the releases, newest first."""
    for manifest in _archive().all():
        typer.echo(_told(manifest))


@app.command()
def verify() -> None:
    """Hold every file of every release against its SHA-256."""
    archive = _archive()
    faults = list(archive.integrity_errors())
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        _give_up(f"{len(faults)} file(s) are not as they were published.")
    typer.echo(f"{len(archive.all())} release(s) are as they were published.")


def open_single_release(file: Path, **pool: Any) -> Any:
    """An archive of one release, from its file."""
    from app.domain.errors import UnavailableError
    from app.services.releases.archive import SingleReleaseArchive
    from app.services.releases.reader import NotAReleaseFileError

    try:
        return SingleReleaseArchive(file, **pool)
    except (NotAReleaseFileError, UnavailableError) as error:
        _give_up(str(error))


def publish_loaded(store: Any, archive: Any) -> None:
    """The dataset that was loaded is a release too; a folder that is read-only stops nothing."""
    from app.services.releases import publish as release_publish
    from app.services.releases.snapshot import CorruptFileError

    try:
        manifest = release_publish.publish_loaded(store, archive)
    except (release_publish.PublishRefusedError, CorruptFileError) as error:
        typer.echo(f"The dataset was not published as a release: {error}.", err=True)
        return
    if manifest:
        typer.echo(f"{_told(manifest)}, published in {archive.folder}.", err=True)


def _archive() -> Any:
    from app.services.releases.archive import Archive
    from app.settings import Settings

    return Archive(Settings().releases_folder)


def _told(manifest: Any) -> str:
    records = sum(manifest.counts.values())
    note = f": {manifest.note}" if manifest.note else ""
    return f"Release {manifest.name} of {manifest.date}, {records} records{note}"


def _give_up(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(1)
