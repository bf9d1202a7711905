"""Import references of reference managers: RIS, BibTeX and NBIB."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.domain.author_names import parse_author_name, stands_for_more_authors
from app.domain.vocabulary import Confidence
from app.kit.progress import ProgressCallback
from app.resources import RESOURCES
from app.services.dataset.yaml_writer import file_text
from app.services.enrichment.reconciliation import reference_name, reference_slug, reference_summary
from app.services.importers.citation_files import CitedEntry, read_bibtex, read_nbib, read_ris
from app.services.importers.dataset_index import DatasetIndex
from app.services.importers.import_result import ImportOutcome, ImportResult
from app.services.records.input_models import input_model, sparse_dict

Fields = dict[str, Any]
#: Fields whose difference is a conflict; the dataset abbreviates names and journals in its own way.
COMPARED = ("year", "doi", "pmid", "pmcid")
Reader = Callable[[Path], Iterator[CitedEntry | tuple[str, str]]]


def import_ris(path: Path, index: DatasetIndex, progress: ProgressCallback) -> ImportResult:
    """Import a RIS file.

    Raises:
        ImportSourceError: The file is no RIS.
    """
    return _import_references(read_ris(path), index, progress)


def import_bibtex(path: Path, index: DatasetIndex, progress: ProgressCallback) -> ImportResult:
    """Import a BibTeX file.

    Raises:
        ImportSourceError: The file is no BibTeX.
    """
    return _import_references(read_bibtex(path), index, progress)


def import_nbib(path: Path, index: DatasetIndex, progress: ProgressCallback) -> ImportResult:
    """Import an NBIB file, as PubMed exports it.

    Raises:
        ImportSourceError: The file is no NBIB.
    """
    return _import_references(read_nbib(path), index, progress)


def _import_references(
    entries: Iterator[CitedEntry | tuple[str, str]],
    index: DatasetIndex,
    progress: ProgressCallback,
) -> ImportResult:
    """Import entries; duplicates are found by PubMed id, then DOI, PMC id and title."""
    result, added = ImportResult(), []
    for done, entry in enumerate(entries, 1):
        progress(done, 0)
        if isinstance(entry, tuple):
            result.reject(*entry)
            continue
        fields = _reference_fields(entry)
        if known := index.reference(fields):
            _compare(entry, fields, known, index, result)
            continue
        if entry.kind is None:
            result.reject(
                entry.place, f"the kind of publication {entry.kind_stated!r} is not known"
            )
            continue
        if entry.title is None or not (entry.authors or entry.pmid or entry.doi):
            result.reject(entry.place, "it has no title, or neither an author nor an identifier")
            continue
        try:
            reference = _record(entry, fields, index)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            result.reject(entry.place, f"{where}: {first['msg'].removeprefix('Value error, ')}")
            continue
        index.add("references", reference)
        added.append(reference)
        result.add(entry.place, ImportOutcome.ADDED, "", reference["slug"])
    if added:
        result.files["references.yaml"] = file_text({"references": added})
    return result


def _compare(
    entry: CitedEntry,
    fields: Fields,
    known: tuple[str, str],
    index: DatasetIndex,
    result: ImportResult,
) -> None:
    """Record that the dataset has a reference, and what differs in it."""
    found_by, slug = known
    stored = index.records["references"][slug]
    differing = [
        f"{name} is {stored[name]} here and {fields[name]} in the file"
        for name in COMPARED
        if fields.get(name)
        and stored.get(name)
        and str(fields[name]) != str(stored[name]).lower()
        and str(fields[name]) != str(stored[name])
    ]
    outcome = ImportOutcome.CONFLICT if differing else ImportOutcome.SAME
    reason = "; ".join([f"same {found_by}", *differing]) if differing else f"same {found_by}"
    result.add(entry.place, outcome, reason, slug)


def _reference_fields(entry: CitedEntry) -> Fields:
    names = [name for name in entry.authors if not stands_for_more_authors(name)]
    return {
        "title": entry.title,
        "authors": [_pubmed_name(name) for name in names],
        "authors_complete": bool(names) and len(names) == len(entry.authors),
        **{n: getattr(entry, n) for n in ("journal", "year", "volume", "issue", "pages")},
        **{n: getattr(entry, n) for n in ("doi", "pmid", "pmcid", "kind", "url")},
    }


def _pubmed_name(name: str) -> str:
    """Return the name of an author as the dataset writes it: `Zarate, Carlos A.` → `Zarate CA`."""
    if "," not in name:
        return name
    parts = parse_author_name(name)
    if parts.is_group or not parts.given:
        return name
    initials = "".join(word[0] for word in parts.given.replace("-", " ").replace(".", " ").split())
    return " ".join(filter(None, (parts.family, initials, parts.suffix)))


def _record(entry: CitedEntry, fields: Fields, index: DatasetIndex) -> Fields:
    """Return the reference as the dataset writes it.

    Raises:
        ValidationError: The dataset refuses a field.
    """
    authors = fields["authors"]
    values = fields | {
        "slug": index.free_slug("references", reference_slug(authors, fields, None)[:100]),
        "name": index.free_name(
            "references", reference_name(authors, fields["authors_complete"], fields, None)
        ),
        "summary": reference_summary(fields["journal"], fields, None),
        "url": None if entry.doi or entry.pmid else entry.url,
        # A file is one source; `high` needs two, or a curator.
        "citation_confidence": Confidence.MEDIUM,
    }
    stated = {name: value for name, value in values.items() if value not in (None, [])}
    return sparse_dict(input_model(RESOURCES["references"]).model_validate(stated))
