"""Result of a check."""

from dataclasses import dataclass
from enum import StrEnum


class CheckLevel(StrEnum):
    """How much a result matters."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class CheckResult:
    """What one check found.

    Args:
        check: Name of the check.
        level: Whether something has to be done.
        message: What was found, in one line.
        remedy: What to do about it; empty if nothing.
    """

    check: str
    level: CheckLevel
    message: str
    remedy: str = ""


def ok(check: str, message: str) -> CheckResult:
    """Return a result that needs no action."""
    return CheckResult(check, CheckLevel.OK, message)


def warning(check: str, message: str, remedy: str) -> CheckResult:
    """Return a result that is worth a look; the service works."""
    return CheckResult(check, CheckLevel.WARNING, message, remedy)


def error(check: str, message: str, remedy: str) -> CheckResult:
    """Return a result because of which the service does not work, or responds wrongly."""
    return CheckResult(check, CheckLevel.ERROR, message, remedy)
