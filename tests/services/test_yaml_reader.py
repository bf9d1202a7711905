"""Hostile YAML is an error with its file and line, never an exception or another value."""

from pathlib import Path

import pytest

from app.services.dataset.folder import read_folder
from app.services.dataset.yaml_reader import MAX_DEPTH, read_yaml

DEEP = 100_000
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
REFUSED = [
    ("\na: " + "[" * DEEP + "]" * DEEP, 2, "levels deep"),
    ("\na: " + "{a: " * DEEP + "}" * DEEP, 2, "levels deep"),
    ("\n" + "- " * DEEP, 2, "levels deep"),
    ("? " * DEEP, 1, "levels deep"),
    ("".join(" " * n + "k:\n" for n in range(2000)), MAX_DEPTH + 1, "levels deep"),
    (BOMB, 2, "aliases are not allowed"),
    ("a: &a [*a]", 1, "aliases are not allowed"),
    ("x: 1\na: !!python/object/apply:os.getcwd []", 2, "python/object/apply:os.getcwd' are not"),
    ("a: !!binary aGk=", 1, "tags such as"),
    ("a: 1\nb: 2\na: 3", 3, "duplicate key 'a'"),
    ("a: 1\n---\nb: 2", 2, "another document"),
    ("? [a]\n: 1", 1, "a key must be text"),
    ("\na: " + "9" * 5000, 2, "YAML takes it for a number"),
    ("a: 017", 1, "quote '017' or write it in decimal: YAML reads it as 15"),
    ("a: 0x1F", 1, "reads it as 31"),
    ("a: 1:30", 1, "reads it as 90"),
    ("a: 1_000", 1, "reads it as 1000"),
    ("a: .nan", 1, "reads it as nan"),
    ("a: -.inf", 1, "reads it as -inf"),
    ("\na: 2026-11-24", 2, "quote '2026-11-24': YAML reads it as a date"),
    ("a: 2026-13-45", 1, "YAML takes it for a date"),
    ("a: =", 1, "YAML takes it for a special value"),
    ("\n\na: x\x07", 3, "U+0007 (ALERT)"),
    ("a: \x00", 1, "U+0000 (NULL)"),
    ('a: "x', 1, "unexpected end"),
]


@pytest.mark.parametrize(("text", "line", "words"), REFUSED, ids=lambda v: repr(v)[:30])
def test_hostile_yaml_is_an_error_with_file_and_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    errors = [error for error in read_folder(tmp_path).errors if error.file == "a.yaml"]
    assert [error.line for error in errors] == [line], errors
    assert words in errors[0].message
    assert len(errors[0].message) < 300


def test_bytes_that_are_not_utf8_are_named_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\nb: \xff\n")
    (error,) = read_folder(tmp_path).errors
    assert str(error) == "a.yaml:2: not UTF-8: byte 0xff"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-0.5", -0.5),
        ("1.5e+3", 1500.0),
        ("+1", 1),
        ("0", 0),
        (".5", 0.5),
        ("'017'", "017"),
        ("'2026-11-24'", "2026-11-24"),
        ("[" * 18 + "1" + "]" * 18, None),
    ],
)
def test_plain_values_are_read(tmp_path: Path, text: str, value: object) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"a: {text}")
    content = read_yaml(path)[0]["a"]
    assert content == value or value is None


def test_an_invisible_character_in_a_record_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        'regions:\n- slug: a\n  name: "a\u202eb"\n  summary: "x\\u0007y"\n', "utf-8"
    )
    errors = {
        (error.line, error.message.partition(" at ")[0]) for error in read_folder(tmp_path).errors
    }
    expected = "must not have the control or invisible character"
    assert (3, f"name: {expected} U+202E (RIGHT-TO-LEFT OVERRIDE)") in errors
    assert (4, f"summary: {expected} U+0007 (ALERT)") in errors


def test_an_invisible_character_in_about_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "about.yaml").write_text('\nrelease: "1\\u200b"\n', "utf-8")
    assert any(
        error.line == 2 and "U+200B (ZERO WIDTH SPACE)" in error.message
        for error in read_folder(tmp_path).errors
    )
