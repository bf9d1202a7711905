"""YAML read strictly: no aliases, tags, duplicate keys or deep nesting; every value has a line."""

import re
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from app.domain.invisible_characters import character_name

TEXT = "tag:yaml.org,2002:str"
#: What YAML takes unquoted values for.
KINDS = {
    "tag:yaml.org,2002:int": "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:timestamp": "a date",
}
#: Lists and mappings in one another; a record has five. Parsers recurse, and a deep file ends them.
MAX_DEPTH = 20
#: YAML 1.1 reads 017 as 15, 1:30 as 90 and 1_0 as 10.
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|[-+]?\.[0-9]+")
SHOWN = 60
#: The keys and indexes that lead to a value.
KeyPath = tuple[str | int, ...]
#: The line of every key path in a file, from 1.
Lines = dict[KeyPath, int]


class BadYamlError(ValueError):
    """A file that is not UTF-8, not YAML, or uses YAML that a dataset may not use."""

    def __init__(self, line: int, message: str) -> None:
        self.line, self.message = line, message
        super().__init__(f"line {line}: {message}")


def read_yaml(path: Path) -> tuple[Any, Lines]:
    """Return the value of a file, and the line of every key path in it.

    Raises:
        BadYamlError: The file is not UTF-8 or not YAML; it is nested too deeply; it has aliases,
            tags or duplicate keys; or YAML would read a value otherwise than it looks, such as an
            unquoted date.
    """
    content, lines = path.read_bytes(), Lines()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadYamlError(line, f"not UTF-8: byte 0x{content[error.start]:02x}") from error
    try:
        try:
            node = _compose(text, yaml.CSafeLoader)
        except yaml.YAMLError:  # the C loader is ten times as fast, but names the line after
            node = _compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise BadYamlError(_line(error.problem_mark), error.problem or "not YAML") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        name = character_name(text[error.position])
        raise BadYamlError(line, f"the character {name} is not allowed") from error
    if node is None:
        return None, lines
    return _build(node, (), lines), lines


def nearest_line(lines: Lines, path: KeyPath) -> int:
    """Return the line of a value, or that of the nearest enclosing value that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _compose(text: str, loader: Any) -> yaml.Node | None:
    _check_events(text, loader)
    node: yaml.Node | None = yaml.compose(text, Loader=loader)
    return node


def _check_events(text: str, loader: Any) -> None:
    """Refuse what must not reach the composer, which follows aliases and recurses."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        line = _line(event.start_mark)
        if depth > MAX_DEPTH:
            raise BadYamlError(line, f"nested more than {MAX_DEPTH} levels deep")
        if isinstance(event, yaml.AliasEvent):
            raise BadYamlError(line, "aliases are not allowed")
        if tag := getattr(event, "tag", None):
            raise BadYamlError(line, f"tags such as {tag[:SHOWN]!r} are not allowed")


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark else 1


def _build(node: yaml.Node, path: KeyPath, lines: Lines) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, (*path, i), lines) for i, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise BadYamlError(key.start_mark.line + 1, "a key must be text")
            name = str(key.value)
            if name in out:
                raise BadYamlError(key.start_mark.line + 1, f"duplicate key {name[:SHOWN]!r}")
            out[name] = _build(value, (*path, name), lines)
            lines[(*path, name)] = key.start_mark.line + 1
        return out
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    if node.tag == TEXT:
        return node.value
    line, shown = node.start_mark.line + 1, repr(node.value[:SHOWN])
    kind = KINDS.get(node.tag, "a special value")
    try:
        value = SafeConstructor().construct_object(node, deep=True)
    except (ValueError, yaml.YAMLError) as error:  # such as month 13, or thousands of digits
        raise BadYamlError(line, f"quote {shown}: YAML takes it for {kind}") from error
    if value is not None and not isinstance(value, str | int | float | bool):
        raise BadYamlError(line, f"quote {shown}: YAML reads it as {kind}")
    if kind == "a number" and not _DECIMAL.fullmatch(node.value):
        raise BadYamlError(line, f"quote {shown} or write it in decimal: YAML reads it as {value}")
    return value
