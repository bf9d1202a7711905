"""Write dataset files in their canonical form, so that a diff shows changes of content alone.

Fields are in the order of docs/dataset.md; null and default values are omitted; long sentences are
folded, texts of several lines are literal blocks, short lists and objects are on one line.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from yaml.representer import SafeRepresenter

WIDTH = 106  # characters of a line
FOLDED_FROM = 90  # characters of a text
#: YAML reads these as line breaks, and so as spaces, unless they are escaped.
OTHER_BREAKS = frozenset("\x85\u2028\u2029")


class _Dumper(yaml.SafeDumper):
    """PyYAML's dumper with lists indented under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def file_text(content: Mapping[str, Iterable[Mapping[str, Any]]]) -> str:
    """Return the text of a file with these records by collection, in the order given.

    Each record holds the fields that differ from their defaults.
    """
    sections = []
    for collection, items in content.items():
        records = [_indented(_dump(item)) for item in items]
        if records:
            sections.append(f"{collection}:\n" + "\n".join(records))
    return "\n".join(sections)


def _indented(text: str) -> str:
    # At "\n" alone: str.splitlines would also break at characters that are part of a text.
    return "\n".join(f"  {line}" if line.strip() else line for line in text.split("\n"))


def _dump(record: Mapping[str, Any]) -> str:
    """Return a record as the only item of a list, with one field per line."""
    node = _node(record)
    node.flow_style = False
    listed = yaml.SequenceNode("tag:yaml.org,2002:seq", [node], flow_style=False)
    text: str = yaml.serialize(listed, Dumper=_Dumper, allow_unicode=True, width=WIDTH)
    return text


def _node(value: Any) -> Any:
    if isinstance(value, Mapping):
        pairs = [(_scalar(key), _node(inner)) for key, inner in value.items()]
        flow = all(_is_short(inner) for inner in value.values())
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=flow)
    if isinstance(value, list):
        flow = all(_is_short(item) for item in value)
        return yaml.SequenceNode(
            "tag:yaml.org,2002:seq", [_node(item) for item in value], flow_style=flow
        )
    return _scalar(value)


def _is_short(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) < FOLDED_FROM and "\n" not in value
    return not isinstance(value, dict | list)


def _scalar(value: Any) -> yaml.Node:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    node = SafeRepresenter().represent_data(value)
    assert isinstance(node, yaml.ScalarNode)
    if isinstance(value, str):
        if OTHER_BREAKS.intersection(value):
            node.style = '"'
        elif "\n" in value:
            node.style = "|"
        elif len(value) >= FOLDED_FROM and "  " not in value:
            node.style = ">"
    return node
