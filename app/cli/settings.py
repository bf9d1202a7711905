"""`kkb settings`: every setting with its value and description."""

import typer


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


def without_password(url: str) -> str:
    """Return a database URL with its password masked."""
    from sqlalchemy.engine import make_url

    return make_url(url).render_as_string(hide_password=True)
