"""Release names: their format and order."""

import re

#: Up to four numbers separated by dots: `1`, `2026.12`, `2026.12.1`.
NAME_PATTERN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}")
#: Name of the unreleased current state, where a comparison takes two releases.
CURRENT = "current"
#: Release of a dataset that is not a release, or was edited since.
UNRELEASED = "unreleased"


def is_name(name: str) -> bool:
    """Whether a release may have this name."""
    return NAME_PATTERN.fullmatch(name) is not None


def dataset_version(release: str, revision: int, released_revision: int) -> str:
    """Return the release that the records of a revision are, or what they are instead.

    Args:
        release: Name of the last release that was loaded or published, or "unreleased".
        revision: The revision.
        released_revision: The revision whose records are those of `release`.
    """
    if not is_name(release):
        return f"{UNRELEASED}, revision {revision}"
    if revision == released_revision:
        return release
    return f"{UNRELEASED} changes after {release}, revision {revision}"


def sort_key(name: str) -> tuple[int, ...]:
    """Return a key that sorts names by their numbers: 2026.9 comes before 2026.12."""
    return tuple(int(part) for part in name.split("."))
