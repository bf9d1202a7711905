"""`kkb export`: a collection as a file, or the whole store as a dataset folder."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import dataset as dataset_commands
from app.cli.errors import open_existing


def export(
    collection: Annotated[
        str | None, typer.Argument(help="A collection, such as affinities.")
    ] = None,
    format_name: Annotated[
        str, typer.Option("--format", help="csv, tsv, ndjson, parquet…")
    ] = "csv",
    output: Annotated[
        Path | None, typer.Option(help="File to write; standard output by default.")
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option(help="Write the whole store to this folder as a dataset.")
    ] = None,
) -> None:
    """Write all records of a collection as the API does, or the whole store as a dataset."""
    from app.services import bootstrap
    from app.settings import Settings

    if (collection is None) == (dataset is None):
        raise typer.BadParameter("name a collection, or use --dataset with a folder")
    if collection is not None:
        _check_collection(collection, format_name)
    store = open_existing(Settings().database_url)
    bootstrap.migrate_and_rebuild(store)
    if dataset is not None:
        dataset_commands.export_store(store, dataset)
    elif collection is not None:
        _export_collection(store, collection, format_name, output)


def _check_collection(collection: str, format_name: str) -> None:
    from app.resources import RESOURCES

    if collection not in RESOURCES:
        raise typer.BadParameter(f"no collection {collection!r}; there are: {', '.join(RESOURCES)}")
    formats = RESOURCES[collection].formats
    if format_name not in formats:
        raise typer.BadParameter(
            f"no format {format_name!r} for {collection}; there are: {', '.join(formats)}"
        )


def _export_collection(store: Any, collection: str, format_name: str, output: Path | None) -> None:
    from app.kit.atomic_file import atomic_write
    from app.kit.repository import Repository
    from app.resources import RESOURCES
    from app.services.records import exports
    from app.services.records.licences import exported_licences
    from app.services.store.revision import current_revision, dataset_metadata

    resource = RESOURCES[collection]
    query = RESOURCES.export_query(resource)()
    with store.read() as session:
        repository = Repository(RESOURCES)
        licences = exported_licences(session, repository, resource, query)
        metadata = dataset_metadata(current_revision(session), licences)
        chunks = exports.export(session, repository, resource, query, format_name, metadata)
        if output is None:
            for chunk in chunks:
                sys.stdout.buffer.write(chunk)
        else:
            with atomic_write(output) as file:
                file.writelines(chunks)
