"""YAML read strictly: safe, no aliases, no duplicate keys, and every value knows its line."""

from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

TEXT = "tag:yaml.org,2002:str"
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
        BadYamlError: The file is not UTF-8 or not YAML, or it has aliases, duplicate keys or
            unquoted dates.
    """
    lines: Lines = {}
    try:
        text = path.read_text("utf-8")
        try:
            node = _compose(text, yaml.CSafeLoader)
        except yaml.YAMLError:  # the C loader is ten times as fast, but names the line after
            node = _compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise BadYamlError(_line(mark), error.problem or "not YAML") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadYamlError(1, f"not UTF-8 YAML: {error}") from error
    if node is None:
        return None, lines
    return _build(node, (), lines), lines


def nearest_line(lines: Lines, path: KeyPath) -> int:
    """Return the line of a value, or that of the nearest enclosing value that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _compose(text: str, loader: Any) -> yaml.Node | None:
    if "*" in text:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                raise BadYamlError(_line(event.start_mark), "aliases are not allowed")
    node: yaml.Node | None = yaml.compose(text, Loader=loader)
    return node


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark else 1


def _build(node: yaml.Node, path: KeyPath, lines: Lines) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, (*path, i), lines) for i, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in out:
                raise BadYamlError(key.start_mark.line + 1, f"duplicate key {name!r}")
            out[name] = _build(value, (*path, name), lines)
            lines[(*path, name)] = key.start_mark.line + 1
        return out
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    if node.tag == TEXT:
        return node.value
    try:
        value = SafeConstructor().construct_object(node, deep=True)
    except (ValueError, yaml.YAMLError) as error:
        raise BadYamlError(node.start_mark.line + 1, str(error)) from error
    if value is not None and not isinstance(value, str | int | float | bool):
        raise BadYamlError(
            node.start_mark.line + 1, f"quote {node.value!r}: YAML reads it as a date"
        )
    return value
