"""Changes of records in words: the fields that changed, before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.explorer import labels
from app.kit.raw_json import dump_json

#: Longer values are shown by their beginning, with their length: the JSON has them in full.
MAX_CHARACTERS = 300
ACTIONS = {"create": "Added", "change": "Changed", "withdraw": "Withdrawn"}


@dataclass(frozen=True)
class ChangedFieldView:
    """A changed field; None stands for no value."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class ChangeView:
    """One change of one record.

    Args:
        change: The change as `/v1/changes` serves it.
        action: What was done, in words.
        fields: The changed fields.
        causes: Records that caused the change of a computed record: label and path.
    """

    change: Mapping[str, Any]
    action: str
    fields: list[ChangedFieldView]
    causes: list[tuple[str, str]]


def change_view(change: Mapping[str, Any]) -> ChangeView:
    """Return a change in words."""
    fields = [
        ChangedFieldView(labels.field_label(f["field"]), _text(f["before"]), _text(f["after"]))
        for f in change["fields"]
    ]
    causes = [
        (cause.partition("/")[2].replace("-", " "), f"/{cause}") for cause in change["causes"]
    ]
    return ChangeView(change, ACTIONS.get(change["action"], change["action"]), fields, causes)


def _text(value: Any) -> str | None:
    if value is None or value == []:
        return None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = ", ".join(value)
    text = value if isinstance(value, str) else dump_json(value)
    text = text if isinstance(text, str) else text.decode()
    if len(text) <= MAX_CHARACTERS:
        return text
    return f"{text[:MAX_CHARACTERS]} … ({len(text):,} characters)"
