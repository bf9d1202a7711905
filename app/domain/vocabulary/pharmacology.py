"""Vocabularies of compounds, receptors, affinities, processes and regions."""

from app.domain.vocabulary.base import Vocabulary


class CompoundKind(Vocabulary):
    """What a compound is in relation to ketamine."""

    RACEMATE = "racemate", "Racemate", "Equal parts of two enantiomers."
    ENANTIOMER = "enantiomer", "Enantiomer", "One of the two mirror-image forms."
    METABOLITE = "metabolite", "Metabolite", "Formed from ketamine in the body."
    COMPARATOR = (
        "comparator",
        "Comparator",
        "Another drug that ketamine is compared with.",
    )
    TOOL_COMPOUND = (
        "tool_compound",
        "Tool compound",
        "Compound used in experiments to block or activate a target.",
    )


class CompoundRelation(Vocabulary):
    """How a compound derives from its parent compound."""

    ENANTIOMER_OF = "enantiomer_of", "Enantiomer of", "One mirror-image form of the parent."
    METABOLITE_OF = "metabolite_of", "Metabolite of", "Formed from the parent in the body."


class ReceptorClass(Vocabulary):
    """Target classes of the Guide to Pharmacology (GtoPdb)."""

    LGIC = "lgic", "Ligand-gated ion channel", "Ion channel opened by a transmitter or drug."
    VGIC = "vgic", "Voltage-gated ion channel", "Ion channel opened by the membrane potential."
    GPCR = "gpcr", "G protein-coupled receptor", "Receptor that signals through G proteins."
    TRANSPORTER = "transporter", "Transporter", "Protein that carries substances across membranes."
    ENZYME = "enzyme", "Enzyme", "Protein that catalyses a reaction."
    CATALYTIC_RECEPTOR = (
        "catalytic_receptor",
        "Catalytic receptor",
        "Receptor with, or coupled to, an enzyme, such as a receptor tyrosine kinase.",
    )
    NUCLEAR_RECEPTOR = (
        "nuclear_receptor",
        "Nuclear receptor",
        "Receptor that regulates transcription when a ligand binds.",
    )
    OTHER = "other", "Other protein", "Target of none of the other classes."


class ReceptorKind(Vocabulary):
    """Whether a target is one protein, a complex of several, or a family (as in ChEMBL)."""

    SINGLE_PROTEIN = "single_protein", "Single protein", "Product of one gene."
    COMPLEX = "complex", "Protein complex", "Several proteins that function together."
    FAMILY = "family", "Protein family", "Related proteins that the source does not distinguish."


class ProcessKind(Vocabulary):
    """Level of organisation at which a process is observed."""

    MOLECULAR = "molecular", "Molecular", "Observed on molecules, such as phosphorylation."
    CELLULAR = "cellular", "Cellular", "Observed on cells and synapses."
    CIRCUIT = "circuit", "Circuit", "Observed on networks of neurons and brain activity."
    BEHAVIOURAL = "behavioural", "Behavioural", "Observed in the behaviour of animals."
    CLINICAL = "clinical", "Clinical", "Observed in patients, as a benefit or a symptom."
    ADVERSE = "adverse", "Adverse effect", "Unwanted effect of a drug."


class RegionKind(Vocabulary):
    """Whether a record is a brain region or a circuit of several."""

    REGION = "region", "Region", "Anatomical region."
    CIRCUIT = "circuit", "Circuit", "Connected regions, or a network."


class AffinityParameter(Vocabulary):
    """Measured constant: Ki and Kd are equilibrium constants; IC50, EC50 depend on the assay."""

    KI = "Ki", "Ki", "Inhibition constant, from competition with a labelled ligand."
    KD = "Kd", "Kd", "Dissociation constant, from direct binding."
    IC50 = "IC50", "IC50", "Concentration that inhibits a response by half."
    EC50 = "EC50", "EC50", "Concentration that produces half of the maximal response."


class Relation(Vocabulary):
    """How the published value bounds the true one."""

    EQUAL = "=", "=", "The value itself."
    LESS = "<", "<", "The true value is below the published one."
    GREATER = ">", ">", "No effect up to the published concentration."
    ABOUT = "~", "about", "The value is approximate."
    RANGE = "range", "range", "The value lies between two bounds."


class ConcentrationUnit(Vocabulary):
    """Molar unit of a published concentration."""

    PM = "pM", "pM", "Picomoles per litre."
    NM = "nM", "nM", "Nanomoles per litre."
    UM = "uM", "µM", "Micromoles per litre."
    MM = "mM", "mM", "Millimoles per litre."


class AffinityAction(Vocabulary):
    """Interaction types of the Guide to Pharmacology (GtoPdb), as far as they occur here."""

    CHANNEL_BLOCKER = (
        "channel_blocker",
        "Channel blocker",
        "Occupies the pore of an ion channel.",
    )
    AGONIST = "agonist", "Agonist", "Activates the target."
    PARTIAL_AGONIST = (
        "partial_agonist",
        "Partial agonist",
        "Activates the target less than a full agonist does.",
    )
    ANTAGONIST = "antagonist", "Antagonist", "Prevents activation by an agonist."
    INHIBITOR = "inhibitor", "Inhibitor", "Reduces the activity of an enzyme or transporter."
    ALLOSTERIC_MODULATOR = (
        "allosteric_modulator",
        "Allosteric modulator",
        "Binds at another site than the natural ligand and changes its effect.",
    )
    POTENTIATOR = "potentiator", "Potentiator", "Increases the response to an agonist."
    BINDING = "binding", "Binding", "Binds; what follows was not measured."
    NONE = "none", "None", "No interaction was found."


class AffinityState(Vocabulary):
    """Result at a receptor: a constant, no binding up to a bound, or no measurement."""

    MEASURED = "measured", "Measured", "A constant was measured."
    NONE_UP_TO_BOUND = (
        "none_up_to_bound",
        "None up to a bound",
        "Tested, and no interaction was found up to a concentration.",
    )
    NOT_TESTED = "not_tested", "No data", "No measurement is on record; one may exist."


class OutcomeState(Vocabulary):
    """Result of the studies of a compound on an outcome, or that there is none."""

    EFFECT = "effect", "Effect", "The studies found the effect."
    NO_EFFECT = "no_effect", "No effect", "The studies did not find the effect."
    MIXED = "mixed", "Mixed", "Some studies found the effect, others did not."
    OPEN = "open", "Open", "There are studies, but none decides."
    NOT_TESTED = "not_tested", "No data", "No study is on record; one may exist."


class SourceKind(Vocabulary):
    """Type of source of a constant; a primary source takes precedence over a secondary one."""

    PRIMARY = "primary", "Primary source", "The publication that reports the measurement."
    DATABASE = "database", "Database", "A database that curates measurements."
    SECONDARY = "secondary", "Secondary source", "A review or another publication that cites it."
