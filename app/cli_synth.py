"""`kkb synth`: the shipped dataset, grown to any size, in an empty store."""

import time
from typing import Annotated

import typer


def synth(
    notes: Annotated[
        int, typer.Option(min=1, help="Evidence notes in all; other nouns grow with them.")
    ],
    seed: Annotated[int, typer.Option(help="The same seed gives the same records.")] = 1,
) -> None:
    """Grow the dataset to so many notes, in an empty store, to measure the service.

    What is added is made up, says so, and bears on no real claim.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    from app.services import store as stores
    from app.services.dataset import read_folder
    from app.services.synth import Synthesis, TooFewError
    from app.settings import Settings

    settings = Settings()
    store = stores.open_store(settings.database_url)
    stores.bring_to_head(store)
    if not stores.is_empty(store):
        raise typer.BadParameter("the store holds records: name an empty one, KKB_DATABASE_URL")
    try:
        source = Synthesis(read_folder(settings.dataset), notes, seed)
    except TooFewError as error:
        raise typer.BadParameter(str(error)) from error
    started, console = time.monotonic(), Console(stderr=True)
    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Left())
    with Progress(*shown, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("Records", total=source.total)
        follow = bar.add_task("Documents and search", total=None)

        def progress(done: int, total: int) -> None:
            if total:
                bar.update(follow, completed=done, total=total)
            else:
                bar.update(task, completed=done)

        stores.load(store, source, progress)
        bar.update(task, completed=source.total)
    took = time.monotonic() - started
    typer.echo(
        f"{source.total} records, {notes} of them notes, in {took:.0f} s:"
        f" {notes / took:.0f} notes a second, with every check, index, document and search.",
        err=True,
    )
