"""Characters that hide or reorder text: control, format and other invisible characters.

They make two texts look alike, show a text in another order than it is stored (bidirectional
overrides), or end a line in formats of one line for each item. Source: Unicode Technical Report 36
(Unicode Security Considerations) and Unicode Standard Annex 9 (bidirectional algorithm).
"""

import re
import unicodedata

#: Control characters that a text of several lines may have.
LINE_FORMATTING = frozenset("\t\n\r")
#: White space at the ends of a text, which pydantic removes (White_Space in PropList.txt).
_WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
#: Joiners and variation selectors: part of words in Arabic and Indic scripts, and of emoji.
_ZERO_WIDTH_JOINERS = frozenset("\u200c\u200d")
_VARIATION_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
#: What they may follow: letters without case, combining marks and symbols.
_JOINABLE = frozenset({"Lo", "Mn", "Mc", "So", "Sm", "Sk", "Po"})
#: Characters without a glyph (Default_Ignorable_Code_Point) which are letters, marks or symbols.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u2800\u3164\uffa0")
_UNUSUAL = re.compile(f"[{''.join(_BLANK | _VARIATION_SELECTORS)}\U000e0000-\U000e0fff]")
#: Control and format characters, line and paragraph separators, private use, surrogates.
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cs"})
_BREAKS = frozenset({"Cc", "Zl", "Zp"})
#: `unicodedata` has no names of control characters: those of NameAliases.txt, from U+0000.
_C0_NAMES = [
    "NULL",
    "START OF HEADING",
    "START OF TEXT",
    "END OF TEXT",
    "END OF TRANSMISSION",
    "ENQUIRY",
    "ACKNOWLEDGE",
    "ALERT",
    "BACKSPACE",
    "CHARACTER TABULATION",
    "LINE FEED",
    "LINE TABULATION",
    "FORM FEED",
    "CARRIAGE RETURN",
    "SHIFT OUT",
    "SHIFT IN",
    "DATA LINK ESCAPE",
    "DEVICE CONTROL ONE",
    "DEVICE CONTROL TWO",
    "DEVICE CONTROL THREE",
    "DEVICE CONTROL FOUR",
    "NEGATIVE ACKNOWLEDGE",
    "SYNCHRONOUS IDLE",
    "END OF TRANSMISSION BLOCK",
    "CANCEL",
    "END OF MEDIUM",
    "SUBSTITUTE",
    "ESCAPE",
    "INFORMATION SEPARATOR FOUR",
    "INFORMATION SEPARATOR THREE",
    "INFORMATION SEPARATOR TWO",
    "INFORMATION SEPARATOR ONE",
]
_OTHER_NAMES = {"\x7f": "DELETE", "\x85": "NEXT LINE"}


def require_one_line(text: str) -> str:
    """Return text of one visible line; white space at its ends is not looked at.

    Raises:
        ValueError: It has a line break, a tab, or a control or invisible character within.
    """
    text = text.strip(_WHITE_SPACE)
    if not text.isprintable() and len(lines := text.splitlines()) > 1:
        raise ValueError(f"must be one line, but a line ends after {lines[0][-40:]!r}")
    return require_visible(text, allowed=frozenset())


def require_visible(text: str, *, allowed: frozenset[str] = LINE_FORMATTING) -> str:
    """Return text without control and invisible characters.

    Args:
        text: The text.
        allowed: Control characters that it may have.

    Raises:
        ValueError: It has such a character; the message names the first by code, name and position.
    """
    if text.isprintable() and not _UNUSUAL.search(text):
        return text
    for position, character in enumerate(text):
        if character not in allowed and _is_invisible(character, text[:position][-1:]):
            raise ValueError(
                f"must not have the control or invisible character {character_name(character)}"
                f" at position {position + 1}: remove it"
            )
    return text


def visible_line(text: str) -> str:
    """Return text as one line without invisible characters; a line break or control is a space."""
    visible = [
        " " if unicodedata.category(character) in _BREAKS else character
        for character, before in zip(text, " " + text, strict=False)
        if unicodedata.category(character) in _BREAKS or not _is_invisible(character, before)
    ]
    return " ".join("".join(visible).split())


def visible_text(text: str) -> str:
    """Return text whose control and invisible characters are U+FFFD; lines and tabs remain."""
    if text.isprintable() and not _UNUSUAL.search(text):
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if character not in LINE_FORMATTING and _is_invisible(character, before)
        else character
        for character, before in zip(text, " " + text, strict=False)
    )


def character_name(character: str) -> str:
    """Return the code and name of a character: `U+202E (RIGHT-TO-LEFT OVERRIDE)`."""
    code = ord(character)
    name = _C0_NAMES[code] if code < len(_C0_NAMES) else _OTHER_NAMES.get(character)
    kind = "control character" if unicodedata.category(character) == "Cc" else "unnamed"
    return f"U+{code:04X} ({name or unicodedata.name(character, kind)})"


def _is_invisible(character: str, before: str) -> bool:
    if character in _ZERO_WIDTH_JOINERS or character in _VARIATION_SELECTORS:
        is_repeated = {before, character} <= _VARIATION_SELECTORS
        return not before or is_repeated or unicodedata.category(before) not in _JOINABLE
    if character in _BLANK or unicodedata.category(character) in _INVISIBLE_CATEGORIES:
        return True
    code = ord(character)  # noncharacters, tags and variation selectors of ideographs
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or 0xE0000 <= code <= 0xE0FFF
