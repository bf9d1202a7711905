"""LaTeX as BibTeX needs it: escaped characters, and titles whose capitals a style keeps."""

import re
import unicodedata
from functools import cache
from typing import Any

#: Escapes that differ from those of pylatexenc. BibTeX counts `\{` as a brace, and some text fonts
#: print another character for `|`.
_ESCAPES = {
    **{ord(c): f"\\{c}" for c in "&%$#_"},
    ord("{"): r"{\textbraceleft}",
    ord("}"): r"{\textbraceright}",
    ord("|"): r"{\textbar}",
    ord('"'): '{"}',
}
#: A word, and the punctuation around it.
_WORD = re.compile(r"^([^\w{\\]*)(.*?)([^\w}]*)$")
_HYPHENS = re.compile("[-\u2010-\u2015/]")


def escape(text: str) -> str:
    r"""Return plain text as LaTeX: `50% of Müller` → `50\% of M{\"u}ller`.

    Letters of other scripts, which have no LaTeX command, stay as they are.
    """
    return str(_encoder().unicode_to_latex(unicodedata.normalize("NFC", text)))


def escape_title(title: str) -> str:
    """Return a title as LaTeX, with words in braces whose capitals must stay.

    Styles change all capitals but the first to small letters. Words with a capital inside (`NMDA`,
    `mTOR`) and single letters (`R-ketamine`) are kept, and names as well, if the title is not in
    title case, where most words begin with a capital.
    """
    words = title.split()
    long = [word for word in words[1:] if len(word) > 4]
    title_case = sum(word[0].isupper() for word in long) * 2 > len(long)
    return " ".join(_title_word(word, at == 0, title_case) for at, word in enumerate(words))


def _title_word(word: str, is_first: bool, title_case: bool) -> str:
    """Return a word of a title in LaTeX, in braces if a style must not change its capitals.

    Punctuation stays outside of the braces: a style keeps the capital after a colon.
    """
    match = _WORD.match(word)
    assert match is not None, "the expression matches every word"
    before, core, after = map(escape, match.groups())
    if _has_fixed_capitals(match[2], is_first, title_case):
        core = f"{{{core}}}"
    return f"{before}{core}{after}"


def _has_fixed_capitals(word: str, is_first: bool, title_case: bool) -> bool:
    parts = _HYPHENS.split(word)
    if parts in (["A"], ["I"]):  # an article, or a number
        return False
    return any(
        any(c.isupper() for c in part[1:])
        or (part[:1].isupper() and len(part) == 1)
        or (part[:1].isupper() and not title_case and (at > 0 or not is_first))
        for at, part in enumerate(parts)
    )


@cache
def _encoder() -> Any:
    # Imported here: only BibTeX needs it.
    from pylatexenc.latexencode import (
        RULE_DICT,
        UnicodeToLatexConversionRule,
        UnicodeToLatexEncoder,
    )

    escapes = UnicodeToLatexConversionRule(RULE_DICT, _ESCAPES, replacement_latex_protection="none")
    return UnicodeToLatexEncoder(
        conversion_rules=[escapes, "defaults"],
        replacement_latex_protection="braces-all",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )
