"""Import registered trials of ClinicalTrials.gov: studies, and their posted results for review."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.domain.identifiers import resolve_curie
from app.domain.vocabulary import (
    Blinding,
    Comparator,
    Confidence,
    Funding,
    Masking,
    ReferenceKind,
    Species,
    StudyDesign,
)
from app.kit.progress import ProgressCallback
from app.resources import RESOURCES
from app.services.dataset.yaml_writer import file_text
from app.services.enrichment.source_record import plain_text
from app.services.importers.dataset_index import DatasetIndex
from app.services.importers.import_result import ImportOutcome, ImportResult
from app.services.importers.registered_results import result_notes
from app.services.importers.registered_trial import RegisteredTrial, read_trials
from app.services.records.input_models import input_model, sparse_dict

Fields = dict[str, Any]
UNREAD = "Imported from ClinicalTrials.gov; no curator has read its results."
#: Fields of a study that the registry states as well.
COMPARED = ("design", "n_randomised", "blinding")
_PUBLIC = frozenset({"NIH", "FED", "OTHER_GOV"})
_COMPARATORS = {
    "PLACEBO_COMPARATOR": Comparator.PLACEBO,
    "SHAM_COMPARATOR": Comparator.PLACEBO,
    "ACTIVE_COMPARATOR": Comparator.ACTIVE_TREATMENT,
    "NO_INTERVENTION": Comparator.NONE,
}


class UnsupportedDesignError(ValueError):
    """A design that no value of `StudyDesign` describes."""


def import_trials(path: Path, index: DatasetIndex, progress: ProgressCallback) -> ImportResult:
    """Import a file of registered trials.

    A trial that the dataset has is compared with it, and never overwritten. Posted results are
    written as comments: a curator adds the claims that they bear on, which no registry states.

    Raises:
        ImportSourceError: The file is not in the form of the API, version 2.
    """
    result = ImportResult()
    for done, (place, trial) in enumerate(read_trials(path), 1):
        if isinstance(trial, str):
            result.reject(place, trial)
        else:
            _import_trial(trial, index, result)
        progress(done, 0)
    return result


def _import_trial(trial: RegisteredTrial, index: DatasetIndex, result: ImportResult) -> None:
    try:
        study = study_fields(trial, index)
    except UnsupportedDesignError as error:
        result.reject(trial.nct_id, str(error))
        return
    slug = index.by_field("studies", "registration", trial.nct_id)
    content: dict[str, list[Fields]] = {}
    reference, new_reference = _reference(trial.nct_id, index)
    if slug is None:
        slug = study["slug"]
        study = _valid("studies", study | {"references": [reference["slug"]]})
        content = {"studies": [study], "references": [reference] if new_reference else []}
        index.add("studies", study)
        index.add("references", reference)
        result.add(trial.nct_id, ImportOutcome.ADDED, "", slug)
    else:
        known = index.records["studies"][slug]
        differing = [
            f"{name} is {known[name]} here and {study.get(name)} in the registry"
            for name in COMPARED
            if study.get(name) is not None and study[name] != known[name]
        ]
        outcome = ImportOutcome.CONFLICT if differing else ImportOutcome.SAME
        result.add(trial.nct_id, outcome, "; ".join(differing), slug)
    notes, rejected = result_notes(trial, slug, reference["slug"], index)
    for reason in rejected:
        result.reject(trial.nct_id, reason)
    text = _file_text(trial, content, notes, reference if new_reference else None)
    if text:
        result.files[f"studies/{trial.nct_id.lower()}.yaml"] = text


def _file_text(
    trial: RegisteredTrial,
    content: dict[str, list[Fields]],
    notes: list[Fields],
    reference: Fields | None,
) -> str:
    """Return the study, and after it the posted results as comments."""
    text = file_text(content)
    papers = [
        f"#   pmid:{plain_text(paper.pmid)} ({paper.type.lower()})"
        for paper in trial.protocol_section.references_module.references
        if paper.pmid.isdecimal() and paper.type in {"RESULT", "DERIVED"}
    ]
    lines = []
    if papers:
        lines += [
            "# Papers that the registry links to; `kkb reference add` looks them up:",
            *papers,
        ]
    if notes:
        lines += [
            "# Results posted in the registry. To publish a note: remove the `# ` before it, add",
            "# the claims that it bears on, and remove `result_not_read` from the study.",
        ]
        parts = {} if content or reference is None else {"references": [reference]}
        commented = file_text(parts | {"evidence": notes})
        lines += [f"# {line}".rstrip() for line in commented.splitlines()]
    if lines and text:
        text += "\n"
    return text + "".join(f"{line}\n" for line in lines)


def study_fields(trial: RegisteredTrial, index: DatasetIndex) -> Fields:
    """Return what the registry states of a study.

    Compounds and indications are those whose MeSH id the registry assigned to the trial.

    Raises:
        UnsupportedDesignError: No value of `StudyDesign` describes the design.
    """
    protocol = trial.protocol_section
    design, info = _design(trial), protocol.design_module.design_info
    enrollment = protocol.design_module.enrollment_info
    randomised = info.allocation == "RANDOMIZED"
    actual = enrollment.type == "ACTUAL"
    blinding = _blinding(trial)
    identification = protocol.identification_module
    phases = [p.lower().replace("phase", "phase ") for p in protocol.design_module.phases]
    n_note = None
    if enrollment.count is not None and not (randomised and actual):
        n_note = f"{enrollment.count} enrolled ({enrollment.type.lower() or 'type not stated'})"
    acronym = plain_text(identification.acronym)
    return {
        "slug": index.free_slug("studies", trial.nct_id.lower()),
        "name": index.free_name(
            "studies", f"{acronym} ({trial.nct_id})" if acronym else trial.nct_id
        ),
        "summary": f"A trial as ClinicalTrials.gov registers it under {trial.nct_id}.",
        "design": design,
        "design_note": ", ".join(p for p in phases if p != "na") or None,
        "registration": trial.nct_id,
        "n_randomised": enrollment.count if randomised and actual else None,
        "n_note": n_note,
        "species": Species.HUMAN,
        "population": plain_text("; ".join(protocol.conditions_module.conditions)),
        "indications": list(
            _known("indications", trial.derived_section.condition_browse_module.curies(), index)
        ),
        "compounds": list(
            _known("compounds", trial.derived_section.intervention_browse_module.curies(), index)
        ),
        "blinding": blinding,
        "masking": Masking.UNMASKED if blinding is Blinding.OPEN else Masking.NOT_STATED,
        "comparator": _comparator(trial),
        "comparator_note": "by the arm types of the registry; to be confirmed",
        "result_not_read": UNREAD,
        "funding": _funding(trial),
        "sponsor": plain_text(protocol.sponsor_collaborators_module.lead_sponsor.name),
    }


def _design(trial: RegisteredTrial) -> StudyDesign:
    design = trial.protocol_section.design_module
    info = design.design_info
    if design.study_type == "OBSERVATIONAL":
        if info.time_perspective == "CROSS_SECTIONAL":
            return StudyDesign.CROSS_SECTIONAL
        if info.observational_model == "COHORT":
            return StudyDesign.COHORT
    elif design.study_type == "INTERVENTIONAL":
        if info.allocation == "RANDOMIZED" and info.intervention_model == "CROSSOVER":
            return StudyDesign.RCT_CROSSOVER
        if info.allocation == "RANDOMIZED" and info.intervention_model != "SINGLE_GROUP":
            return StudyDesign.RCT_PARALLEL
        if info.allocation != "RANDOMIZED" and info.intervention_model == "SINGLE_GROUP":
            return StudyDesign.SINGLE_ARM_TRIAL
        if info.allocation == "NON_RANDOMIZED" and info.masking_info.masking == "NONE":
            return StudyDesign.OPEN_LABEL_TRIAL
    stated = [design.study_type, info.allocation, info.intervention_model, info.observational_model]
    words = ", ".join(s.lower().replace("_", " ") for s in stated if s)
    raise UnsupportedDesignError(f"no design of the dataset describes: {words or 'not stated'}")


def _blinding(trial: RegisteredTrial) -> Blinding:
    """Return the blinding; TRIPLE and QUADRUPLE are triple, an assessor alone is `rater`."""
    if trial.protocol_section.design_module.study_type != "INTERVENTIONAL":
        return Blinding.NOT_APPLICABLE
    info = trial.protocol_section.design_module.design_info.masking_info
    if info.who_masked == ["OUTCOMES_ASSESSOR"]:
        return Blinding.RATER
    return {
        "NONE": Blinding.OPEN,
        "SINGLE": Blinding.SINGLE,
        "DOUBLE": Blinding.DOUBLE,
        "TRIPLE": Blinding.TRIPLE,
        "QUADRUPLE": Blinding.TRIPLE,
    }.get(info.masking, Blinding.NOT_STATED)


def _comparator(trial: RegisteredTrial) -> Comparator:
    arms = trial.protocol_section.arms_interventions_module.arm_groups
    if trial.protocol_section.design_module.study_type != "INTERVENTIONAL":
        return Comparator.NOT_APPLICABLE
    if len(arms) <= 1:
        return Comparator.NONE
    kinds = {_COMPARATORS[arm.type] for arm in arms if arm.type in _COMPARATORS}
    return kinds.pop() if len(kinds) == 1 else Comparator.MIXED


def _funding(trial: RegisteredTrial) -> Funding | None:
    """Return the funding by the classes of the sponsors; null if they do not state it."""
    sponsors = trial.protocol_section.sponsor_collaborators_module
    classes = {s.sponsor_class for s in [sponsors.lead_sponsor, *sponsors.collaborators]} - {""}
    if classes == {"INDUSTRY"}:
        return Funding.INDUSTRY
    if "INDUSTRY" in classes:
        return Funding.MIXED
    return Funding.PUBLIC if classes and classes <= _PUBLIC else None


def _known(collection: str, curies: list[str], index: DatasetIndex) -> Iterator[str]:
    for curie in curies:
        if slug := index.by_curie(collection, curie):
            yield slug


def _reference(number: str, index: DatasetIndex) -> tuple[Fields, bool]:
    """Return the reference of a registration, and whether it is new."""
    curie = f"clinicaltrials:{number}"
    if slug := index.by_curie("references", curie):
        return index.records["references"][slug], False
    reference = {
        "slug": index.free_slug("references", f"{number.lower()}-registry"),
        "name": index.free_name("references", f"{number} at ClinicalTrials.gov"),
        "summary": f"The register's record of the trial {number}.",
        "xrefs": [{"curie": curie}],
        "kind": ReferenceKind.DATABASE,
        "url": resolve_curie(curie),
        "citation_confidence": Confidence.HIGH,
    }
    return _valid("references", reference), True


def _valid(collection: str, values: Fields) -> Fields:
    """Return a record as the dataset writes it."""
    present = {name: value for name, value in values.items() if value not in (None, [])}
    return sparse_dict(input_model(RESOURCES[collection]).model_validate(present))
