"""Values of fields as pages show them, from the types of the models that declare the fields.

Templates show a `Value` with the macro `value` of `_values.html.j2`. Fields that belong together
become one: a value with its unit, an interval with its level, a p-value with its relation.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from app.domain.identifiers import RESOLVERS
from app.domain.vocabulary import Certainty, Direction, TimeUnit, VerdictKind
from app.explorer import labels, quantities
from app.kit.field_mapping import ReferenceList, SingleReference, SlugOf
from app.resources import RESOURCES
from app.resources.base import Ref

Record = Mapping[str, Any]
#: Beginnings of the names of quantities which are no name without `value`.
_ADJECTIVES = frozenset({"standard_", "printed_", "published_"})
#: Text from so many characters on is shown below the facts, and not among them.
LONG_TEXT = 90
#: Vocabularies whose values are drawn, and the kind of such a value.
_SPECIAL = {VerdictKind: "badge", Certainty: "certainty", Direction: "side"}
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?$")
_WEB_ADDRESS = re.compile(r"https?://\S+$")


@dataclass(frozen=True)
class Value:
    """A value that a template shows.

    Args:
        kind: text, number, link, badge, certainty, side, list, table or facts.
        content: Text; the value of a vocabulary; for a list values, for a table its rows of values,
            for facts fields.
        href: Path of a link, or address of another site.
        columns: Labels of the columns of a table, and whether their values are numbers.
        note: Small text after the value.
    """

    kind: str
    content: Any
    href: str | None = None
    columns: Sequence[tuple[str, bool]] = ()
    note: str | None = None

    @property
    def is_long(self) -> bool:
        """Whether the value needs the width of the page."""
        if self.kind == "list":
            return any(item.is_long for item in self.content)
        return self.kind in ("table", "facts") or (
            self.kind == "text" and len(self.content) >= LONG_TEXT
        )


@dataclass(frozen=True)
class ShownField:
    """A field with its label."""

    name: str
    label: str
    value: Value


@dataclass(frozen=True)
class FieldType:
    """What the declaration says of a field.

    Args:
        name: Name in JSON.
        type: Type of the value, or of the items of a list.
        is_list: Whether the value is a list.
        collection: Collection that a reference leads to; "" for several, and for other fields.
        description: Description of the field.
    """

    name: str
    type: Any
    is_list: bool = False
    collection: str = ""
    description: str = field(default="", compare=False)

    def is_a(self, parent: type) -> bool:
        """Return whether the type is a subclass of another."""
        return isinstance(self.type, type) and issubclass(self.type, parent)

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers, or None."""
        return self.type in (int, float) and not self.is_list


@cache
def field_types(model: type[BaseModel]) -> dict[str, FieldType]:
    """Return the fields of a model by their names in JSON."""
    return {
        info.alias or name: _field_type(
            info.alias or name, info.annotation, info.metadata, info.description or ""
        )
        for name, info in model.model_fields.items()
    }


def _field_type(name: str, annotation: Any, metadata: Sequence[Any], text: str) -> FieldType:
    is_list, markers = False, list(metadata)
    while True:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            annotation, markers = arguments[0], [*markers, *arguments[1:]]
        elif origin in (Union, UnionType):
            options = [option for option in arguments if option is not NoneType]
            if len(options) > 1:
                return FieldType(name, object, is_list, "", text)
            annotation = options[0]
        elif origin is list:
            annotation, is_list = arguments[0], True
        else:
            break
    targets = [m.to for m in markers if isinstance(m, SingleReference | ReferenceList | SlugOf)]
    collection = targets[0] if targets and isinstance(targets[0], str) else ""
    return FieldType(name, annotation, is_list, collection, text)


def shown_fields(
    model: type[BaseModel], record: Record, without: Collection[str] = ()
) -> list[ShownField]:
    """Return the fields of an object that have a value, in the order of its model.

    Args:
        model: Model of the object.
        record: The object.
        without: Names of fields to leave out.
    """
    return [
        ShownField(name, label, value)
        for name, label, value in _combined_fields(model, record, without)
        if value is not None
    ]


def value_of(kind: FieldType, value: Any) -> Value | None:
    """Return a value by its type; None if there is nothing to show."""
    if value is None or value in ([], ""):
        return None
    if kind.is_list:
        if kind.is_a(BaseModel) and not kind.is_a(Ref):
            return table(kind.type, value)
        items = [shown for item in value if (shown := _single(kind, item)) is not None]
        return Value("list", items)
    return _single(kind, value)


def table(model: type[BaseModel], rows: Sequence[Record]) -> Value | None:
    """Return objects as a table of the fields that any of them has; None without objects."""
    by_row = [{f.name: f for f in shown_fields(model, row)} for row in rows]
    order = [name for name in _names(model) if any(name in fields for fields in by_row)]
    heads = {name: fields[name].label for fields in by_row for name in fields}
    types = field_types(model)
    columns = [(heads[name], name in types and types[name].is_number) for name in order]
    cells = [
        [fields[name].value if name in fields else None for name in order] for fields in by_row
    ]
    return Value("table", cells, columns=columns) if order else None


def _names(model: type[BaseModel]) -> list[str]:
    return list(field_types(model))


def _single(kind: FieldType, value: Any) -> Value | None:
    """Return one value of a field, or one item of a list."""
    if kind.is_a(Ref):
        return _reference(kind, value)
    if kind.is_a(BaseModel):
        fields = shown_fields(kind.type, value)
        return Value("facts", fields) if fields else None
    special = next((word for parent, word in _SPECIAL.items() if kind.is_a(parent)), None)
    if special and member(kind.type, value) is not None:
        return Value(special, value)
    if kind.is_a(StrEnum):
        return Value("text", word_of(kind.type, value))
    if isinstance(value, bool):
        return Value("text", "yes" if value else "no")
    if isinstance(value, int | float):
        return Value("number", _number(kind.name, value))
    if isinstance(value, str):
        return _text(kind, value)
    return Value("text", str(value))


def word_of(vocabulary: type[StrEnum], value: str) -> str:
    """Return the label of a value; the value in words if this version does not know it."""
    return getattr(member(vocabulary, value), "label", None) or labels.in_words(str(value))


def member(vocabulary: type[StrEnum], value: Any) -> StrEnum | None:
    """Return the member of a vocabulary that has a value; None if this version does not know it."""
    try:
        return vocabulary(value)
    except ValueError:
        return None


def _number(name: str, value: float) -> str:
    # A year has no thousands separator.
    return str(value) if name.rsplit("_", maxsplit=1)[-1] == "year" else quantities.number(value)


def _reference(kind: FieldType, ref: Record) -> Value:
    record_type = ref.get("type") or RESOURCES[kind.collection].record_type
    href = f"/{RESOURCES.by_record_type[record_type].name}/{ref['slug']}"
    verdict = member(VerdictKind, ref.get("verdict"))
    note = labels.verdict_label(verdict).lower() if verdict else None
    return Value("link", ref["name"], href=href, note=note)


def _text(kind: FieldType, value: str) -> Value:
    name, last_word = kind.name, kind.name.split("_")[-1]
    if kind.collection:
        return Value("link", value.replace("-", " "), href=f"/{kind.collection}/{value}")
    if name in RESOLVERS or _WEB_ADDRESS.match(value):
        address = RESOLVERS[name](value) if name in RESOLVERS else value
        if address and _WEB_ADDRESS.match(address):
            return Value("link", value.removeprefix("https://"), href=address)
    if name in ("jurisdiction", "jurisdictions"):
        return Value("text", labels.jurisdiction_label(value))
    if (last_word in ("date", "on") or name == "searched_to") and _DATE.match(value):
        return Value("text", quantities.date_text(value))
    return Value("text", value)


def _combined_fields(
    model: type[BaseModel], record: Record, without: Collection[str]
) -> Iterator[tuple[str, str, Value | None]]:
    """Yield name, label and value of each field; those that belong together are one."""
    types = field_types(model)
    combined = {
        name: combination
        for name in types
        if name not in without and (combination := _combination(name, types, record))
    }
    parts = {part for name, (names, _, _) in combined.items() for part in names if part != name}
    for name, kind in types.items():
        if name in combined:
            _, label, value = combined[name]
            yield name, label, value
        elif name not in parts and name not in without:
            yield name, labels.field_label(name), value_of(kind, record.get(name))


def _combination(
    name: str, types: Mapping[str, FieldType], record: Record
) -> tuple[set[str], str, Value | None] | None:
    """Return the fields that belong to one, their label and their value; None if none do."""
    prefix = name.removesuffix("value")
    if name.endswith("value") and f"{prefix}unit" in types:
        parts = {name, f"{prefix}upper_value", f"{prefix}unit"}
        label = labels.field_label(name if prefix in _ADJECTIVES else prefix.rstrip("_") or name)
        relation = f"{prefix}relation"
        text = _quantity(types, record, prefix)
        if text is not None and relation in types:
            parts.add(relation)
            text = _with_relation(types[relation], record.get(relation), text)
        return parts, label, None if text is None else Value("number", text)
    if name == "value_nm" and "upper_value_nm" in types:
        return _concentration(types, record)
    if name.endswith("lower") and (upper := f"{name.removesuffix('lower')}upper") in types:
        level = next((n for n in types if n.endswith("interval_percent")), "")
        start = name.removesuffix("lower")
        if level and not level.startswith(start):
            level = ""
        label = labels.field_label(f"{start}interval")
        text = quantities.interval(record.get(name), record.get(upper))
        percent = record.get(level)
        note = f"{quantities.number(percent)}%" if percent is not None else None
        missing = text == quantities.NO_VALUE
        return {name, upper, level}, label, None if missing else Value("number", text, note=note)
    if name.endswith("p_value") and (relation := f"{name.removesuffix('value')}relation") in types:
        value = record.get(name)
        text = None if value is None else quantities.p_value(value, record.get(relation))
        label = labels.field_label(name.removesuffix("_value"))
        return {name, relation}, label, None if text is None else Value("number", text)
    if name == "date" and "date_precision" in types:
        value, precision = record.get("date"), record.get("date_precision")
        shown = None if value is None else Value("text", quantities.date_text(value, precision))
        return {"date", "date_precision"}, "Date", shown
    return None


def _concentration(
    types: Mapping[str, FieldType], record: Record
) -> tuple[set[str], str, Value | None]:
    """Return a concentration or a range in nM with its relation, and the fields it is made of."""
    parts, value = {"value_nm", "upper_value_nm", "relation"}, record.get("value_nm")
    label = labels.field_label("value_nm")
    if value is None:
        return parts, label, None
    upper = record.get("upper_value_nm")
    text = quantities.number(value) if upper is None else quantities.interval(value, upper)
    text = _with_relation(types["relation"], record.get("relation"), text)
    return parts, label, Value("number", text)


def _quantity(types: Mapping[str, FieldType], record: Record, prefix: str) -> str | None:
    """Return a value or a range with its unit; None without a value."""
    value, unit = record.get(f"{prefix}value"), record.get(f"{prefix}unit")
    if value is None:
        return None
    upper = record.get(f"{prefix}upper_value")
    kind = types[f"{prefix}unit"]
    if kind.is_a(TimeUnit) and upper is None:
        return quantities.timepoint(value, unit)
    word = word_of(kind.type, unit) if unit and kind.is_a(StrEnum) else unit or ""
    word = "" if word == "ratio" else word
    word = word.lower() if kind.is_a(TimeUnit) else word
    amount = quantities.number(value)
    if upper is not None:
        amount = f"{amount} to {quantities.number(upper)}"
    return f"{amount}{'' if word == '%' else ' '}{word}".rstrip()


def _with_relation(kind: FieldType, relation: str | None, text: str) -> str:
    """Return a quantity with its relation to the true one, such as `about` or `≤`."""
    return text if relation in (None, "=", "range") else f"{word_of(kind.type, relation)} {text}"
