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
#: The same for ASCII, in a tenth of the time.
_ASCII_APART = {code: None for code in range(128) if not chr(code).isalnum()}


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
    if text.isascii():
        return text.lower().translate(_ASCII_APART)
    return _APART.sub("", fold_units(text))


_STEREO = r"(?:\d*[RSDL](?:\s*[,/]?\s*\d*[RS])*)"
_ROTATION = r"[(\[][-+±/\s]+[)\]]"
#: An optical rotation at the start or the end of a name: `(+)-MK-801`, `S-(+)-`, `(S+)-`, `S+`.
_ROTATIONS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\s*(?P<stereo>[(\[]?{_STEREO}[)\]]?\s*-?\s*)?(?P<sign>{_ROTATION})",
        rf"\s*[(\[]\s*(?P<stereo>{_STEREO})\s*(?P<sign>[-+±/]+)\s*[)\]]",
        rf"\s*(?P<stereo>[(\[]?{_STEREO}[)\]]?)?(?P<sign>±|\+/-|\+)",
    )
]
_STEREO_AFTER_ROTATION = re.compile(rf"\s*-?\s*(?:[(\[]{_STEREO}[)\]]|{_STEREO}-)", re.IGNORECASE)
_ROTATION_AT_END = re.compile(rf".*?\S\s*(?P<sign>{_ROTATION})\s*-?\s*", re.DOTALL)


def name_key(text: str) -> str:
    """Return the key under which a name is looked up: its letters, digits and optical rotation.

    `(+)-ketamine` and `(−)-ketamine` are not `ketamine`, so the sign is part of the key. A `+` of
    a query string arrives as a space: `( )` is read as `(+)`.
    """
    return _sign_and_key(text)[2]


def name_keys(text: str) -> list[str]:
    """Return the keys under which a name is indexed, that of `name_key` first.

    `S-(+)-ketamine` states configuration and rotation: it is also found by either of them.
    """
    stereo, sign, key = _sign_and_key(text)
    if len(stereo) == 1 and sign in ("+", "-") and len(key) > 2:
        return [key, key.removeprefix(sign), sign + key[len(sign) + 1 :]]
    return [key]


def has_rotation_alone(name: str) -> bool:
    """Return whether a name states an optical rotation but no configuration: `(+)-ketamine`."""
    stereo, sign, _ = _sign_and_key(name)
    return bool(sign) and not stereo


def _sign_and_key(text: str) -> tuple[str, str, str]:
    """Return the configuration beside a rotation, the sign of the rotation, and the key."""
    if not any(character in text for character in "([+±"):
        return "", "", alphanumeric_key(text)
    plain = text.translate(DASHES)
    matches = (pattern.match(plain) for pattern in _ROTATIONS)
    match = next(filter(None, matches), None) or _ROTATION_AT_END.fullmatch(plain)
    if match is None:
        return "", "", alphanumeric_key(text)
    start, end = match.span("sign")
    sign = _sign(plain[start:end].strip("()[]"))
    after = _STEREO_AFTER_ROTATION.match(plain, end)
    stereo = match.groupdict().get("stereo") or (after[0] if after else "")
    rest = f"{plain[:start]} {plain[end:]}"
    return alphanumeric_key(stereo), sign, sign + alphanumeric_key(rest)


def _sign(rotation: str) -> str:
    """Return `+`, `-` or `+-`; `?`, which no name has, if it is unknown."""
    bare = "".join(rotation.split())
    if bare == "-" and rotation.startswith(" ") and not rotation.endswith(" "):
        return "?"  # `(+-)` of which the plus became a space, or `(-)` with a space before it
    return {"": "+", "+": "+", "-": "-", "±": "+-", "+-": "+-", "+/-": "+-", "/-": "+-"}.get(
        bare, "?"
    )
