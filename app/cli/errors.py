"""Error messages for failures outside of this software: database, settings, files."""


def error_message(error: Exception) -> str | None:
    """What went wrong outside of this software; None where it is a fault of ours."""
    from pydantic import ValidationError
    from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

    if isinstance(error, OperationalError) or type(error) is DatabaseError:  # no store's file
        return f"The store cannot be used: {str(error.orig).strip()}"
    if isinstance(error, ArgumentError):
        return f"The address of a store cannot be read: {error}"
    if isinstance(error, ValidationError) and error.title == "Settings":
        lines = []
        for detail in error.errors():
            message = detail["msg"].removeprefix("Value error, ")
            name = f"KKB_{str(detail['loc'][0]).upper()}: " if detail["loc"] else ""
            lines.append(f"{name}{message}.")
        return "\n".join(lines)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return None
