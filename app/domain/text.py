"""Folding: the form in which words are compared, so that accents, case and Greek do not matter."""

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
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "σ": "sigma",
    "τ": "tau",
    "ω": "omega",
}


def fold(text: str) -> str:
    """`κ-Opioid` → `kappa-opioid`, `Café` → `cafe`: NFKD, no marks, no case, Greek spelled out."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    plain = "".join(GREEK.get(c, c) for c in plain)
    for dash in "‐‑‒–—−":
        plain = plain.replace(dash, "-")
    return " ".join(plain.split())
