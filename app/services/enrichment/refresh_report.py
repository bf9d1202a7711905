"""The report of `kkb reference refresh`: a line of JSON for each reference that was checked.

It is written line by line, so that a run which was interrupted goes on where it ended.
"""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

from app.services.enrichment.refresh import Outcome, RefreshedReference


class NotAReportError(Exception):
    """A file that is not such a report, and is not overwritten."""


class RefreshReport:
    """A report on disk, to which results are appended."""

    def __init__(self, path: Path) -> None:
        """Read the report, if there is one; an incomplete last line is removed.

        Raises:
            NotAReportError: The file has other lines than those of a report.
        """
        self.path = path
        self._checked: dict[str, tuple[date, bool]] = {}
        content = path.read_bytes() if path.exists() else b""
        complete = content[: content.rfind(b"\n") + 1]
        for number, line in enumerate(complete.splitlines(), 1):
            try:
                entry = json.loads(line)
                day = date.fromisoformat(entry["checked_on"])
                done = entry["outcome"] != Outcome.FAILED and not entry["failed"]
                self._checked[str(entry["slug"])] = (day, done)
            except (ValueError, TypeError, LookupError, RecursionError) as error:
                raise NotAReportError(f"line {number} of {path} is not of a report") from error
        if content and not complete:
            raise NotAReportError(f"line 1 of {path} is not of a report")
        if complete != content:
            os.truncate(path, len(complete))

    def was_checked(self, slug: str, since: date) -> bool:
        """Return whether all sources answered about a reference on or after a day."""
        day, done = self._checked.get(slug, (date.min, False))
        return done and day >= since

    def add(
        self, slug: str, refreshed: RefreshedReference, before: dict[str, Any], day: date
    ) -> None:
        """Append a result, and write it through to the disk.

        Args:
            slug: Slug of the reference.
            refreshed: The result.
            before: The values of the reference before.
            day: Day of the check.
        """
        entry = {
            "slug": slug,
            "identifier": f"{refreshed.identifier.kind.value}:{refreshed.identifier.value}",
            "checked_on": day.isoformat(),
            "outcome": refreshed.outcome.value,
            "changes": {
                name: {"before": before[name], "after": value}
                for name, value in refreshed.values.items()
            },
            "conflicts": refreshed.conflicts,
            "differences": refreshed.differences,
            "notices": refreshed.notices,
            "failed": refreshed.failed,
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._checked[slug] = (
            day,
            refreshed.outcome is not Outcome.FAILED and not refreshed.failed,
        )
