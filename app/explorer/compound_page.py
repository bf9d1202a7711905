"""What the page of a compound shows: bounded reads, each with the number of all records."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.api.deps import ServiceContext
from app.domain.invisible_characters import visible_text
from app.domain.vocabulary import (
    AdverseEffectKind,
    AdverseEffectMeasure,
    AdverseEffectUnit,
    ClaimKind,
    PharmacokineticParameter,
    Species,
)
from app.explorer import queries
from app.explorer.binding import BindingPlot, binding_plot
from app.explorer.labels import vocabulary_label
from app.explorer.plasma_concentrations import plasma_concentrations
from app.explorer.quantities import number
from app.explorer.queries import Record, RecordList
from app.explorer.regulatory_standing import JurisdictionStanding, latest_acts
from app.kit.sessions import ReadSession
from app.services.pages.citations import cite_references

#: Acts that the standing is derived from, the newest first.
MAX_ACTS = 200
MAX_PHARMACOKINETIC_VALUES = 200
VALUES_PER_PARAMETER = 2
#: Parameters whose values are shown; the others are links to their values.
SHOWN_PARAMETERS = (
    PharmacokineticParameter.BIOAVAILABILITY,
    PharmacokineticParameter.CMAX,
    PharmacokineticParameter.TMAX,
    PharmacokineticParameter.HALF_LIFE_ALPHA,
    PharmacokineticParameter.HALF_LIFE_BETA,
    PharmacokineticParameter.HALF_LIFE_TERMINAL,
    PharmacokineticParameter.CLEARANCE,
    PharmacokineticParameter.VOLUME_OF_DISTRIBUTION_SS,
    PharmacokineticParameter.PROTEIN_BINDING,
    PharmacokineticParameter.ONSET_OF_ACTION,
    PharmacokineticParameter.DURATION_OF_ACTION,
)
CLAIMS_PER_KIND = 6
SHOWN_ACTS, SHOWN_INTERACTIONS, SHOWN_REGIMENS, SHOWN_EFFECTS, SHOWN_WARNINGS = 8, 6, 6, 8, 6
SHOWN_RELATED, SHOWN_REFERENCES = 20, 8
#: Measures that are the share of treated people or administrations with an effect.
FREQUENCIES = (AdverseEffectMeasure.INCIDENCE, AdverseEffectMeasure.SCALE_DEFINED_INCIDENCE)
WARNINGS = (
    AdverseEffectKind.BOXED_WARNING,
    AdverseEffectKind.CONTRAINDICATION,
    AdverseEffectKind.WARNING,
)


@dataclass(frozen=True)
class RecordGroup:
    """Records that share a value of a field, some of them shown.

    Args:
        value: The value, such as a pharmacokinetic parameter or a kind of claim.
        total: Number of all records with it.
    """

    value: str
    records: Sequence[Record]
    total: int


@dataclass(frozen=True)
class CompoundPage:
    """The sections of the page of a compound."""

    binding: BindingPlot
    standing: list[JurisdictionStanding]
    acts: RecordList
    pharmacokinetics: list[RecordGroup]
    pharmacokinetics_total: int
    interactions: RecordList
    regimens: RecordList
    frequencies: RecordList
    warnings: RecordList
    adverse_effects_total: int
    claims: list[RecordGroup]
    claims_total: int
    related: RecordList
    references: list[Record]
    references_total: int

    @property
    def has_doses(self) -> bool:
        """Whether it shows doses, interactions or harms."""
        return bool(
            self.pharmacokinetics_total
            or self.interactions.total
            or self.regimens.total
            or self.adverse_effects_total
        )

    @property
    def contents(self) -> list[tuple[str, str, int | None]]:
        """Id, heading and number of records of each section that the page has."""
        sections: tuple[tuple[str, str, int], ...] = (
            ("binding", "What it binds", self.binding.total),
            ("pharmacokinetics", "Pharmacokinetics", self.pharmacokinetics_total),
            ("interactions", "Interactions", self.interactions.total),
            ("regimens", "Dose regimens", self.regimens.total),
            ("adverse-effects", "Adverse effects", self.adverse_effects_total),
            ("claims", "Claims", self.claims_total),
            ("regulation", "Regulatory decisions", self.acts.total),
            ("references", "References", self.references_total),
        )
        standing = [("standing", "Where it stands", None)] if self.standing else []
        return [*standing, *(section for section in sections if section[2])]


def read_compound_page(
    session: ReadSession, service: ServiceContext, compound: Mapping[str, Any]
) -> CompoundPage:
    """Return what the page of a compound shows."""
    slug = [compound["slug"]]

    def records(collection: str, **parameters: Any) -> RecordList:
        return queries.list_records(session, service, collection, **parameters)

    acts = records("regulatory-acts", compound=slug, sort=["-date"], limit=MAX_ACTS)
    values = records(
        "pharmacokinetics",
        compound=slug,
        facets=["parameter"],
        limit=MAX_PHARMACOKINETIC_VALUES,
    )
    binding = binding_plot(
        session,
        service,
        "compound",
        compound["slug"],
        plasma_concentrations(session, service, compound),
    )
    pharmacokinetics = _by_parameter(values)
    interactions = records("interactions", compound=slug, limit=SHOWN_INTERACTIONS)
    regimens = records("regimens", compound=slug, limit=SHOWN_REGIMENS)
    frequencies = records(
        "adverse-effects",
        compound=slug,
        measure=list(FREQUENCIES),
        unit=[AdverseEffectUnit.PERCENT],
        sort=["-value"],
        limit=SHOWN_EFFECTS,
    )
    warnings = records("adverse-effects", compound=slug, kind=list(WARNINGS), limit=SHOWN_WARNINGS)
    claims = claims_by_kind(session, service, f"compound:{compound['slug']}")
    cited = most_cited_references(
        *(point.fields for row in binding.table.rows for point in row.points),
        *(record for group in pharmacokinetics for record in group.records),
        *(
            record
            for shown in (interactions, regimens, frequencies, warnings)
            for record in shown.records
        ),
        *acts.records[:SHOWN_ACTS],
    )
    return CompoundPage(
        binding=binding,
        standing=latest_acts(acts.records),
        acts=acts,
        pharmacokinetics=pharmacokinetics,
        pharmacokinetics_total=values.total,
        interactions=interactions,
        regimens=regimens,
        frequencies=frequencies,
        warnings=warnings,
        adverse_effects_total=records("adverse-effects", compound=slug, limit=1).total,
        claims=claims,
        claims_total=sum(group.total for group in claims),
        related=records("compounds", related_to=slug, limit=SHOWN_RELATED),
        references=cite_references(session, cited[:SHOWN_REFERENCES]),
        references_total=len(cited),
    )


def most_cited_references(*records: Mapping[str, Any] | None) -> list[str]:
    """Return the slugs of the references of some records, those of most records first."""
    cited = Counter(
        record["reference"]["slug"] for record in records if record and record.get("reference")
    )
    return [slug for slug, _ in sorted(cited.items(), key=lambda entry: (-entry[1], entry[0]))]


def compound_facts(compound: Mapping[str, Any]) -> list[tuple[str, str | Markup]]:
    """Return the facts about a compound beside the text of its page."""
    mass = compound.get("molecular_mass_g_per_mol")
    formula = compound.get("formula")
    facts = (
        ("Kind", vocabulary_label(compound["kind"], "CompoundKind")),
        ("Mechanism class", compound.get("mechanism_class")),
        ("Controlled", compound.get("controlled_status")),
        ("Stereochemistry", compound.get("stereo")),
        ("Formula", _with_subscripts(formula) if formula else None),
        ("Molecular mass", f"{number(mass, 5)} g/mol" if mass else None),
        ("InChIKey", compound.get("inchikey")),
        ("SMILES", compound.get("smiles")),
    )
    return [(term, value) for term, value in facts if value]


def _with_subscripts(formula: str) -> Markup:
    """Return a molecular formula with its numbers of atoms as subscripts."""
    return Markup("").join(
        Markup("<sub>{}</sub>").format(part) if part.isdigit() else visible_text(part)
        for part in re.split(r"(\d+)", formula)
    )


def claims_by_kind(session: ReadSession, service: ServiceContext, entity: str) -> list[RecordGroup]:
    """Return the claims about an entity by kind, those with most studies in favour first.

    Args:
        entity: The entity as `type:slug`.
    """
    totals = queries.list_records(
        session, service, "claims", entity=[entity], facets=["kind"], limit=1
    ).facets["kind"]
    count = {facet["value"]: facet["count"] for facet in totals}
    groups = []
    for kind in ClaimKind:
        if count.get(kind):
            claims = queries.list_records(
                session,
                service,
                "claims",
                entity=[entity],
                kind=[kind],
                sort=["-studies_for"],
                limit=CLAIMS_PER_KIND,
            )
            groups.append(RecordGroup(kind, claims.records, claims.total))
    return groups


def _by_parameter(values: RecordList) -> list[RecordGroup]:
    """Return pharmacokinetic values by parameter, in the order of the vocabulary."""
    total = {facet["value"]: facet["count"] for facet in values.facets["parameter"]}
    groups = []
    for parameter in PharmacokineticParameter:
        if total.get(parameter):
            of_it = [record for record in values.records if record["parameter"] == parameter]
            shown = _representative(of_it) if parameter in SHOWN_PARAMETERS else []
            groups.append(RecordGroup(parameter, shown, total[parameter]))
    return groups


def _representative(records: Sequence[Record]) -> list[Record]:
    """Return some values of one parameter: those of people first, and a value of each route."""
    chosen: list[Record] = []
    for _ in range(VALUES_PER_PARAMETER):
        routes = {record["route"] for record in chosen}
        rest = [record for record in records if record not in chosen]
        if not rest:
            break
        chosen.append(
            min(
                rest,
                key=lambda record: (
                    record["species"] != Species.HUMAN,
                    record["route"] in routes,
                    -(record["n"] or 0),
                ),
            )
        )
    return chosen
