"""The rules by which measured constants of all databases are imported."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from pydantic import ValidationError

from app.domain.affinity import to_nm
from app.domain.source_databases import SourceDatabase, licence_file
from app.domain.vocabulary import (
    AffinityState,
    ConcentrationUnit,
    Confidence,
    ReferenceKind,
    Relation,
    SourceKind,
)
from app.kit.progress import ProgressCallback
from app.resources import RESOURCES
from app.services.dataset.yaml_writer import file_text
from app.services.importers.dataset_index import DatasetIndex, Fields, slug_of
from app.services.importers.import_result import (
    HeldRowError,
    ImportOutcome,
    ImportResult,
    RejectedRowError,
)
from app.services.importers.measured_constant import MeasuredConstant
from app.services.importers.suspected_errors import suspected_error
from app.services.records.input_models import input_model, sparse_dict

Row = Mapping[str, str]
#: A value that differs by more from the curated median of its pair is held for review.
LARGEST_FACTOR = 10


class ConstantImport:
    """An import of measured constants: compares each with the dataset, and collects new ones."""

    def __init__(self, source: SourceDatabase, release: str | None, index: DatasetIndex) -> None:
        self.source, self.release, self.index = source, release, index
        self.result = ImportResult()
        self.added: list[Fields] = []
        self.references: list[Fields] = []
        self._imported: set[str] = set()
        self._known: dict[tuple[str, ...], list[Fields]] = defaultdict(list)
        pairs: dict[tuple[str, str], list[Fields]] = defaultdict(list)
        for affinity in index.records["affinities"].values():
            pairs[affinity["compound"], affinity["receptor"]].append(affinity)
            paper = index.records["references"][affinity["reference"]]
            for name in {paper[field] for field in ("slug", "pmid", "doi") if paper.get(field)}:
                self._known[self._key(affinity, name)].append(affinity)
        self._curated = dict(pairs)
        self._medians = {pair: median_nm(rows) for pair, rows in pairs.items()}

    @staticmethod
    def _key(affinity: Fields, paper: str) -> tuple[str, ...]:
        return (affinity["compound"], affinity["receptor"], affinity["parameter"], paper)

    def add_rows(
        self,
        rows: Sequence[Row],
        first_line: int,
        constant_of: Callable[[str, Row], MeasuredConstant],
        progress: ProgressCallback,
    ) -> None:
        """Add the constant of each row, or report why a row is rejected or held.

        Args:
            rows: The rows of the source by column name.
            first_line: Line of the first row in the file.
            constant_of: Reads the constant at a place; raises RejectedRowError or HeldRowError.
        """
        for number, row in enumerate(rows, 1):
            place = f"row {number + first_line - 1}"
            try:
                constant = constant_of(place, row)
            except RejectedRowError as error:
                self.result.reject(place, str(error))
            except HeldRowError as error:
                self.result.hold(place, str(error))
            else:
                self.add(constant)
            if number % 100 == 0 or number == len(rows):
                progress(number, len(rows))

    def add(self, constant: MeasuredConstant) -> None:
        """Compare a constant with the dataset, and add it if it is new and plausible."""
        pair = (constant.compound, constant.receptor)
        papers = constant.papers or (constant.document or self.source.slug,)
        for paper in papers:
            for known in self._known[(*pair, constant.parameter, paper)]:
                outcome = self._compare(constant, known)
                # Two rows of the database that differ are two measurements.
                if outcome and (
                    outcome[0] is ImportOutcome.SAME or known["slug"] not in self._imported
                ):
                    self.result.add(constant.place, *outcome, known["slug"])
                    return
        if reason := suspected_error(constant) or self._doubt(constant):
            self.result.hold(constant.place, reason)
            return
        try:
            record = self._add_record(constant)
        except ValidationError as error:
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            self.result.reject(constant.place, f"it makes no valid record: {reason}")
            return
        for paper in papers:
            self._known[self._key(record, paper)].append(record)
        self._imported.add(record["slug"])
        self.result.add(constant.place, ImportOutcome.ADDED, "", record["slug"])

    def finish(self) -> ImportResult:
        """Return the result with the files for review."""
        if self.added:
            content = {"references": self.references, "affinities": self.added}
            self.result.files["affinities.yaml"] = file_text(content)
            self.result.files["LICENCE"] = licence_file(
                [(self.source.name, self.release, self.source.licence)]
            )
        return self.result

    def _compare(
        self, constant: MeasuredConstant, known: Mapping[str, Any]
    ) -> tuple[ImportOutcome, str] | None:
        """Return whether a record of the same paper is the same measurement or another value."""
        known_nm = to_nm(known.get("published_value"), known.get("published_unit"))
        if known_nm is None:
            return None
        if (
            known["relation"] != constant.relation
            or f"{known_nm:.2g}" != f"{constant.value_nm:.2g}"
        ):
            reason = (
                f"the same paper has {known['relation']} {known_nm:g} nM in the dataset and"
                f" {constant.relation.value} {constant.value_nm:g} nM in the file"
            )
            return ImportOutcome.CONFLICT, reason
        if known["species"] != constant.species:
            reason = f"species is {known['species']} here and {constant.species.value} in the file"
            return ImportOutcome.CONFLICT, reason
        return ImportOutcome.SAME, "the same measurement"

    def _doubt(self, constant: MeasuredConstant) -> str | None:
        """Return why a curator must look at a constant that no record of its paper has."""
        pair = (constant.compound, constant.receptor)
        if not constant.papers:
            for record in self._curated.get(pair, ()):
                if (
                    record["parameter"] == constant.parameter
                    and (outcome := self._compare(constant, record))
                    and outcome[0] is ImportOutcome.SAME
                ):
                    return f"{record['slug']} has the same value, and the file names no paper"
        return _implausible(constant, self._medians.get(pair))

    def _add_record(self, constant: MeasuredConstant) -> Fields:
        """Add the record of a constant and, if it is new, its reference.

        Raises:
            ValidationError: The record is not valid; nothing was added.
        """
        reference, is_new = self._reference(constant)
        record = self._record(constant, reference["slug"])
        for collection, fields, added in (
            *([("references", reference, self.references)] if is_new else ()),
            ("affinities", record, self.added),
        ):
            self.index.add(collection, fields)
            added.append(fields)
        return record

    def _record(self, constant: MeasuredConstant, reference: str) -> Fields:
        names = [
            self.index.records[c][s]["name"]
            for c, s in (("compounds", constant.compound), ("receptors", constant.receptor))
        ]
        parameter = constant.parameter.value
        base = "-".join((self.source.slug, constant.compound, constant.receptor, parameter.lower()))
        caveats = [
            f"The value was computed from {constant.computed_from}."
            if constant.computed_from
            else "",
            f"The database also cites {', '.join(f'PMID {p}' for p in constant.pmids[1:])}."
            if constant.pmids[1:]
            else "",
        ]
        if constant.cited:
            caveats.append(f"The database cites: {constant.cited.rstrip('.')}.")
        none_up_to = constant.relation is Relation.GREATER
        values = {
            "slug": self.index.free_slug("affinities", base),
            "name": f"{names[0]} at {names[1]}, {parameter} ({self.source.name})",
            "summary": f"A constant of {names[0]} at {names[1]} as {self.source.name} lists it.",
            "compound": constant.compound,
            "receptor": constant.receptor,
            "parameter": constant.parameter,
            "relation": constant.relation,
            "published_value": constant.value_nm,
            "published_upper_value": constant.upper_value_nm,
            "published_unit": ConcentrationUnit.NM,
            "action": constant.action,
            "action_note": constant.action_note,
            "assay": constant.assay,
            "species": constant.species,
            "state": AffinityState.NONE_UP_TO_BOUND if none_up_to else AffinityState.MEASURED,
            "source": SourceKind.PRIMARY if constant.papers else SourceKind.DATABASE,
            "reference": reference,
            "citation_confidence": Confidence.MEDIUM,
            "caveat": " ".join(filter(None, caveats)) or None,
            "source_database": self.source.name,
            "source_release": self.release,
            "source_record": constant.record,
            "licence": self.source.licence,
        }
        return _as_written("affinities", values)

    def _reference(self, constant: MeasuredConstant) -> tuple[Fields, bool]:
        """Return the paper of a constant or, without one, the database; and whether it is new."""
        references, name = self.index.records["references"], self.source.name
        pmid, doi = next(iter(constant.pmids), None), constant.doi
        for field, value in (*(("pmid", p) for p in constant.pmids), ("doi", doi)):
            if slug := self.index.by_field("references", field, value):
                return references[slug], False
        if not constant.papers and self.source.slug in references:
            return references[self.source.slug], False
        values: Fields = {
            "slug": self.source.slug,
            "name": self.source.title,
            "summary": f"The database {self.source.title}.",
            "kind": ReferenceKind.DATABASE,
            "url": self.source.url,
            "citation_confidence": Confidence.HIGH,
        }
        if constant.papers:
            base = f"pmid-{pmid}" if pmid else f"doi-{slug_of(doi or '')}"
            values = {
                "slug": self.index.free_slug("references", base),
                "name": f"{f'PMID {pmid}' if pmid else f'DOI {doi}'}, cited by {name}",
                "summary": f"A paper that {name} cites for a measured constant.",
                "kind": ReferenceKind.ARTICLE,
                "pmid": pmid,
                "doi": doi,
                "citation_confidence": Confidence.MEDIUM,
            }
        return _as_written("references", values), True


def _implausible(constant: MeasuredConstant, curated_nm: float | None) -> str | None:
    """Return why a value is held: it is too far off the curated median of its pair."""
    if curated_nm is None:
        return None
    factor = constant.value_nm / curated_nm
    too_high = factor > LARGEST_FACTOR and constant.relation is not Relation.LESS
    too_low = factor * LARGEST_FACTOR < 1 and constant.relation is not Relation.GREATER
    if not (too_high or too_low):
        return None
    return (
        f"{constant.relation.value} {constant.value_nm:g} nM is more than"
        f" {LARGEST_FACTOR} times off the curated median of {curated_nm:g} nM"
    )


def median_nm(affinities: list[Fields]) -> float | None:
    """Return the median of the measured constants of a pair, in nM; None if there is none."""
    values = [
        to_nm(row.get("published_value"), row.get("published_unit"))
        for row in affinities
        if row["relation"] in (Relation.EQUAL, Relation.ABOUT)
    ]
    stated = [value for value in values if value is not None]
    return median(stated) if stated else None


def _as_written(collection: str, values: Fields) -> Fields:
    stated = {name: value for name, value in values.items() if value is not None}
    return sparse_dict(input_model(RESOURCES[collection]).model_validate(stated))
