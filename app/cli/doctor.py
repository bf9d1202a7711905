"""`kkb doctor`: check the installation, one line for each result."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.errors import error_message

if TYPE_CHECKING:
    from app.services.diagnostics.check_result import CheckResult


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Check settings, store, files, search, verdicts, releases and clock; write nothing.

    Each line is ok, a warning, or an error with what to do about it. The exit status is 1 if there
    is an error, else 0.
    """
    results = []
    for result in _check_all():
        results.append(result)
        if not as_json:
            text = f"{result.message}. {result.remedy}" if result.remedy else result.message
            typer.echo(f"{result.level:8} {result.check:12} {text}")
    has_error = any(result.level == "error" for result in results)
    if as_json:
        report = {"ok": not has_error, "results": [asdict(result) for result in results]}
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    raise typer.Exit(1 if has_error else 0)


def _check_all() -> Iterator["CheckResult"]:
    from app.services.diagnostics import files, store
    from app.services.diagnostics.check_result import error, ok, warning
    from app.settings import Settings, unknown_settings

    try:
        settings: Settings = Settings()
    except ValueError as failure:
        message = (error_message(failure) or str(failure)).replace("\n", " ").rstrip(".")
        yield error("settings", message, "`docs/operations.md` describes the settings.")
        return
    unknown = unknown_settings()
    for name, suggestion in unknown.items():
        meant = f"Did you mean {suggestion}?" if suggestion else "`kkb settings` lists them."
        yield warning("settings", f"{name} is not a setting", meant)
    if not unknown:
        yield ok("settings", f"{len(settings.model_fields_set)} of the settings are set")
    file, releases = store.sqlite_file(settings.database_url), settings.releases_folder
    url, read_url = settings.database_url, settings.read_database_url
    yield from _unless_forbidden("store", store.check_store(url, read_url, releases))
    yield from _unless_forbidden("disk", files.check_disk(file, releases))
    yield from _unless_forbidden(
        "permissions", files.check_permissions(file, releases, settings.dataset)
    )
    yield from _unless_forbidden("releases", files.check_releases(releases))


def _unless_forbidden(check: str, results: Iterator["CheckResult"]) -> Iterator["CheckResult"]:
    """Yield results; a file that cannot be looked at is an error of the check."""
    from app.services.diagnostics.check_result import error

    try:
        yield from results
    except OSError as failure:
        message = f"{failure.filename}: {failure.strerror}"
        yield error(check, message, "Run as the user of the service, or change the permissions.")
