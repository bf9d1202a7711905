"""Which pages say that they are no medical advice and where urgent help is found."""

from collections.abc import Mapping
from typing import Any

from app.kit.resource import Resource


def concerns_safety(resource: Resource, record: Mapping[str, Any]) -> bool:
    """Return whether a record is about doses, interactions, harms or suicidal thoughts.

    Its collection declares the first three; the last is in the words of its name and summary.
    """
    words = f"{record.get('name') or ''} {record.get('summary') or ''}".lower()
    return resource.concerns_safety or "suicid" in words
