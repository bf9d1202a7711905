"""Claims as statements of the Biolink Model (4.4.6): predicate, association class, qualifiers.

An association class fixes which categories it connects, by which predicates, and which qualifiers
it has. An edge that no class fits is a plain `biolink:Association`, which has none of the
qualifiers.
"""

from dataclasses import dataclass
from types import MappingProxyType

from app.domain.graph import REFUTING, Edge, EdgeNote, Node
from app.domain.identifiers import own_curie
from app.domain.vocabulary import Direction, Predicate, VerdictKind
from app.resources.entities import NODES

AFFECTS, TREATS, RELATED_TO = "biolink:affects", "biolink:treats", "biolink:related_to"
#: For what is in use or under study, whether or not it works.
APPLIED_OR_STUDIED = "biolink:treats_or_applied_or_studied_to_treat"
INTERACTS, CAUSES = "biolink:directly_physically_interacts_with", "biolink:causes"
CONTRIBUTES_TO, HAS_METABOLITE = "biolink:contributes_to", "biolink:has_metabolite"
PREDICATES = {
    Predicate.BINDS: INTERACTS,
    Predicate.CONVERTS_TO: HAS_METABOLITE,
    Predicate.REQUIRED_FOR: CONTRIBUTES_TO,
    Predicate.SUFFICIENT_FOR: CONTRIBUTES_TO,
    Predicate.CAUSES: CAUSES,
}
SUPPORTED_VERDICTS = {
    VerdictKind.ESTABLISHED,
    VerdictKind.SUPPORTED,
    VerdictKind.BACKGROUND,
}
DIRECTIONS = MappingProxyType({1: "increased", -1: "decreased"})

CHEMICALS = frozenset({"biolink:ChemicalEntity", "biolink:SmallMolecule"})
PROTEINS = frozenset({"biolink:Protein"})
#: Categories whose activity or abundance changes.
MOLECULES = PROTEINS | {"biolink:ProteinFamily", "biolink:MacromolecularComplex"}
CONDITIONS = frozenset({"biolink:Disease", "biolink:PhenotypicFeature"})
PROCESSES = frozenset({"biolink:BiologicalProcess", "biolink:Behavior"})

DIRECTION = frozenset(
    {"qualified_predicate", "object_aspect_qualifier", "object_direction_qualifier"}
)
ANATOMY = frozenset({"anatomical_context_qualifier"})


@dataclass(frozen=True)
class AssociationClass:
    """A Biolink association class: what it connects, and which of our qualifiers it has."""

    name: str
    subjects: frozenset[str]
    predicates: frozenset[str]
    objects: frozenset[str]
    qualifiers: frozenset[str] = frozenset()


#: The first class that fits is used: special ones stand before general ones.
ASSOCIATIONS = (
    AssociationClass(
        "biolink:ChemicalAffectsGeneAssociation",
        CHEMICALS,
        frozenset({AFFECTS}),
        PROTEINS,
        DIRECTION | ANATOMY,
    ),
    AssociationClass(
        "biolink:ChemicalAffectsBiologicalEntityAssociation",
        CHEMICALS,
        frozenset({AFFECTS}),
        MOLECULES | PROCESSES | CONDITIONS,
        DIRECTION | ANATOMY,
    ),
    AssociationClass(
        "biolink:ChemicalOrDrugOrTreatmentToDiseaseOrPhenotypicFeatureAssociation",
        CHEMICALS,
        frozenset({TREATS, APPLIED_OR_STUDIED}),
        CONDITIONS,
        DIRECTION | ANATOMY,
    ),
    AssociationClass(
        "biolink:ChemicalEntityToDiseaseOrPhenotypicFeatureAssociation",
        CHEMICALS,
        frozenset({CAUSES, CONTRIBUTES_TO}),
        CONDITIONS,
        DIRECTION | ANATOMY,
    ),
    AssociationClass(
        "biolink:ChemicalGeneInteractionAssociation",
        CHEMICALS,
        frozenset({INTERACTS}),
        PROTEINS,
        DIRECTION | ANATOMY,
    ),
    AssociationClass(
        "biolink:ChemicalEntityToChemicalDerivationAssociation",
        CHEMICALS,
        frozenset({HAS_METABOLITE}),
        CHEMICALS,
    ),
    AssociationClass(
        "biolink:GeneToGeneAssociation", PROTEINS, frozenset({AFFECTS}), PROTEINS, DIRECTION
    ),
)
ASSOCIATION = AssociationClass("biolink:Association", frozenset(), frozenset(), frozenset())


@dataclass(frozen=True)
class BiolinkStatement:
    """What an edge says in Biolink's terms."""

    association: AssociationClass
    predicate: str
    negated: bool
    knowledge_level: str
    qualified_predicate: str | None = None
    object_aspect_qualifier: str | None = None
    object_direction_qualifier: str | None = None


def statement(edge: Edge, subject: Node, object_: Node) -> BiolinkStatement:
    """Return the Biolink statement of a claim with its verdict.

    A refuted claim is negated. One that is refuted under a qualifier, such as `at the glutamate
    site`, may be true without it, and Biolink has no place for such a qualifier: it is
    `related_to`, not negated. What is not established, supported or refuted is no assertion.
    """
    refuted = edge.verdict in REFUTING
    predicate = _predicate(edge, object_)
    association = association_class(node_category(subject), predicate, node_category(object_))
    negated = refuted and not edge.qualifier
    asserted = negated or edge.verdict in SUPPORTED_VERDICTS
    level = "knowledge_assertion" if asserted else "not_provided"
    has_direction = predicate == AFFECTS and DIRECTION.issubset(association.qualifiers)
    if not (has_direction and edge.sign):
        return BiolinkStatement(association, predicate, negated, level)
    aspect = "activity_or_abundance" if node_category(object_) in MOLECULES else None
    direction = DIRECTIONS[edge.sign]
    return BiolinkStatement(association, predicate, negated, level, CAUSES, aspect, direction)


def association_class(subject: str, predicate: str, object_: str) -> AssociationClass:
    """Return the association class of a predicate between two categories."""
    fitting = (
        association
        for association in ASSOCIATIONS
        if subject in association.subjects
        and predicate in association.predicates
        and object_ in association.objects
    )
    return next(fitting, ASSOCIATION)


def node_category(node: Node) -> str:
    """Return the Biolink category of a node."""
    declared = NODES[node.type]
    return declared.kind_categories.get(node.kind or "", declared.category)


def _predicate(edge: Edge, object_: Node) -> str:
    refuted = edge.verdict in REFUTING
    if refuted and edge.qualifier:
        return RELATED_TO
    if edge.predicate is Predicate.TREATS and node_category(object_) in CONDITIONS:
        # A negated edge denies that it treats, not that it was studied.
        return TREATS if refuted or edge.verdict in SUPPORTED_VERDICTS else APPLIED_OR_STUDIED
    return PREDICATES.get(edge.predicate, AFFECTS)


def publications(edge: Edge, direction: Direction) -> list[str]:
    """Return the publications of the notes of one direction, as CURIEs."""
    notes = (note for note in edge.notes if note.direction is direction)
    return list(dict.fromkeys(map(_publication, notes)))


def _publication(note: EdgeNote) -> str:
    if note.pmid:
        return f"PMID:{note.pmid}"
    return f"doi:{note.doi}" if note.doi else own_curie("reference", note.reference)
