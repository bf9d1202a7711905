"""`kkb release`: publish, list and verify the releases."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.errors import exit_with_error

app = typer.Typer(
    help="Publish, list and verify releases.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def publish(
    name: Annotated[str, typer.Argument(help="Name: digits and dots, such as 2026.12.")],
    note: Annotated[str | None, typer.Option(help="Release note for readers.")] = None,
) -> None:
    """Publish the current records as an immutable release."""
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
        exit_with_error(f"Nothing was published: {error}.")
    typer.echo(f"{_summary(manifest)}\n{archive.folder / name}")
    if changelog := manifest.changelog:
        for change, slugs_by_collection in (
            ("added", changelog.added),
            ("changed", changelog.changed),
            ("withdrawn", changelog.withdrawn),
        ):
            for collection, slugs in slugs_by_collection.items():
                typer.echo(f"{len(slugs):6} {collection} {change} since {manifest.previous}")
        typer.echo(f"{len(changelog.verdicts):6} verdicts changed")


@app.command("list")
def show() -> None:
    """List the releases, newest first."""
    for manifest in _archive().all():
        typer.echo(_summary(manifest))


@app.command()
def verify() -> None:
    """Check every file of every release against its SHA-256."""
    archive = _archive()
    errors = list(archive.integrity_errors())
    for error in errors:
        typer.echo(error, err=True)
    if errors:
        exit_with_error(f"{len(errors)} file(s) are not as they were published.")
    typer.echo(f"{len(archive.all())} release(s) are as they were published.")


def open_single_release(file: Path, **pool: Any) -> Any:
    """Open a release file as an archive that holds only this release.

    Raises: typer.Exit(1), if the file is missing or is no release.
    """
    from app.domain.errors import UnavailableError
    from app.services.releases.archive import SingleReleaseArchive
    from app.services.releases.reader import NotAReleaseFileError

    if not file.is_file():
        what = "is a folder, not the file of a release" if file.exists() else "does not exist"
        exit_with_error(f"{file} {what} (--release).")
    try:
        return SingleReleaseArchive(file, **pool)
    except (NotAReleaseFileError, UnavailableError) as error:
        exit_with_error(str(error))


def publish_loaded(store: Any, archive: Any) -> None:
    """Publish a newly loaded dataset as a release.

    A failure, such as a read-only folder, is only a warning: the store can be served without it.
    """
    from app.services.releases import publish as release_publish
    from app.services.releases.snapshot import CorruptFileError

    try:
        manifest = release_publish.publish_loaded(store, archive)
    except (release_publish.PublishRefusedError, CorruptFileError) as error:
        typer.echo(f"The dataset was not published as a release: {error}.", err=True)
        return
    if manifest:
        typer.echo(f"{_summary(manifest)}, published in {archive.folder}.", err=True)


def open_archive(settings: Any, **pool: Any) -> Any:
    """Open the folder of published releases, which need not exist yet.

    Raises: typer.Exit(1), if it is a file.
    """
    from app.services.releases.archive import Archive

    folder = settings.releases_folder
    if folder.exists() and not folder.is_dir():
        exit_with_error(f"{folder} is a file, not a folder of releases (KKB_RELEASES).")
    return Archive(folder, **pool)


def _archive() -> Any:
    from app.settings import Settings

    return open_archive(Settings())


def _summary(manifest: Any) -> str:
    records = sum(manifest.counts.values())
    note = f": {manifest.note}" if manifest.note else ""
    return f"Release {manifest.name} of {manifest.date}, {records} records{note}"
