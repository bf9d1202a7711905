"""Closed vocabularies, stored by value.

A value is what the world reads and writes. Adding one is a line here and a word in the docs; the
columns are wide enough to need no migration.
"""

from enum import StrEnum


class XrefRelation(StrEnum):
    """How the thing behind an identifier relates to the record (SKOS mapping relations)."""

    EXACT = "exact"
    CLOSE = "close"
    BROADER = "broader"
    NARROWER = "narrower"
    RELATED = "related"


class NameField(StrEnum):
    """What of a record a whole name is; a related identifier names a near thing, not the same."""

    NAME = "name"
    SYNONYM = "synonym"
    TITLE = "title"
    SLUG = "slug"
    IDENTIFIER = "identifier"
    RELATED_IDENTIFIER = "related_identifier"


class Confidence(StrEnum):
    """How far a citation was confirmed; a low one is never published."""

    HIGH = "high"
    MEDIUM = "medium"


class CompoundKind(StrEnum):
    RACEMATE = "racemate"
    ENANTIOMER = "enantiomer"
    METABOLITE = "metabolite"
    COMPARATOR = "comparator"
    TOOL_COMPOUND = "tool_compound"


class CompoundRelation(StrEnum):
    ENANTIOMER_OF = "enantiomer_of"
    METABOLITE_OF = "metabolite_of"


class ReceptorClass(StrEnum):
    """GtoPdb's target classes."""

    LGIC = "lgic"
    VGIC = "vgic"
    GPCR = "gpcr"
    TRANSPORTER = "transporter"
    ENZYME = "enzyme"
    CATALYTIC_RECEPTOR = "catalytic_receptor"
    NUCLEAR_RECEPTOR = "nuclear_receptor"
    OTHER = "other"


class ReceptorKind(StrEnum):
    SINGLE_PROTEIN = "single_protein"
    COMPLEX = "complex"
    FAMILY = "family"


class ProcessKind(StrEnum):
    MOLECULAR = "molecular"
    CELLULAR = "cellular"
    CIRCUIT = "circuit"
    BEHAVIOURAL = "behavioural"
    CLINICAL = "clinical"
    ADVERSE = "adverse"


class RegionKind(StrEnum):
    REGION = "region"
    CIRCUIT = "circuit"


class IndicationKind(StrEnum):
    DISORDER = "disorder"
    SYMPTOM = "symptom"
    PROCEDURE = "procedure"


class RegulatoryAct(StrEnum):
    """What kind of act a regulator took."""

    MARKETING_AUTHORISATION = "marketing_authorisation"
    LABEL = "label"
    SAFETY_COMMUNICATION = "safety_communication"
    STATUS = "status"
    DESIGNATION = "designation"
    APPLICATION = "application"
    DRUG_CONTROL = "drug_control"
    OPINION = "opinion"
    HEALTH_TECHNOLOGY_APPRAISAL = "health_technology_appraisal"
    ADVICE = "advice"
    REIMBURSEMENT = "reimbursement"
    ESSENTIAL_MEDICINES_LIST = "essential_medicines_list"


class RegulatoryStatus(StrEnum):
    APPROVED = "approved"
    REFUSED = "refused"
    OFF_LABEL = "off_label"
    CONTROLLED = "controlled"
    NOT_CONTROLLED = "not_controlled"
    RECOMMENDED = "recommended"
    NOT_RECOMMENDED = "not_recommended"
    NOT_APPROVED = "not_approved"
    NOT_FOUND = "not_found"
    PENDING = "pending"
    DESIGNATED = "designated"
    POSITIVE_OPINION = "positive_opinion"
    REIMBURSED = "reimbursed"
    ESSENTIAL_MEDICINE = "essential_medicine"
    LABEL_VERSION = "label_version"


class DatePrecision(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class AffinityParameter(StrEnum):
    KI = "Ki"
    KD = "Kd"
    IC50 = "IC50"
    EC50 = "EC50"


class Relation(StrEnum):
    """How the published figure bounds the true one."""

    EQUAL = "="
    LESS = "<"
    GREATER = ">"
    ABOUT = "~"
    RANGE = "range"


class ConcentrationUnit(StrEnum):
    PM = "pM"
    NM = "nM"
    UM = "uM"
    MM = "mM"


class AffinityAction(StrEnum):
    """GtoPdb's interaction types, as far as they occur here."""

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
    """What was found: a constant, no binding up to a bound, or nobody looked."""

    MEASURED = "measured"
    NONE_UP_TO_BOUND = "none_up_to_bound"
    NOT_TESTED = "not_tested"


class OutcomeState(StrEnum):
    """What studies of a compound found on an outcome, or that nobody looked."""

    EFFECT = "effect"
    NO_EFFECT = "no_effect"
    MIXED = "mixed"
    OPEN = "open"
    NOT_TESTED = "not_tested"


class SourceKind(StrEnum):
    """Where a constant was read: a secondary source never outweighs a primary one."""

    PRIMARY = "primary"
    DATABASE = "database"
    SECONDARY = "secondary"


class ClaimKind(StrEnum):
    MECHANISM = "mechanism"
    EFFICACY = "efficacy"
    SAFETY = "safety"
    REGULATORY = "regulatory"
    COMPARATIVE = "comparative"
    BACKGROUND = "background"


class Predicate(StrEnum):
    """The verb of a causal claim; `sign` says whether the object rises or falls."""

    BINDS = "binds"
    BLOCKS = "blocks"
    INHIBITS = "inhibits"
    ACTIVATES = "activates"
    MODULATES = "modulates"
    INCREASES = "increases"
    DECREASES = "decreases"
    RELEASES = "releases"
    CONVERTS_TO = "converts_to"
    REQUIRED_FOR = "required_for"
    SUFFICIENT_FOR = "sufficient_for"
    MAINTAINS = "maintains"
    TREATS = "treats"
    CAUSES = "causes"


class Quantifier(StrEnum):
    """How a claim speaks of its subject: a universal one falls with one sound counter-example."""

    GENERAL = "general"
    UNIVERSAL = "universal"


class Audience(StrEnum):
    """Whom a reading of a claim is written for."""

    PLAIN = "plain"
    CLINICIAN = "clinician"
    RESEARCHER = "researcher"


class VerdictKind(StrEnum):
    ESTABLISHED = "established"
    SUPPORTED = "supported"
    CONTESTED = "contested"
    WEAK = "weak"
    REFUTED = "refuted"
    UNTESTED = "untested"


class ConflictKind(StrEnum):
    """What sets the two sides of a claim apart."""

    OTHER_SPECIES = "other_species"
    OTHER_COMPOUND = "other_compound"
    OTHER_POPULATION = "other_population"
    OTHER_DOSE = "other_dose"
    OTHER_OUTCOME = "other_outcome"
    REPLICATION_FAILED = "replication_failed"
    OPPOSITE_DIRECTION = "opposite_direction"


class Certainty(StrEnum):
    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very_low"


class Absence(StrEnum):
    """Why a claim has no evidence note."""

    NO_EVIDENCE_FOUND = "no_evidence_found"
    NOT_SEARCHED = "not_searched"


class StudyDesign(StrEnum):
    RCT_PARALLEL = "rct_parallel"
    RCT_CROSSOVER = "rct_crossover"
    RCT_WITHDRAWAL = "rct_withdrawal"
    OPEN_LABEL_TRIAL = "open_label_trial"
    SINGLE_ARM_TRIAL = "single_arm_trial"
    COHORT = "cohort"
    CROSS_SECTIONAL = "cross_sectional"
    CASE_SERIES = "case_series"
    META_ANALYSIS = "meta_analysis"
    POOLED_ANALYSIS = "pooled_analysis"
    REANALYSIS = "reanalysis"
    SYSTEMATIC_REVIEW = "systematic_review"
    NARRATIVE_REVIEW = "narrative_review"
    GUIDELINE = "guideline"
    REGULATORY_ACT = "regulatory_act"
    HUMAN_EXPERIMENT = "human_experiment"
    ANIMAL_EXPERIMENT = "animal_experiment"
    EX_VIVO_EXPERIMENT = "ex_vivo_experiment"
    IN_VITRO_EXPERIMENT = "in_vitro_experiment"
    STRUCTURAL = "structural"


class Species(StrEnum):
    HUMAN = "human"
    NON_HUMAN_PRIMATE = "non_human_primate"
    RAT = "rat"
    MOUSE = "mouse"
    RODENT = "rodent"
    RECOMBINANT = "recombinant"
    OTHER = "other"
    NOT_STATED = "not_stated"


class Blinding(StrEnum):
    OPEN = "open"
    RATER = "rater"
    SINGLE = "single"
    DOUBLE = "double"
    TRIPLE = "triple"
    NOT_APPLICABLE = "not_applicable"
    NOT_STATED = "not_stated"


class Comparator(StrEnum):
    PLACEBO = "placebo"
    ACTIVE_PLACEBO = "active_placebo"
    ACTIVE_TREATMENT = "active_treatment"
    SAME_DRUG = "same_drug"
    USUAL_CARE = "usual_care"
    NONE = "none"
    MIXED = "mixed"
    NOT_APPLICABLE = "not_applicable"


class Masking(StrEnum):
    """How well allocation stayed hidden, beyond the blinding that was planned."""

    UNMASKED = "unmasked"
    FUNCTIONAL_UNBLINDING_LIKELY = "functional_unblinding_likely"
    ACTIVE_PLACEBO = "active_placebo"
    FULLY_MASKED = "fully_masked"
    NOT_APPLICABLE = "not_applicable"
    NOT_STATED = "not_stated"


class Direction(StrEnum):
    """What the study found for the claim as it is worded."""

    SUPPORTS = "supports"
    DISPUTES = "disputes"
    NEUTRAL = "neutral"
    MIXED = "mixed"


class PopulationDirectness(StrEnum):
    SAME = "same"
    OTHER_HUMAN = "other_human"
    ANIMAL = "animal"
    CELLS = "cells"


class CompoundDirectness(StrEnum):
    SAME = "same"
    ENANTIOMER = "enantiomer"
    METABOLITE = "metabolite"
    OTHER_DRUG = "other_drug"


class OutcomeDirectness(StrEnum):
    SAME = "same"
    SURROGATE = "surrogate"


class CausalTest(StrEnum):
    """What kind of causal question a mechanism experiment asked."""

    CORRELATION = "correlation"
    NECESSITY_BLOCKER = "necessity_blocker"
    NECESSITY_GENETIC = "necessity_genetic"
    SUFFICIENCY = "sufficiency"
    RESCUE = "rescue"
    DOSE_RESPONSE = "dose_response"
    OCCLUSION = "occlusion"
    TEMPORAL_ORDER = "temporal_order"
    DIRECT_BINDING = "direct_binding"


class PrimaryEndpoint(StrEnum):
    """Whether this finding is the study's primary end-point, and whether it was met."""

    MET = "met"
    MISSED = "missed"
    NOT_PRIMARY = "not_primary"
    NOT_APPLICABLE = "not_applicable"
    NOT_STATED = "not_stated"


class Route(StrEnum):
    INTRAVENOUS = "intravenous"
    INTRAMUSCULAR = "intramuscular"
    SUBCUTANEOUS = "subcutaneous"
    INTRANASAL = "intranasal"
    ORAL = "oral"
    SUBLINGUAL = "sublingual"
    INHALED = "inhaled"
    INTRAPERITONEAL = "intraperitoneal"
    LOCAL = "local"
    IN_VITRO = "in_vitro"
    MIXED = "mixed"


class DoseUnit(StrEnum):
    MG_PER_KG = "mg/kg"
    MG_PER_KG_PER_H = "mg/kg/h"
    MG = "mg"
    UG = "ug"
    NM = "nM"
    UM = "uM"
    PERCENT = "%"


class Metric(StrEnum):
    """What an effect's value is."""

    MEAN_DIFFERENCE = "mean_difference"
    STANDARDISED_MEAN_DIFFERENCE = "standardised_mean_difference"
    MEAN_CHANGE = "mean_change"
    ODDS_RATIO = "odds_ratio"
    REPORTING_ODDS_RATIO = "reporting_odds_ratio"
    RISK_RATIO = "risk_ratio"
    RATE_RATIO = "rate_ratio"
    HAZARD_RATIO = "hazard_ratio"
    RISK_DIFFERENCE = "risk_difference"
    NUMBER_NEEDED_TO_TREAT = "number_needed_to_treat"
    PROPORTION = "proportion"
    PERCENT_CHANGE = "percent_change"
    FOLD_CHANGE = "fold_change"
    CORRELATION = "correlation"
    CONCENTRATION = "concentration"
    INHIBITION_CONSTANT = "inhibition_constant"
    HALF_LIFE = "half_life"
    TIME_TO_PEAK = "time_to_peak"
    DURATION = "duration"
    CLEARANCE = "clearance"
    VOLUME_OF_DISTRIBUTION = "volume_of_distribution"
    RATIO = "ratio"
    COUNT = "count"
    TEST_STATISTIC = "test_statistic"
    P_VALUE = "p_value"


class PRelation(StrEnum):
    EQUAL = "="
    LESS = "<"
    GREATER = ">"


class TimeUnit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class TimepointAbsence(StrEnum):
    """Why a note's figures have no time-point."""

    NOT_APPLICABLE = "not_applicable"
    NOT_STATED = "not_stated"


class ReferenceKind(StrEnum):
    ARTICLE = "article"
    PREPRINT = "preprint"
    GUIDELINE = "guideline"
    LABEL = "label"
    REGULATOR = "regulator"
    DATABASE = "database"
    CONFERENCE = "conference"
    BOOK = "book"
    WEB = "web"


class Retraction(StrEnum):
    """Retraction status; `not_checked` until somebody looked."""

    NOT_CHECKED = "not_checked"
    NONE_KNOWN = "none_known"
    CORRECTED = "corrected"
    CONCERN = "concern"
    RETRACTED = "retracted"
