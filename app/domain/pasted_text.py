"""Pasted text: names and identifiers as they are copied from pages, papers and spreadsheets."""

import html
import re
import unicodedata

from app.domain.text_folding import DASHES

#: Formatting elements of HTML: `5-HT<sub>2A</sub>`. An address in angle brackets is not one.
_HTML_TAG = re.compile(
    r"</?(?:a|b|br|code|em|font|i|p|small|span|strong|sub|sup|tt|u)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
#: Formatting commands of TeX: `5-HT\textsubscript{2A}`, `\mathrm{NMDA}`.
_TEX_COMMAND = re.compile(r"\\(?:text[a-z]*|math[a-z]+|ensuremath|mbox|emph|rm|it|bf)\b\s*")
_TEX_MARKS = str.maketrans("", "", "\\${}^")
_TRADE_MARKS = dict.fromkeys(map(ord, "™®©℠"))
_QUOTES = {"(": ")", "[": "]", "<": ">", '"': '"', "'": "'", "“": "”", "‘": "’", "«": "»"}
_TRAILING = ".,;:!?"
#: Bare text, to which nothing below applies.
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ,/:_-]*[A-Za-z0-9])?")


def plain_text(text: str) -> str:
    r"""Return pasted text without markup: `5-HT<sub>2A</sub>`, `&alpha;7`, `“ketamine”,`.

    It removes HTML and TeX formatting, invisible characters, trade marks, enclosing quotes and
    brackets and trailing punctuation; full-width and other compatibility characters become plain
    ones (NFKC), and every dash a hyphen.
    """
    if _PLAIN.fullmatch(text):
        return text
    # Twice: a spreadsheet or a feed may escape what was escaped already (`&amp;alpha;`).
    text = _HTML_TAG.sub("", html.unescape(html.unescape(text)))
    if "\\" in text or "$" in text or "{" in text:
        text = _TEX_COMMAND.sub("", text).translate(_TEX_MARKS)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_TRADE_MARKS))
        text = "".join(c for c in text if unicodedata.category(c) != "Cf").translate(DASHES)
    text = text.replace("**", "").replace("`", "")
    return _without_enclosing(" ".join(text.split()))


def _without_enclosing(text: str) -> str:
    """Return text without enclosing quotes or brackets and without trailing punctuation."""
    while text:
        bare = text.rstrip(_TRAILING).strip()
        if bare[-1:] == ")" and bare.count(")") > bare.count("("):
            bare = bare[:-1]
        close = _QUOTES.get(bare[:1])
        if close and bare.endswith(close) and _closes_at_end(bare):
            bare = bare[1:-1].strip()
        if bare == text:
            return text
        text = bare
    return text


def _closes_at_end(text: str) -> bool:
    """Return whether the first character is closed by the last: `(a)`, but not `(a) or (b)`."""
    inner, opening, closing = text[1:-1], text[0], text[-1]
    if opening == closing:
        return opening not in inner
    depth = 0
    for character in inner:
        depth += (character == opening) - (character == closing)
        if depth < 0:
            return False
    return len(text) > 1
