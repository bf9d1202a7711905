"""Characters that hide or reorder text are refused by code and name, and nothing visible is."""

import unicodedata

import pytest

from app.domain.invisible_characters import (
    _C0_NAMES,
    character_name,
    require_one_line,
    require_visible,
    visible_line,
    visible_text,
)

REFUSED = {
    "\x00": "U+0000 (NULL)",
    "\x1b": "U+001B (ESCAPE)",
    "\x7f": "U+007F (DELETE)",
    "\x9b": "U+009B (control character)",
    "\u202e": "U+202E (RIGHT-TO-LEFT OVERRIDE)",
    "\u2066": "U+2066 (LEFT-TO-RIGHT ISOLATE)",
    "\u200b": "U+200B (ZERO WIDTH SPACE)",
    "\u200d": "U+200D (ZERO WIDTH JOINER)",
    "\u00ad": "U+00AD (SOFT HYPHEN)",
    "\ufeff": "U+FEFF (ZERO WIDTH NO-BREAK SPACE)",
    "\u3164": "U+3164 (HANGUL FILLER)",
    "\ue000": "U+E000 (unnamed)",
    "\ufffe": "U+FFFE (unnamed)",
    "\U000e0041": "U+E0041 (TAG LATIN CAPITAL LETTER A)",
}


@pytest.mark.parametrize("character", REFUSED, ids=character_name)
def test_the_message_names_the_character_and_its_position(character: str) -> None:
    for check in (require_one_line, require_visible):
        with pytest.raises(ValueError, match="invisible character") as refused:
            check(f"ab{character}cd")
        assert f"{REFUSED[character]} at position 3: remove it" in str(refused.value)


def test_every_control_format_and_separator_character_is_refused() -> None:
    for code in [*range(0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2060, 0x2070)]:
        with pytest.raises(ValueError, match=r"one line|invisible"):
            require_one_line(f"a{chr(code)}b")


def test_the_names_of_control_characters_are_those_of_unicode() -> None:
    assert [unicodedata.lookup(name) for name in _C0_NAMES] == list(map(chr, range(32)))


@pytest.mark.parametrize(
    "text",
    [
        "5-HT₂A, GluN2B\u00a0/ α7 — “naïve” ½\u2009µM",
        "❤\ufe0f\u200d🔥 👩🏽\u200d🔬",
        "می\u200cخواهم",
        "क्\u200dष",
        "日本語 עברית العربية",
        "Jos\u00e9 and Jose\u0301",
    ],
)
def test_visible_text_of_any_script_is_accepted(text: str) -> None:
    assert require_one_line(text) == text
    assert visible_line(text) == " ".join(text.split())


def test_joiners_between_latin_letters_and_repeated_selectors_are_refused() -> None:
    for text in ("ket\u200damine", "ket\ufe0famine", "☃\ufe0f\ufe01", "\u200dx"):
        with pytest.raises(ValueError, match="invisible"):
            require_visible(text)


def test_text_of_several_lines_may_have_tabs_and_line_breaks() -> None:
    assert require_visible("a\tb\r\nc\n") == "a\tb\r\nc\n"
    with pytest.raises(ValueError, match="a line ends after 'a'"):
        require_one_line("a\nb")


def test_a_control_at_the_end_is_not_white_space() -> None:
    assert require_one_line(" a\u2028\n") == "a"
    with pytest.raises(ValueError, match=r"U\+001F"):
        require_one_line("a\x1f")


def test_text_of_sources_becomes_one_visible_line() -> None:
    assert visible_line("neuro\u00adsci\u200bence\x1b[1m\nb\u202e") == "neuroscience [1m b"


def test_invisible_characters_of_shown_text_are_replaced_and_lines_remain() -> None:
    assert visible_text("a\tb\nc\u202ed\u200b\x00") == "a\tb\nc\ufffdd\ufffd\ufffd"
    for text in ("क्\u200dष", "☃\ufe0f", "日本語 עברית العربية", "−12.7 µM"):
        assert visible_text(text) == text
