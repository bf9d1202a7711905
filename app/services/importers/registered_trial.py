"""Studies of ClinicalTrials.gov, as its API version 2 writes them in JSON.

Fields that are not read here are ignored. Source: https://clinicaltrials.gov/data-api/about-api/study-data-structure
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from app.services.enrichment.source_record import SourceModel
from app.services.importers.import_result import ImportSourceError


class RegistryModel(SourceModel):
    """Base of the parts of a registered study."""

    model_config = ConfigDict(alias_generator=to_camel)


class RegisteredIdentification(RegistryModel):
    """`identificationModule`."""

    nct_id: str = Field(pattern=r"^NCT\d{8}$")
    brief_title: str = ""
    official_title: str = ""
    acronym: str = ""


class RegisteredStatus(RegistryModel):
    """`statusModule`."""

    overall_status: str = ""
    start_date_struct: dict[str, str] = {}


class RegisteredSponsor(RegistryModel):
    """A sponsor or collaborator."""

    name: str = ""
    sponsor_class: str = Field("", validation_alias=AliasChoices("class"))


class RegisteredSponsors(RegistryModel):
    """`sponsorCollaboratorsModule`."""

    lead_sponsor: RegisteredSponsor = RegisteredSponsor()
    collaborators: list[RegisteredSponsor] = []


class RegisteredConditions(RegistryModel):
    """`conditionsModule`."""

    conditions: list[str] = []


class MaskingInfo(RegistryModel):
    """Masking: NONE, SINGLE, …, and who was masked."""

    masking: str = ""
    who_masked: list[str] = []


class DesignInfo(RegistryModel):
    """Allocation, model and masking."""

    allocation: str = ""
    intervention_model: str = ""
    observational_model: str = ""
    time_perspective: str = ""
    masking_info: MaskingInfo = MaskingInfo()


class EnrollmentInfo(RegistryModel):
    """Number of participants: ACTUAL or ESTIMATED."""

    count: int | None = None
    type: str = ""


class RegisteredDesign(RegistryModel):
    """`designModule`."""

    study_type: str = ""
    phases: list[str] = []
    design_info: DesignInfo = DesignInfo()
    enrollment_info: EnrollmentInfo = EnrollmentInfo()


class RegisteredArm(RegistryModel):
    """An arm group, with the type of its intervention."""

    label: str = ""
    type: str = ""


class RegisteredArms(RegistryModel):
    """`armsInterventionsModule`."""

    arm_groups: list[RegisteredArm] = []


class RegisteredPaper(RegistryModel):
    """A publication that the study links to."""

    pmid: str = ""
    type: str = ""


class RegisteredPapers(RegistryModel):
    """`referencesModule`."""

    references: list[RegisteredPaper] = []


class RegisteredProtocol(RegistryModel):
    """`protocolSection`."""

    identification_module: RegisteredIdentification
    status_module: RegisteredStatus = RegisteredStatus()
    sponsor_collaborators_module: RegisteredSponsors = RegisteredSponsors()
    conditions_module: RegisteredConditions = RegisteredConditions()
    design_module: RegisteredDesign = RegisteredDesign()
    arms_interventions_module: RegisteredArms = RegisteredArms()
    references_module: RegisteredPapers = RegisteredPapers()


class ResultGroup(RegistryModel):
    """An arm as the results name it."""

    id: str = ""
    title: str = ""


class Denominator(RegistryModel):
    """Participants analysed, by group."""

    units: str = ""
    counts: list[dict[str, str]] = []

    def of(self, group: str) -> int | None:
        """Return the number of participants of a group."""
        values = [c.get("value", "") for c in self.counts if c.get("groupId") == group]
        return int(values[0]) if values and values[0].isdecimal() else None


class Measurement(RegistryModel):
    """A figure of one group."""

    group_id: str = ""
    value: str = ""
    spread: str = ""


class MeasuredCategory(RegistryModel):
    """A category of an outcome, such as responders."""

    title: str = ""
    measurements: list[Measurement] = []


class MeasuredClass(RegistryModel):
    """A row of an outcome, such as a time."""

    title: str = ""
    denoms: list[Denominator] = []
    categories: list[MeasuredCategory] = []


class Analysis(RegistryModel):
    """A comparison of groups."""

    group_ids: list[str] = []
    param_type: str = ""
    param_value: str = ""
    ci_pct_value: str = ""
    ci_lower_limit: str = ""
    ci_upper_limit: str = ""
    dispersion_type: str = ""
    dispersion_value: str = ""
    p_value: str = ""


class OutcomeMeasure(RegistryModel):
    """An outcome with its figures."""

    type: str = ""
    title: str = ""
    param_type: str = ""
    dispersion_type: str = ""
    unit_of_measure: str = ""
    time_frame: str = ""
    groups: list[ResultGroup] = []
    denoms: list[Denominator] = []
    classes: list[MeasuredClass] = []
    analyses: list[Analysis] = []


class OutcomeMeasures(RegistryModel):
    """`outcomeMeasuresModule`."""

    outcome_measures: list[OutcomeMeasure] = []


class EventGroup(RegistryModel):
    """An arm with the numbers of those who died or had an event."""

    id: str = ""
    title: str = ""
    deaths_num_affected: int | None = None
    deaths_num_at_risk: int | None = None
    serious_num_affected: int | None = None
    serious_num_at_risk: int | None = None
    other_num_affected: int | None = None
    other_num_at_risk: int | None = None


class EventCount(RegistryModel):
    """Participants of a group with an event."""

    group_id: str = ""
    num_affected: int | None = None
    num_at_risk: int | None = None


class AdverseEvent(RegistryModel):
    """An event by its term."""

    term: str = ""
    stats: list[EventCount] = []


class AdverseEvents(RegistryModel):
    """`adverseEventsModule`."""

    time_frame: str = ""
    event_groups: list[EventGroup] = []
    serious_events: list[AdverseEvent] = []
    other_events: list[AdverseEvent] = []


class RegisteredResults(RegistryModel):
    """`resultsSection`."""

    outcome_measures_module: OutcomeMeasures = OutcomeMeasures()
    adverse_events_module: AdverseEvents = AdverseEvents()


class MeshTerms(RegistryModel):
    """MeSH terms that the registry assigned, with their ids."""

    meshes: list[dict[str, str]] = []

    def curies(self) -> list[str]:
        """Return the terms as CURIEs."""
        return [f"mesh:{mesh['id']}" for mesh in self.meshes if mesh.get("id")]


class DerivedTerms(RegistryModel):
    """`derivedSection`."""

    condition_browse_module: MeshTerms = MeshTerms()
    intervention_browse_module: MeshTerms = MeshTerms()


class RegisteredTrial(RegistryModel):
    """A registered study."""

    protocol_section: RegisteredProtocol
    results_section: RegisteredResults = RegisteredResults()
    derived_section: DerivedTerms = DerivedTerms()

    @property
    def nct_id(self) -> str:
        """The registration number."""
        return self.protocol_section.identification_module.nct_id


def read_trials(path: Path) -> Iterator[tuple[str, RegisteredTrial | str]]:
    """Yield each study of a file, with its place in it; a study that is not valid as its error.

    The file holds one study, a list of studies, or a page of the API (`{"studies": […]}`).

    Raises:
        ImportSourceError: The file holds none of these.
    """
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ImportSourceError(f"it is not JSON: {error}") from error
    if isinstance(content, dict):
        studies: Any = content.get("studies", [content])
    else:
        studies = content
    if not isinstance(studies, list) or not studies:
        raise ImportSourceError(
            "it holds no studies; expected the JSON of /api/v2/studies/NCT… or /api/v2/studies"
        )
    for number, study in enumerate(studies, 1):
        try:
            trial = RegisteredTrial.model_validate(study)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "study"
            yield f"study {number}", f"{where}: {first['msg']}"
        else:
            yield trial.nct_id, trial
