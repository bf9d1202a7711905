"""`kkb key`: make, list and revoke the keys of curators."""

from typing import Annotated, Any

import typer

from app.domain.curation import Scope

app = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who will hold it; two keys of one name are one.")],
    scope: Annotated[list[Scope], typer.Option(help="What it allows; say it again for more.")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it holds.")] = 365,
) -> None:
    """Make a key and show it, this once: only a digest of it is kept."""
    from app.services.curation import api_keys

    store = _store()
    if not name.strip() or len(name) > 200:
        raise typer.BadParameter("a name has 1 to 200 characters")
    with store.write() as session:
        known, token = api_keys.create_key(session, name.strip(), scope, days)
    typer.echo(token)
    summary = f"Key {known['id']} of {known['name']}, for {', '.join(known['scopes'])},"
    typer.echo(f"{summary} until {known['expires_at'][:10]}. It is not shown again.", err=True)


@app.command("list")
def show() -> None:
    """List every key that was ever made, but for the keys themselves."""
    from app.services.curation import api_keys

    with _store().read() as session:
        for key in api_keys.list_keys(session):
            typer.echo(
                f"{key['id']:4}  {key['hint']}…  {key['state']:8} until {key['expires_at'][:10]}"
                f"  {key['name']}: {', '.join(key['scopes'])}"
            )


@app.command()
def revoke(
    number: Annotated[int, typer.Argument(min=1, help="The key's number, as `list` tells it.")],
) -> None:
    """End a key at once."""
    from app.services.curation import api_keys

    with _store().write() as session:
        if not api_keys.revoke_key(session, number):
            raise typer.BadParameter(f"there is no key {number}; `kkb key list` shows them")
    typer.echo(f"Key {number} is revoked.", err=True)


def _store() -> Any:
    from app.cli import store as cli_store
    from app.services import bootstrap
    from app.settings import Settings

    store = cli_store.open_existing(Settings().database_url)
    bootstrap.migrate_and_rebuild(store)
    return store
