"""Filters and the output rule of the Jinja2 environment."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from app.domain.invisible_characters import visible_text
from app.domain.wording import counted
from app.explorer import labels, quantities

#: Filters of the templates, by name.
FILTERS: MappingProxyType[str, Callable[..., str | int]] = MappingProxyType(
    {
        "answer_word": labels.answer_word,
        "certainty_dots": labels.certainty_dots,
        "certainty_label": labels.certainty_label,
        "collection_label": labels.collection_label,
        "concentration": quantities.concentration,
        "counted": counted,
        "date_text": quantities.date_text,
        "dose": quantities.dose,
        "duration": quantities.duration,
        "field_label": labels.field_label,
        "heading": labels.heading,
        "in_words": labels.in_words,
        "interval": quantities.interval,
        "jurisdiction": labels.jurisdiction_label,
        "label": labels.vocabulary_label,
        "number": quantities.number,
        "p_value": quantities.p_value,
        "percentage": quantities.percentage,
        "side": labels.side_word,
        "timepoint": quantities.timepoint,
        "verdict_definition": labels.verdict_definition,
        "verdict_label": labels.verdict_label,
    }
)


def visible_output(value: Any) -> Any:
    """Return what a template writes, with invisible characters of text replaced.

    It is the `finalize` of the environment: no text from a record or a request can hide or reorder
    what stands beside it. Markup is the result of a template, whose text went through it already.
    """
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible_text(value)
    return value
