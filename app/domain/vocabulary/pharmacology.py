"""Vocabularies of compounds, receptors, affinities, processes and regions."""

from enum import StrEnum


class CompoundKind(StrEnum):
    """What a compound is in relation to ketamine."""

    RACEMATE = "racemate"
    ENANTIOMER = "enantiomer"
    METABOLITE = "metabolite"
    COMPARATOR = "comparator"
    TOOL_COMPOUND = "tool_compound"


class CompoundRelation(StrEnum):
    """How a compound derives from its parent compound."""

    ENANTIOMER_OF = "enantiomer_of"
    METABOLITE_OF = "metabolite_of"


class ReceptorClass(StrEnum):
    """Target classes of the Guide to Pharmacology (GtoPdb)."""

    LGIC = "lgic"
    VGIC = "vgic"
    GPCR = "gpcr"
    TRANSPORTER = "transporter"
    ENZYME = "enzyme"
    CATALYTIC_RECEPTOR = "catalytic_receptor"
    NUCLEAR_RECEPTOR = "nuclear_receptor"
    OTHER = "other"


class ReceptorKind(StrEnum):
    """Whether a target is one protein, a complex of several, or a family (as in ChEMBL)."""

    SINGLE_PROTEIN = "single_protein"
    COMPLEX = "complex"
    FAMILY = "family"


class ProcessKind(StrEnum):
    """Level of organisation at which a process is observed."""

    MOLECULAR = "molecular"
    CELLULAR = "cellular"
    CIRCUIT = "circuit"
    BEHAVIOURAL = "behavioural"
    CLINICAL = "clinical"
    ADVERSE = "adverse"


class RegionKind(StrEnum):
    """Whether a record is a brain region or a circuit of several."""

    REGION = "region"
    CIRCUIT = "circuit"


class AffinityParameter(StrEnum):
    """Measured constant: Ki and Kd are equilibrium constants; IC50, EC50 depend on the assay."""

    KI = "Ki"
    KD = "Kd"
    IC50 = "IC50"
    EC50 = "EC50"


class Relation(StrEnum):
    """How the published value bounds the true one."""

    EQUAL = "="
    LESS = "<"
    GREATER = ">"
    ABOUT = "~"
    RANGE = "range"


class ConcentrationUnit(StrEnum):
    """Molar unit of a published concentration."""

    PM = "pM"
    NM = "nM"
    UM = "uM"
    MM = "mM"


class AffinityAction(StrEnum):
    """Interaction types of the Guide to Pharmacology (GtoPdb), as far as they occur here."""

    CHANNEL_BLOCKER = "channel_blocker"
    AGONIST = "agonist"
    PARTIAL_AGONIST = "partial_agonist"
    ANTAGONIST = "antagonist"
    INHIBITOR = "inhibitor"
    ALLOSTERIC_MODULATOR = "allosteric_modulator"
    POTENTIATOR = "potentiator"
    BINDING = "binding"
    NONE = "none"


class AffinityState(StrEnum):
    """Result at a receptor: a constant, no binding up to a bound, or no measurement."""

    MEASURED = "measured"
    NONE_UP_TO_BOUND = "none_up_to_bound"
    NOT_TESTED = "not_tested"


class OutcomeState(StrEnum):
    """Result of the studies of a compound on an outcome, or that there is none."""

    EFFECT = "effect"
    NO_EFFECT = "no_effect"
    MIXED = "mixed"
    OPEN = "open"
    NOT_TESTED = "not_tested"


class SourceKind(StrEnum):
    """Type of source of a constant; a primary source takes precedence over a secondary one."""

    PRIMARY = "primary"
    DATABASE = "database"
    SECONDARY = "secondary"
