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
#: Letters that Unicode does not decompose into a base letter and a mark.
LATIN = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
#: Hyphens, dashes and the minus sign become `-`; a soft hyphen is removed.
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―⁃−﹘﹣－"), "-") | {0xAD: None}

_SPELLED = str.maketrans(GREEK | LATIN)
#: The micro sign of a unit (`µM`, `µg`) is typed as u; elsewhere the letter is mu.
_MICRO = re.compile(r"(?<![^\W\d_])[µμ](?=(?:m|mol|g|l)\b)", re.IGNORECASE)
_APART = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return a text in the form in which it is compared: `κ-Opioid` → `kappa-opioid`.

    NFKD without combining marks, case-folded, Greek letters spelled out, white space collapsed.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join(plain.translate(_SPELLED).translate(DASHES).split())


def fold_units(text: str) -> str:
    """Fold a text; a micro sign before a unit becomes the `u` that is typed: `10 µM` → `10 um`."""
    return fold(text if text.isascii() else _MICRO.sub("u", text))


def alphanumeric_key(text: str) -> str:
    """Return the letters and digits of a folded name: `5-HT2A` and `5HT2A` both give `5ht2a`."""
    return _APART.sub("", text.lower() if text.isascii() else fold_units(text))
