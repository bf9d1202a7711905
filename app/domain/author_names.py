"""Names of authors, as PubMed writes them: family name, initials, suffix (`Zarate CA Jr`)."""

import re
from typing import NamedTuple

#: Suffixes of PubMed; a full stop after them is ignored.
SUFFIXES = frozenset({"Jr", "Sr", "2nd", "3rd", "4th", "II", "III", "IV"})
#: A word in the name of a group, which is not split into family name and initials.
_GROUP_WORD = re.compile(
    r"""administration|agency|alliance|associations?|authority|board|cent(er|re)|collaborat(ion|ors)
    |college|commission|committee|company|consortium|council|department|foundation|groups?
    |initiative|institutes?|investigators|ministry|network|office|organi[sz]ation|panel
    |program(me)?|project|registry|society|study|team|university|inc|llc|ltd|and|for|of|the|&""",
    re.IGNORECASE | re.VERBOSE,
)
_HYPHENS = re.compile("[-\u2010\u2011]")
_ELLIPSIS = re.compile(r"(et\.? al\.?|(and )?others)[,.]?", re.IGNORECASE)


class AuthorName(NamedTuple):
    """The parts of a name; a group has only `family`, and `is_group` is set."""

    family: str
    given: str | None = None
    suffix: str | None = None
    is_group: bool = False


def stands_for_more_authors(name: str) -> bool:
    """Return whether a name is no author, but says that there are more: `et al.`."""
    return _ELLIPSIS.fullmatch(name.strip()) is not None


def parse_author_name(name: str) -> AuthorName:
    """Return the parts of a name.

    Initials get full stops: `CA` → `C. A.`, `J-X` → `J.-X.`. `Zarate, Carlos A., Jr` is read as
    well. A name that is neither of the two forms is that of a group (`US FDA`), except for one
    word in mixed case, which is a family name without known initials.
    """
    words = name.split()
    if not words or _is_group(words):
        return AuthorName(" ".join(words), is_group=True)
    if "," in name:
        return _parse_inverted(name)
    return _parse_pubmed(words)


def _parse_pubmed(words: list[str]) -> AuthorName:
    whole = AuthorName(" ".join(words), is_group=len(words) > 1 or words[0].isupper())
    end, suffix = len(words), None
    if end > 1 and (last := words[-1].rstrip(".")) in SUFFIXES and (end > 2 or last[-1].islower()):
        end, suffix = end - 1, last
    start = end
    while start > 1 and _is_initials(words[start - 1]):
        start -= 1
    family = words[:start]
    if suffix is None and len(family) > 1 and family[-1].rstrip(".") in {"Jr", "Sr"}:
        suffix = family.pop().rstrip(".")
    if suffix is None and start == end:
        return whole
    given_names = " ".join(_punctuate(initials) for initials in words[start:end])
    return AuthorName(" ".join(family), given_names or None, suffix)


def _parse_inverted(name: str) -> AuthorName:
    """Return the parts of `Zarate, Carlos A., Jr`; its suffix may come before the given names."""
    family, *rest = [" ".join(part.split()) for part in name.split(",")]
    suffix = next((part.rstrip(".") for part in rest if part.rstrip(".") in SUFFIXES), None)
    parts = [part for part in rest if part and part.rstrip(".") != suffix]
    if family and suffix and not parts:
        return _parse_pubmed(family.split())._replace(suffix=suffix)
    if not family or len(parts) != 1 or not parts[0][0].isupper():
        return AuthorName(" ".join(name.split()), is_group=True)
    names = [_punctuate(word) if _is_initials(word) else word for word in parts[0].split()]
    return AuthorName(family, " ".join(names), suffix)


def _is_group(words: list[str]) -> bool:
    """Return whether a name is that of a group: by its first word, or by a `_GROUP_WORD`.

    `US FDA` starts with an abbreviation; `Board J` is a person.
    """
    if len(words) > 1 and words[0].isupper() and len(words[0].rstrip(".,")) > 1:
        return True
    if words[0].casefold() == "the":
        return True
    return len(words) > 2 and any(_GROUP_WORD.fullmatch(word.strip(".,")) for word in words)


def _is_initials(word: str) -> bool:
    letters = _HYPHENS.sub("", word).replace(".", "")
    return letters.isalpha() and letters.isupper() and len(letters) <= 4


def _punctuate(initials: str) -> str:
    """Return initials with full stops: `CA` → `C. A.`, `J-X` → `J.-X.`."""
    parts = [" ".join(f"{c}." for c in part if c != ".") for part in _HYPHENS.split(initials)]
    return "-".join(part for part in parts if part)
