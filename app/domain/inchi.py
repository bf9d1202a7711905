"""InChI: the InChIKey of a standard InChI, and the InChI of the base of a salt.

The key is a hash of the text, so it needs no chemistry. Source: InChI Technical Manual (InChI
Trust), section "InChIKey".
"""

import hashlib
import re

_STANDARD = re.compile(r"InChI=1S/[A-Za-z0-9.]+(?:/[a-z][^\s/]*)*")
#: Layers of the skeleton, which the first block of the key is a hash of.
_SKELETON_LAYERS = "chq"
#: Triplets of letters that the key does not use: 2¹⁴ are left.
_UNUSED_TRIPLETS = (("EAA", "EZZ"), ("TAA", "TTV"))
_TRIPLET_BITS, _PAIR_BITS = 14, 9
#: Layers with an entry per component, and what separates the entries.
_SEPARATORS = dict.fromkeys("chqbti", ";") | {"m": "."}


def inchikey(inchi: str) -> str | None:
    """Return the InChIKey of a standard InChI; None if the text is none."""
    if not _STANDARD.fullmatch(inchi):
        return None
    formula, *layers = inchi.removeprefix("InChI=1S/").split("/")
    skeleton = [formula]
    while layers and layers[0][0] in _SKELETON_LAYERS:
        skeleton.append(layers.pop(0))
    protons = 0
    if layers and layers[0][0] == "p":
        text = layers.pop(0)[1:]
        if not re.fullmatch(r"[+-]\d{1,3}", text):
            return None
        protons = int(text)
    rest = "".join(f"/{layer}" for layer in layers)
    if len(rest) < 255:
        rest *= 2
    charge = chr(ord("N") + protons) if -12 <= protons <= 12 else "A"
    return f"{_letters('/'.join(skeleton), 4)}-{_letters(rest, 2)}SA-{charge}"


def component(inchi: str, at: int) -> str | None:
    """Return the InChI of one of two components of a standard InChI; None if that is not plain."""
    formula, *layers = inchi.removeprefix("InChI=1S/").split("/")
    parts = [formula.split(".")[at]]
    for layer in layers:
        kind, text = layer[0], layer[1:]
        if kind == "s":  # the same kind of stereochemistry for all
            parts.append(layer)
            continue
        entries = text.split(_SEPARATORS.get(kind, "\0"))
        if len(entries) != 2:
            return None
        if entries[at]:
            parts.append(kind + entries[at])
    return f"InChI=1S/{'/'.join(parts)}"


def _letters(text: str, triplets: int) -> str:
    """Return the first bits of the SHA-256 of a text as letters: some triplets and a pair."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest(), "little")
    letters = ""
    for _ in range(triplets):
        letters += _triplet(number % 2**_TRIPLET_BITS)
        number >>= _TRIPLET_BITS
    pair = number % 2**_PAIR_BITS
    return letters + chr(65 + pair // 26) + chr(65 + pair % 26)


def _triplet(number: int) -> str:
    for first, last in _UNUSED_TRIPLETS:
        if number >= _value(first):
            number += _value(last) - _value(first) + 1
    return "".join(chr(65 + number // power % 26) for power in (676, 26, 1))


def _value(letters: str) -> int:
    a, b, c = (ord(letter) - 65 for letter in letters)
    return a * 676 + b * 26 + c
