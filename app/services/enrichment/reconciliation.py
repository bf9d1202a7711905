"""Reconciling: what the sources agree on, where they differ, and the reference that follows.

A field has the value that most sources give; where as many give another one, it is null. What
tells one publication from another (title, first author, identifiers) must not differ at all.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.text_folding import fold
from app.domain.vocabulary import Confidence, ReferenceKind, Retraction
from app.services.enrichment.source_record import Found, worst

_WORD = re.compile(r"[^a-z0-9]+")
SUBTITLE_AFTER = 20  # letters that a title must share before the rest may be a subtitle


def letters(text: object) -> str:
    """Text as it is compared: no case, accents, dashes, dots or spaces."""
    folded = fold(str(text))
    return _WORD.sub("", folded) or folded


def same(one: object, other: object) -> bool:
    return letters(one) == letters(other)


def same_title(one: str, other: str) -> bool:
    """Alike, or one goes on where the other ends: sources differ over subtitles."""
    short, long = sorted((letters(one), letters(other)), key=len)
    return long == short or (len(short) >= SUBTITLE_AFTER and long.startswith(short))


def same_author(one: str, other: str) -> bool:
    """By family name: sources differ over initials and `Jr`."""
    return letters(one.split()[0]) == letters(other.split()[0]) or same(one, other)


def same_journal(one: Sequence[str], other: Sequence[str]) -> bool:
    """By any name of the journal that both give."""
    return bool({letters(name) for name in one} & {letters(name) for name in other})


@dataclass(frozen=True)
class Compared:
    """One thing that sources are compared by: how it is told from a record, and when it agrees."""

    name: str
    of: Callable[[Found], Any]
    agrees: Callable[[Any, Any], bool] = same
    identifies: bool = False


COMPARED = (
    Compared("title", lambda f: f.title, same_title, identifies=True),
    Compared("first author", lambda f: next(iter(f.authors), None), same_author, identifies=True),
    Compared("journal", lambda f: f.journals or None, same_journal),
    Compared("year", lambda f: f.year),
    Compared("volume", lambda f: f.volume),
    Compared("issue", lambda f: f.issue),
    Compared("pages", lambda f: f.pages),
    Compared("doi", lambda f: f.doi, identifies=True),
    Compared("pmid", lambda f: f.pmid, identifies=True),
    Compared("pmcid", lambda f: f.pmcid, identifies=True),
    Compared("kind", lambda f: f.kind),
    Compared("url", lambda f: f.url),
)


@dataclass(frozen=True)
class Field:
    """One field: its value, who confirms it, and who says otherwise."""

    name: str
    value: Any
    confirmed_by: tuple[str, ...]
    said: dict[str, Any]
    identifies: bool

    @property
    def differs(self) -> bool:
        return len(self.confirmed_by) < len(self.said)

    def told(self) -> str:
        """The difference in one sentence."""
        ways = "; ".join(f"{source}: {shown(value)}" for source, value in self.said.items())
        kept = f"kept {shown(self.value)}" if self.value is not None else "left null"
        return f"{self.name} differs ({ways}): {kept}"


def shown(value: Any) -> str:
    return str(value[0]) if isinstance(value, tuple) else str(value)


def compare(found: Sequence[Found]) -> dict[str, Field]:
    """Every field over all the sources, which come in the order in which they are trusted."""
    return {one.name: _field(one, found) for one in COMPARED}


def _field(one: Compared, found: Sequence[Found]) -> Field:
    said = {f.source: one.of(f) for f in found if one.of(f) is not None}
    groups: list[list[str]] = []
    for source, value in said.items():
        for group in groups:
            if one.agrees(said[group[0]], value):
                group.append(source)
                break
        else:
            groups.append([source])
    groups.sort(key=len, reverse=True)
    tied = len(groups) > 1 and len(groups[0]) == len(groups[1])
    if not groups or tied:
        return Field(one.name, None, (), said, one.identifies)
    return Field(one.name, said[groups[0][0]], tuple(groups[0]), said, one.identifies)


def doubts(fields: dict[str, Field], found: Sequence[Found]) -> list[str]:
    """Why the records may not be of one publication, or not of the one that is meant."""
    told = [field.told() for field in fields.values() if field.identifies and field.differs]
    notices = [f"{f.source}: the record is itself a notice ({f.is_notice})" for f in found]
    return told + [told for told, f in zip(notices, found, strict=True) if f.is_notice]


def differences(fields: dict[str, Field]) -> list[str]:
    """Where the sources differ on what does not tell publications apart."""
    return [field.told() for field in fields.values() if field.differs and not field.identifies]


def retraction(found: Sequence[Found], failed: Sequence[str]) -> Retraction:
    """The gravest that any source says; nothing known only where all that were asked answered."""
    gravest = worst(tuple(notice for f in found for notice in f.notices))
    if gravest is not Retraction.NONE_KNOWN:
        return gravest
    looked = any(f.checks_retractions for f in found) and not failed
    return Retraction.NONE_KNOWN if looked else Retraction.NOT_CHECKED


def confidence(fields: dict[str, Field], found: Sequence[Found]) -> Confidence:
    """High where two sources confirm title, first author and year, or the register says it."""
    register = all(not f.checks_retractions for f in found)
    core = [fields[name] for name in ("title", "first author", "year")]
    twice = all(len(field.confirmed_by) >= 2 for field in core)
    return Confidence.HIGH if register or twice else Confidence.MEDIUM


def values(
    fields: dict[str, Field], found: Sequence[Found], status: Retraction, slug: str | None
) -> dict[str, Any]:
    """A reference as a curator would write it: what no source confirms is not there."""
    told = {name: field.value for name, field in fields.items()}
    lists = [f for f in found if f.authors and f.source in fields["first author"].confirmed_by]
    authors = max(lists, key=lambda f: f.authors_complete, default=None)
    names = list(authors.authors) if authors else []
    complete = bool(authors and authors.authors_complete)
    journal = shown(told["journal"]) if told["journal"] else None
    trial = next((f.trials[0] for f in found if not f.checks_retractions), None)
    made = {
        "slug": slug or slug_of(names, told, trial),
        "name": name_of(names, complete, told, trial),
        "summary": summary_of(journal, told, trial),
        "xrefs": [{"curie": f"clinicaltrials:{trial}"}] if trial else None,
        "title": told["title"],
        "authors": names,
        "authors_complete": complete,
        "journal": journal,
        **{name: told[name] for name in ("year", "volume", "issue", "pages")},
        **{name: told[name] for name in ("doi", "pmid", "pmcid", "kind", "url")},
        "retraction": status,
        "citation_confidence": confidence(fields, found),
    }
    return {name: value for name, value in made.items() if value not in (None, [])}


def slug_of(names: Sequence[str], told: dict[str, Any], trial: str | None) -> str:
    """`lii-2023`; without an author, the identifier."""
    words = [names[0].split()[0], told["year"]] if names else [trial or told["pmid"] or told["doi"]]
    return _WORD.sub("-", fold(" ".join(str(word) for word in words if word))).strip("-")


def name_of(names: Sequence[str], complete: bool, told: dict[str, Any], trial: str | None) -> str:
    """`Lii et al. 2023`; of a trial its number; without an author, the title."""
    if trial:
        return f"{trial} at ClinicalTrials.gov"
    if not names:
        return str(told["title"] or "Untitled")
    single = complete and len(names) == 1
    who = names[0].split()[0] if single else f"{names[0].split()[0]} et al."
    return f"{who} {told['year']}" if told["year"] else who


def summary_of(journal: str | None, told: dict[str, Any], trial: str | None) -> str:
    """What it is, from what is confirmed; a curator says what it is about."""
    if trial:
        return f"The register's record of the trial {trial}."
    kind = ReferenceKind(told["kind"]).value.capitalize() if told["kind"] else "Publication"
    place = f" in {journal}" if journal else ""
    year = f", {told['year']}" if told["year"] else ""
    return f"{kind}{place}{year}."
