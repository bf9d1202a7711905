"""`kkb key`: create, list and revoke the API keys of curators."""

from typing import Annotated, Any

import typer

from app.domain.curation import Scope

app = typer.Typer(
    help="Create, list and revoke API keys.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def create(
    name: Annotated[
        str, typer.Argument(help="Curator's name; keys of one name act as one curator.")
    ],
    scope: Annotated[list[Scope], typer.Option(help="What the key allows; repeat for several.")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days until it expires.")] = 365,
) -> None:
    """Create a key and print it once: the store keeps only its digest."""
    from app.services.curation import api_keys

    store = _store()
    try:
        with store.write() as session:
            key, token = api_keys.create_key(session, name, scope, days)
    except api_keys.CuratorNameError as error:
        raise typer.BadParameter(str(error), param_hint="NAME") from error
    typer.echo(token)
    summary = f"Key {key['id']} of {key['name']}, for {', '.join(key['scopes'])},"
    typer.echo(f"{summary} until {key['expires_at'][:10]}. It is not shown again.", err=True)


@app.command("list")
def show() -> None:
    """List all keys ever created, with their first characters only."""
    from app.services.curation import api_keys

    with _store().read() as session:
        for key in api_keys.list_keys(session):
            typer.echo(
                f"{key['id']:4}  {key['hint']}…  {key['state']:8} until {key['expires_at'][:10]}"
                f"  {key['name']}: {', '.join(key['scopes'])}"
            )


@app.command()
def revoke(
    number: Annotated[
        int, typer.Argument(min=1, help="Number of the key, as `kkb key list` shows it.")
    ],
) -> None:
    """Revoke a key with immediate effect."""
    from app.services.curation import api_keys

    with _store().write() as session:
        if not api_keys.revoke_key(session, number):
            raise typer.BadParameter(f"no key has number {number}; `kkb key list` shows all keys")
    typer.echo(f"Key {number} is revoked.", err=True)


def _store() -> Any:
    from app.cli.errors import open_existing
    from app.services import bootstrap
    from app.settings import Settings

    store = open_existing(Settings().database_url)
    bootstrap.migrate_and_rebuild(store)
    return store
