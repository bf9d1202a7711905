"""`kkb settings`: every setting with its value and description."""

import typer

from app.cli.errors import without_password


def settings() -> None:
    """Print every setting with its current value and its description."""
    from app.settings import Settings

    current = Settings()
    for name, info in Settings.model_fields.items():
        value = getattr(current, name)
        if name in {"database_url", "read_database_url"}:
            value = without_password(value) if value else ""
        text = "" if value is None else value
        typer.echo(f"KKB_{name.upper()}={text}\n    {info.description}")
