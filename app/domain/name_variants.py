"""Name variants: other forms of a name that mean the same record, and names that are combined."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.domain.text_folding import has_rotation_alone


@dataclass(frozen=True)
class NameVariant:
    """Another form of a name.

    Args:
        text: The form.
        left_out: The salt that the name states, and that the form leaves out.
        recorded_only: Whether only a name that is recorded in just this form counts, not one that
            is derived from a longer name.
    """

    text: str
    left_out: str | None = None
    recorded_only: bool = False


#: Makes the variants of a name, without the name itself.
MakeVariants = Callable[[str], Iterator[NameVariant]]

#: Acids and bases of salts (INN and USAN spellings), and the words that go with them.
_SALT_WORDS = (
    "hydrochloride|dihydrochloride|hcl|hydrobromide|hbr|hydroiodide|(?:hydrogen )?maleate"
    "|(?:hydrogen )?(?:bi|hemi)?tartrate|mesylate|mesilate|methanesulf?phonate|methanesulfonate"
    "|besylate|besilate|tosylate|tosilate|(?:hydrogen )?(?:hemi)?(?:sulfate|sulphate)"
    "|(?:dihydrogen )?phosphate|citrate|(?:hemi)?fumarate|succinate|acetate|lactate|malate|oxalate"
    "|nitrate|pamoate|gluconate|(?:mono|di)?sodium|(?:mono|di)?potassium|calcium|salt"
    "|(?:mono|di|tri|hemi|sesqui)?hydrate|anhydrous"
)
_SALT = re.compile(
    rf"(?P<base>.*?[^\s(\[·*-])[\s(\[·*-]+(?P<salt>(?:{_SALT_WORDS})\b)[\s)\]]*", re.I | re.S
)
_FREE_BASE = re.compile(r"(?P<base>.*?[^\s(\[])[\s(\[]+(?:free\s+)?base[\s)\]]*", re.I | re.S)
#: The order of words in indexes of chemicals: `Ketamine, (S)-`.
_INVERTED = re.compile(
    r"(?P<parent>.+?),\s*(?P<descriptor>[(\[][^()\[\]]{1,12}[)\]]|[RSDL]|DL|RS)-?", re.I
)
_RACEMATE = re.compile(r"[(\[]?(?:rac(?:emic)?|dl)[)\]]?[\s-]+(?P<name>\S.*)", re.I)


def chemical_variants(name: str) -> Iterator[NameVariant]:
    """Yield the base of a salt, and the usual order of an inverted name: `Ketamine, (S)-`.

    The salt of a dextrorotatory base may be levorotatory, as that of esketamine is: a salt whose
    name states the rotation alone leads only to a base that is recorded under that very name.
    """
    names = [name]
    if inverted := _INVERTED.fullmatch(name):
        names.append(f"{inverted['descriptor']}-{inverted['parent']}")
    if racemate := _RACEMATE.fullmatch(name):
        names += [f"(±)-{racemate['name']}", f"(R,S)-{racemate['name']}"]
    for form in names:
        if form != name:
            yield NameVariant(form)
        base, salts = form, list[str]()
        while match := _SALT.fullmatch(base):
            base, salts = match["base"].rstrip(" ,([-"), [match["salt"].lower(), *salts]
        if salts:
            yield NameVariant(base, " ".join(salts), has_rotation_alone(base))
        elif free_base := _FREE_BASE.fullmatch(form):
            yield NameVariant(free_base["base"])


def generic_word_variants(words: tuple[str, ...], implied: str) -> MakeVariants:
    """Return a function that leaves out a final generic word, or adds the implied one.

    `NMDA` and `NMDA receptors` are variants of `NMDA receptor`.
    """
    final = re.compile(rf"(?P<base>.*[^\s-])[\s-]+(?:{'|'.join(words)})s?", re.I | re.S)

    def make_variants(name: str) -> Iterator[NameVariant]:
        match = final.fullmatch(name)
        base = match["base"] if match else name
        for form in (base, f"{base} {implied}", f"{base} {implied}s"):
            if form != name:
                yield NameVariant(form)

    return make_variants


_BETWEEN_NAMES = re.compile(r"\s*(?:/|&|;|\band\b|\bor\b)\s*", re.I)
_MOST_PARTS = 6
_OTHER_IN_BRACKETS = re.compile(
    r"(?P<name>[^()\[\]]*[^()\[\]\s])\s+[(\[](?P<other>[^()\[\]]+)[)\]]"
)


def combined_names(text: str) -> list[list[str]]:
    """Return the names that a text combines, each with the forms that it may have.

    Empty if it is one name. In `5-HT2A/2C` and `ERK1/2`, the later names are completed with the
    beginning of the first one.
    """
    first, *others = [part for part in _BETWEEN_NAMES.split(text.strip()) if part] or [""]
    if not 1 <= len(others) < _MOST_PARTS:
        return []
    return [[first], *([*_completed(first, part), part][: 1 + (len(part) > 2)] for part in others)]


def name_with_other(text: str) -> tuple[str, str] | None:
    """Return a name, and another one in brackets after it: `Spravato (esketamine)`."""
    match = _OTHER_IN_BRACKETS.fullmatch(text.strip())
    return (match["name"], match["other"]) if match else None


def _completed(first: str, part: str) -> list[str]:
    """Return a name with the beginning of another one, if it is but the end of a name."""
    return [first[: -len(part)] + part] if part[0].isdigit() or len(part) == 1 else []
