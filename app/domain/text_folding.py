"""Text folding: the form in which words are compared, without accents, case and Greek."""

import re
import unicodedata

GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "ι": "iota",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "ο": "omicron",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "ς": "sigma",
    "τ": "tau",
    "υ": "upsilon",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
}
#: Letters that Unicode does not take apart into a plain one and a mark.
LATIN = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
#: Every hyphen and dash of Unicode, and the minus sign; a soft hyphen is no letter at all.
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―⁃−﹘﹣－"), "-") | {0xAD: None}

_SPELLED = str.maketrans(GREEK | LATIN)
#: `µM` and `µg` are typed uM and ug; elsewhere the letter is mu.
_MICRO = re.compile(r"(?<![^\W\d_])[µμ](?=(?:m|mol|g|l)\b)", re.IGNORECASE)
_APART = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """`κ-Opioid` → `kappa-opioid`, `Café` → `cafe`: NFKD, no marks, no case, Greek spelled out."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join(plain.translate(_SPELLED).translate(DASHES).split())


def fold_units(text: str) -> str:
    """The same, but a micro sign before a unit is the `u` that people type: `10 µM` → `10 um`."""
    return fold(text if text.isascii() else _MICRO.sub("u", text))


def alphanumeric_key(text: str) -> str:
    """A name as one key: `5-HT2A` and `5HT2A`, `(S)-ketamine` and `S-ketamine` give the same."""
    return _APART.sub("", text.lower() if text.isascii() else fold_units(text))
