"""Reconcile the records of several sources into one reference.

A field has the value that most sources give, and is null in a tie. Fields that identify the
publication (title, first author, identifiers) must not differ at all.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.domain.text_folding import fold
from app.domain.vocabulary import Confidence, ReferenceKind, Retraction
from app.services.enrichment import crossref
from app.services.enrichment.source_record import SourceRecord, most_severe

_WORD = re.compile(r"[^a-z0-9]+")
YEARS = range(1800, 2101)  # that a reference may have
SUBTITLE_AFTER = 20  # characters that two titles must share for the rest to be a subtitle


def comparison_key(text: object) -> str:
    """Return text for comparison: without case, accents, dashes, dots and spaces."""
    folded = fold(str(text))
    return _WORD.sub("", folded) or folded


def same_text(first: object, second: object) -> bool:
    """Return whether two texts have the same comparison key."""
    return comparison_key(first) == comparison_key(second)


def same_title(first: str, second: str) -> bool:
    """Return whether two titles are equal, or one continues the other with a subtitle."""
    short, long = sorted((comparison_key(first), comparison_key(second)), key=len)
    return long == short or (len(short) >= SUBTITLE_AFTER and long.startswith(short))


def same_author(first: str, second: str) -> bool:
    """Return whether two names have the same family name; sources differ in initials and `Jr`."""
    first_name, second_name = (name.split(maxsplit=1)[0] for name in (first, second))
    same_family = comparison_key(first_name) == comparison_key(second_name)
    return same_family or same_text(first, second)


def same_journal(first: Sequence[str], second: Sequence[str]) -> bool:
    """Return whether two lists of names of a journal have a name in common."""
    return bool(
        {comparison_key(name) for name in first} & {comparison_key(name) for name in second}
    )


@dataclass(frozen=True)
class ComparedField:
    """A field to compare: how to read it from a record, and when two values agree."""

    name: str
    of: Callable[[SourceRecord], Any]
    agrees: Callable[[Any, Any], bool] = same_text
    identifies: bool = False


COMPARED_FIELDS = (
    ComparedField("title", lambda f: f.title, same_title, identifies=True),
    ComparedField(
        "first author", lambda f: next(iter(f.authors), None), same_author, identifies=True
    ),
    ComparedField("journal", lambda f: f.journals or None, same_journal),
    ComparedField("year", lambda f: f.year if f.year in YEARS else None),
    ComparedField("volume", lambda f: f.volume),
    ComparedField("issue", lambda f: f.issue),
    ComparedField("pages", lambda f: f.pages),
    ComparedField("doi", lambda f: f.doi, identifies=True),
    ComparedField("pmid", lambda f: f.pmid, identifies=True),
    ComparedField("pmcid", lambda f: f.pmcid, identifies=True),
    ComparedField("kind", lambda f: f.kind),
    ComparedField("url", lambda f: f.url),
)


@dataclass(frozen=True)
class ReconciledField:
    """A field with its agreed value, the sources that confirm it, and all values by source."""

    name: str
    value: Any
    confirmed_by: tuple[str, ...]
    values_by_source: dict[str, Any]
    identifies: bool

    @property
    def differs(self) -> bool:
        """Whether any source has another value."""
        return len(self.confirmed_by) < len(self.values_by_source)

    def describe(self) -> str:
        """Return the difference as a sentence."""
        alternatives = "; ".join(
            f"{source}: {display_value(value)}" for source, value in self.values_by_source.items()
        )
        outcome = f"kept {display_value(self.value)}" if self.value is not None else "left null"
        return f"{self.name} differs ({alternatives}): {outcome}"


def display_value(value: Any) -> str:
    """Return a value as text; of several names the first."""
    return str(value[0]) if isinstance(value, tuple) else str(value)


def compare(records: Sequence[SourceRecord]) -> dict[str, ReconciledField]:
    """Reconcile every field over the records, which come in the order of SOURCE_PRIORITY."""
    return {field.name: _field(field, records) for field in COMPARED_FIELDS}


def _field(compared: ComparedField, records: Sequence[SourceRecord]) -> ReconciledField:
    by_source = {f.source: compared.of(f) for f in records if compared.of(f) is not None}
    groups: list[list[str]] = []
    for source, value in by_source.items():
        for group in groups:
            if compared.agrees(by_source[group[0]], value):
                group.append(source)
                break
        else:
            groups.append([source])
    groups.sort(key=len, reverse=True)
    tied = len(groups) > 1 and len(groups[0]) == len(groups[1])
    if not groups or tied:
        return ReconciledField(compared.name, None, (), by_source, compared.identifies)
    return ReconciledField(
        compared.name, by_source[groups[0][0]], tuple(groups[0]), by_source, compared.identifies
    )


def identity_conflicts(
    fields: dict[str, ReconciledField], records: Sequence[SourceRecord]
) -> list[str]:
    """Return reasons why the records may be of different publications, or of a notice on one."""
    conflicts = [
        field.describe() for field in fields.values() if field.identifies and field.differs
    ]
    notices = [f"{f.source}: the record is itself a notice ({f.is_notice})" for f in records]
    return conflicts + [
        conflicts for conflicts, f in zip(notices, records, strict=True) if f.is_notice
    ]


def differences(fields: dict[str, ReconciledField]) -> list[str]:
    """Return sentences about fields that differ and do not identify the publication."""
    return [field.describe() for field in fields.values() if field.differs and not field.identifies]


def retraction(records: Sequence[SourceRecord], failed: Sequence[str]) -> Retraction:
    """Return the most severe status of any source.

    NONE_KNOWN requires that all sources responded and one of them records retractions.
    """
    most_severe_status = most_severe(tuple(notice for f in records for notice in f.notices))
    if most_severe_status is not Retraction.NONE_KNOWN:
        return most_severe_status
    checked = any(f.checks_retractions for f in records) and not failed
    return Retraction.NONE_KNOWN if checked else Retraction.NOT_CHECKED


def notice_day(records: Sequence[SourceRecord], status: Retraction) -> str | None:
    """Return the day of the latest notice of a status, as the first source states that does.

    Crossref has the publisher's date; the others have the issue in which the notice is printed.
    """
    for record in sorted(records, key=lambda record: record.source != crossref.NAME):
        days = [n.published_on for n in record.notices if n.status is status and n.published_on]
        if days:
            return max(days)
    return None


def confidence(fields: dict[str, ReconciledField], records: Sequence[SourceRecord]) -> Confidence:
    """Return HIGH if two sources confirm title, first author and year, or for a register entry."""
    register = all(not f.checks_retractions for f in records)
    core = [fields[name] for name in ("title", "first author", "year")]
    twice = all(len(field.confirmed_by) >= 2 for field in core)
    return Confidence.HIGH if register or twice else Confidence.MEDIUM


def author_list(
    fields: dict[str, ReconciledField], records: Sequence[SourceRecord]
) -> tuple[list[str], bool]:
    """Return the authors of a publication, and whether a source states that they are all.

    Of the sources that agree on the first author, one with a complete list is preferred.
    """
    lists = [f for f in records if f.authors and f.source in fields["first author"].confirmed_by]
    record = max(lists, key=lambda f: f.authors_complete, default=None)
    return (list(record.authors), record.authors_complete) if record else ([], False)


def reference_values(
    fields: dict[str, ReconciledField],
    records: Sequence[SourceRecord],
    status: Retraction,
    slug: str | None,
) -> dict[str, Any]:
    """Return the values of a reference record; fields without an agreed value are left out."""
    checked = status is not Retraction.NOT_CHECKED
    by_name = {name: field.value for name, field in fields.items()}
    names, complete = author_list(fields, records)
    journal = display_value(by_name["journal"]) if by_name["journal"] else None
    trial = next((f.trials[0] for f in records if not f.checks_retractions), None)
    record = {
        "slug": slug or reference_slug(names, by_name, trial),
        "name": reference_name(names, complete, by_name, trial),
        "summary": reference_summary(journal, by_name, trial),
        "xrefs": [{"curie": f"clinicaltrials:{trial}"}] if trial else None,
        "title": by_name["title"],
        "authors": names,
        "authors_complete": complete,
        "journal": journal,
        **{name: by_name[name] for name in ("year", "volume", "issue", "pages")},
        **{name: by_name[name] for name in ("doi", "pmid", "pmcid", "kind", "url")},
        "retraction": status,
        "notice_published_on": notice_day(records, status),
        "notices_checked_on": datetime.now(UTC).date().isoformat() if checked else None,
        "citation_confidence": confidence(fields, records),
    }
    return {name: value for name, value in record.items() if value not in (None, [])}


def reference_slug(names: Sequence[str], fields: dict[str, Any], trial: str | None) -> str:
    """Return a slug such as `lii-2023`; without authors, the identifier."""
    parts = (
        [names[0].split()[0], fields["year"]]
        if names
        else [trial or fields["pmid"] or fields["doi"]]
    )
    return _WORD.sub("-", fold(" ".join(str(word) for word in parts if word))).strip("-")


def reference_name(
    names: Sequence[str], complete: bool, fields: dict[str, Any], trial: str | None
) -> str:
    """Return a name such as `Lii et al. 2023`, the number of a trial, or the title."""
    if trial:
        return f"{trial} at ClinicalTrials.gov"
    if not names:
        return str(fields["title"] or "Untitled")
    single = complete and len(names) == 1
    authors = names[0].split()[0] if single else f"{names[0].split()[0]} et al."
    return f"{authors} {fields['year']}" if fields["year"] else authors


def reference_summary(journal: str | None, fields: dict[str, Any], trial: str | None) -> str:
    """Return a summary of kind, journal and year; a curator adds what it is about."""
    if trial:
        return f"The register's record of the trial {trial}."
    kind = ReferenceKind(fields["kind"]).value.capitalize() if fields["kind"] else "Publication"
    place = f" in {journal}" if journal else ""
    year = f", {fields['year']}" if fields["year"] else ""
    return f"{kind}{place}{year}."
